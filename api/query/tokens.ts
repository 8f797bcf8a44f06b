// Splits a list expression into words, literals and punctuation, each with its position. Positions count
// from 1. A token is never empty except the one that ends the text.

export type Token =
  | { readonly kind: "word"; readonly text: string; readonly at: number }
  | { readonly kind: "string"; readonly text: string; readonly at: number }
  | { readonly kind: "number"; readonly value: number; readonly at: number }
  | { readonly kind: "(" | ")" | "," | "end"; readonly at: number };

/** The only error of the list grammar: describes the fault in an expression and its position. */
export class ExpressionError extends Error {
  /** In UTF-16 code units, from 1. */
  readonly at: number;
  readonly problem: string;

  constructor(at: number, problem: string) {
    super(`${problem} at position ${at}`);
    this.name = "ExpressionError";
    this.at = at;
    this.problem = problem;
  }

  /** The position in characters, as the limits of lengths are: one that takes two code units counts once. */
  messageFor(expression: string): string {
    const before = [...expression.slice(0, this.at - 1)].length;
    return `${this.problem} at position ${before + 1}`;
  }
}

const pattern =
  /(?<blank> +)|(?<word>[A-Za-z_][A-Za-z0-9_]*)|(?<number>-?\d{1,15}(?:\.\d{1,6})?(?![\w.]))|(?<string>'(?:[^']|'')*')|(?<mark>[(),])/y;

export function tokenize(expression: string): Token[] {
  refuseControls(expression);
  const tokens: Token[] = [];
  const scanner = new RegExp(pattern);
  for (let index = 0; index < expression.length; index = scanner.lastIndex) {
    scanner.lastIndex = index;
    const at = index + 1;
    const groups = scanner.exec(expression)?.groups;
    if (!groups) throw new ExpressionError(at, complaint(expression.charAt(index)));
    if (groups["word"] !== undefined) tokens.push({ kind: "word", text: groups["word"], at });
    if (groups["number"] !== undefined) tokens.push({ kind: "number", value: Number(groups["number"]), at });
    if (groups["string"] !== undefined) tokens.push({ kind: "string", text: unquote(groups["string"]), at });
    if (groups["mark"] !== undefined) tokens.push({ kind: groups["mark"] as "(" | ")" | ",", at });
  }
  tokens.push({ kind: "end", at: expression.length + 1 });
  return tokens;
}

/** Databases do not agree on what a text with control characters equals. */
export function refuseControls(expression: string): void {
  const index = expression.search(/\p{Cc}/u);
  if (index >= 0) throw new ExpressionError(index + 1, "a control character");
}

/** How an error names a token. */
export function describe(token: Token): string {
  switch (token.kind) {
    case "word":
      return `"${token.text}"`;
    case "string":
      return "a text";
    case "number":
      return "a number";
    case "end":
      return "the end";
    default:
      return `"${token.kind}"`;
  }
}

const unquote = (literal: string): string => literal.slice(1, -1).replaceAll("''", "'");

function complaint(character: string): string {
  if (character === "'") return "a text without its closing quote";
  if (/[-\d]/.test(character)) return "not a number";
  return "an unexpected character";
}
