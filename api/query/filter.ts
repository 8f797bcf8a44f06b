// The filter language: a subset of OData, parsed by recursive descent into the domain's `Filter`.
//
//   either     = both *( "or" both )
//   both       = term *( "and" term )
//   term       = "not" term / "(" either ")" / test "(" field "," text ")" / field operator literal
//              / field "in" "(" literal *( "," literal ) ")"
//   test       = "startswith" / "endswith" / "contains"
//   operator   = "eq" / "ne" / "gt" / "ge" / "lt" / "le"
//   literal    = text in single quotes, '' for one / number / "true" / "false" / "null"
//
// Every field has a type, and a literal of another type is refused. Depth and the number of terms are bounded.
import type { Comparison, Filter, Scalar, ScalarType, TextTest } from "#common";
import { canonicalInstant } from "../instant.ts";
import { type FieldTable, fieldOf } from "./fields.ts";
import { describe, ExpressionError, type Token, tokenize } from "./tokens.ts";

const maxDepth = 16;
const maxTerms = 50;
const maxValues = 100;

const operators: readonly string[] = ["eq", "ne", "gt", "ge", "lt", "le"] satisfies Comparison[];
const textTests: readonly string[] = ["startswith", "endswith", "contains"] satisfies TextTest[];

type Literal = Token & { readonly kind: "string" | "number" | "word" };

export function parseFilter<Field extends string>(
  expression: string,
  fields: FieldTable<Field>,
): Filter<Field> {
  return new FilterParser(tokenize(expression), fields).parse();
}

class FilterParser<Field extends string> {
  readonly #tokens: readonly Token[];
  readonly #fields: FieldTable<Field>;
  #next = 0;
  #depth = 0;
  #terms = 0;

  constructor(tokens: readonly Token[], fields: FieldTable<Field>) {
    this.#tokens = tokens;
    this.#fields = fields;
  }

  parse(): Filter<Field> {
    const filter = this.#either();
    const rest = this.#peek();
    if (rest.kind !== "end") throw unexpected(rest, `"and", "or" or the end`);
    return filter;
  }

  #either(): Filter<Field> {
    return this.#chain("or", () => this.#both());
  }

  #both(): Filter<Field> {
    return this.#chain("and", () => this.#term());
  }

  #chain(word: "and" | "or", part: () => Filter<Field>): Filter<Field> {
    const first = part();
    const terms = [first];
    while (isWord(this.#peek(), word)) {
      this.#take();
      terms.push(part());
    }
    return terms.length === 1 ? first : { kind: word, terms };
  }

  #term(): Filter<Field> {
    const token = this.#take();
    if (++this.#terms > maxTerms) throw new ExpressionError(token.at, `more than ${maxTerms} conditions`);
    if (token.kind === "(") return this.#nested(token, () => this.#grouped());
    if (isWord(token, "not")) return this.#nested(token, () => ({ kind: "not", term: this.#term() }));
    if (token.kind !== "word") throw unexpected(token, "a field or a function");
    const test = token.text.toLowerCase();
    if (textTests.includes(test) && this.#peek().kind === "(") return this.#textTest(test as TextTest);
    return this.#comparison(token);
  }

  #nested(open: Token, inner: () => Filter<Field>): Filter<Field> {
    if (++this.#depth > maxDepth)
      throw new ExpressionError(open.at, `more than ${maxDepth} parentheses deep`);
    const filter = inner();
    this.#depth -= 1;
    return filter;
  }

  #grouped(): Filter<Field> {
    const filter = this.#either();
    this.#expect(")");
    return filter;
  }

  #textTest(test: TextTest): Filter<Field> {
    this.#expect("(");
    const name = this.#take();
    if (name.kind !== "word") throw unexpected(name, "a field");
    const { field, type } = fieldOf(name.text, name.at, this.#fields);
    if (type !== "text") throw new ExpressionError(name.at, `"${name.text}" is not a text`);
    this.#expect(",");
    const value = this.#take();
    if (value.kind !== "string") throw unexpected(value, "a text in single quotes");
    this.#expect(")");
    return { kind: "text", field, test, value: value.text };
  }

  #comparison(name: Token & { readonly kind: "word" }): Filter<Field> {
    const { field, type } = fieldOf(name.text, name.at, this.#fields);
    const word = this.#take();
    const operator = word.kind === "word" ? word.text.toLowerCase() : "";
    if (operator === "in") return { kind: "in", field, values: this.#values(type) };
    if (!operators.includes(operator)) throw unexpected(word, [...operators, "in"].join(", "));
    const value = this.#value(type);
    const ordered = operator !== "eq" && operator !== "ne";
    if (ordered && (value === null || type === "boolean")) {
      throw new ExpressionError(word.at, `"${operator}" needs something that has an order`);
    }
    return { kind: "compare", field, operator: operator as Comparison, value };
  }

  #values(type: ScalarType): (Scalar | null)[] {
    this.#expect("(");
    const values: (Scalar | null)[] = [];
    for (;;) {
      if (values.length === maxValues) {
        throw new ExpressionError(this.#peek().at, `more than ${maxValues} values`);
      }
      values.push(this.#value(type));
      const next = this.#take();
      if (next.kind === ")") return values;
      if (next.kind !== ",") throw unexpected(next, `"," or ")"`);
    }
  }

  #value(type: ScalarType): Scalar | null {
    const literal = this.#take();
    if (literal.kind !== "string" && literal.kind !== "number" && literal.kind !== "word") {
      throw unexpected(literal, "a value");
    }
    return literalValue(literal, type);
  }

  #expect(kind: "(" | ")" | ","): void {
    const token = this.#take();
    if (token.kind !== kind) throw unexpected(token, `"${kind}"`);
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  /** The end is never passed: it is returned again and again. */
  #take(): Token {
    const token = this.#peek();
    if (token.kind !== "end") this.#next += 1;
    return token;
  }
}

function literalValue(literal: Literal, type: ScalarType): Scalar | null {
  if (isWord(literal, "null")) return null;
  switch (type) {
    case "text":
      if (literal.kind === "string") return literal.text;
      throw unexpected(literal, "a text in single quotes");
    case "number":
      if (literal.kind === "number") return literal.value;
      throw unexpected(literal, "a number");
    case "boolean":
      if (isWord(literal, "true")) return true;
      if (isWord(literal, "false")) return false;
      throw unexpected(literal, "true or false");
    case "instant": {
      const instant = literal.kind === "string" ? canonicalInstant(literal.text) : undefined;
      if (instant !== undefined) return instant;
      throw unexpected(literal, "an RFC 3339 instant in single quotes");
    }
  }
}

const isWord = (token: Token, text: string): boolean =>
  token.kind === "word" && token.text.toLowerCase() === text;

const unexpected = (token: Token, wanted: string): ExpressionError =>
  new ExpressionError(token.at, `expected ${wanted} but found ${describe(token)}`);
