// The allow-list of a collection: which fields a list expression may name, and their types. Clients write the
// names in the wire spelling; the domain's spelling never shows.
import type { ScalarType } from "#common";
import { toSnake } from "../wire.ts";
import { ExpressionError } from "./tokens.ts";

export interface FieldType<Field extends string> {
  readonly field: Field;
  readonly type: ScalarType;
}

/** Wire name → field and type. */
export type FieldTable<Field extends string> = ReadonlyMap<string, FieldType<Field>>;

export function fieldTable<Field extends string>(
  types: Readonly<Record<Field, ScalarType>>,
): FieldTable<Field> {
  const entries = Object.entries(types) as [Field, ScalarType][];
  return new Map(entries.map(([field, type]) => [toSnake(field), { field, type }]));
}

export function fieldOf<Field extends string>(
  name: string,
  at: number,
  fields: FieldTable<Field>,
): FieldType<Field> {
  const known = fields.get(name);
  if (!known) throw new ExpressionError(at, `"${name}" is not a field of this list`);
  return known;
}
