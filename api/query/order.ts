// The order language: `field [asc|desc]`, separated by commas, the first key first. A field named twice is
// refused, for its second place could never matter.
import type { OrderKey } from "#common";
import { type FieldTable, fieldOf } from "./fields.ts";
import { describe, ExpressionError, tokenize } from "./tokens.ts";

const maxKeys = 5;

export function parseOrder<Field extends string>(
  expression: string,
  fields: FieldTable<Field>,
): OrderKey<Field>[] {
  const tokens = tokenize(expression).values();
  const keys: OrderKey<Field>[] = [];
  for (;;) {
    const name = tokens.next().value!;
    if (name.kind !== "word")
      throw new ExpressionError(name.at, `expected a field but found ${describe(name)}`);
    if (keys.length === maxKeys) throw new ExpressionError(name.at, `more than ${maxKeys} fields`);
    const { field, type } = fieldOf(name.text, name.at, fields);
    if (keys.some((key) => key.field === field)) {
      throw new ExpressionError(name.at, `"${name.text}" is named twice`);
    }
    let next = tokens.next().value!;
    const direction = next.kind === "word" ? next.text.toLowerCase() : "";
    if (direction === "asc" || direction === "desc") next = tokens.next().value!;
    keys.push({ field, descending: direction === "desc", ...(type === "text" && { folded: true }) });
    if (next.kind === "end") return keys;
    if (next.kind !== ",") {
      throw new ExpressionError(next.at, `expected asc, desc, "," or the end but found ${describe(next)}`);
    }
  }
}
