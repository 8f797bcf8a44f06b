// Arbitrary filters and rows over the fields of a room. Texts come from a small alphabet, so that filters and
// rows meet; it holds what matters to the grammar and to SQL: quotes, wildcards, case, code points beyond ASCII.
import fc from "fast-check";
import type { Filter, ListRow, Scalar, ScalarType } from "#common";
import {
  type RoomListField,
  roomListFields,
} from "../../../../bridge/conference/rooms/records/list-fields.ts";

const names = Object.keys(roomListFields) as RoomListField[];
const ofType = (...types: ScalarType[]) => names.filter((name) => types.includes(roomListFields[name]));

const text = fc.string({
  unit: fc.constantFrom("a", "A", "b", "'", "%", "_", "\\", "ä", "Ä", "Σ", "ς", "\u0308", "\uffee", "😀"),
  maxLength: 4,
});
const instant = fc
  .integer({ min: 0, max: 3 })
  .map((days) => new Date(Date.UTC(2026, 2, 1 + days)).toISOString());

const scalars: Record<ScalarType, fc.Arbitrary<Scalar>> = {
  text,
  number: fc.integer({ min: 0, max: 5 }),
  boolean: fc.boolean(),
  instant,
};

const equality = fc.constantFrom("eq" as const, "ne" as const);
const anyOperator = fc.constantFrom("eq", "ne", "gt", "ge", "lt", "le");

const ordered = fc.constantFrom(...ofType("text", "number", "instant")).chain((field) =>
  fc.record({
    kind: fc.constant("compare" as const),
    field: fc.constant(field),
    operator: anyOperator,
    value: scalars[roomListFields[field]],
  }),
);

const equal = fc.constantFrom(...names).chain((field) =>
  fc.record({
    kind: fc.constant("compare" as const),
    field: fc.constant(field),
    operator: equality,
    value: fc.option(scalars[roomListFields[field]]),
  }),
);

const textTest = fc.record({
  kind: fc.constant("text" as const),
  field: fc.constantFrom(...ofType("text")),
  test: fc.constantFrom("startswith", "endswith", "contains"),
  value: text,
});

const among = fc.constantFrom(...names).chain((field) =>
  fc.record({
    kind: fc.constant("in" as const),
    field: fc.constant(field),
    values: fc.array(fc.option(scalars[roomListFields[field]]), { minLength: 1, maxLength: 3 }),
  }),
);

const anyCharacter = fc.oneof(
  fc.nat({ max: 0x7f }),
  fc.nat({ max: 0xd7ff }),
  fc.integer({ min: 0x1f600, max: 0x1f64f }),
);

/** Control characters included. */
export const anyText = fc.string({ unit: anyCharacter.map((code) => String.fromCodePoint(code)) });

export const anyFilter: fc.Arbitrary<Filter<RoomListField>> = fc.letrec<{ filter: Filter<RoomListField> }>(
  (tie) => ({
    filter: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      ordered as fc.Arbitrary<Filter<RoomListField>>,
      equal,
      among,
      fc.record({ kind: fc.constant("not" as const), term: tie("filter") }),
      textTest as fc.Arbitrary<Filter<RoomListField>>,
      fc.record({
        kind: fc.constantFrom("and", "or"),
        terms: fc.array(tie("filter"), { minLength: 2, maxLength: 3 }),
      }),
    ),
  }),
).filter;

export const anyOrder = fc.uniqueArray(
  fc
    .record({ field: fc.constantFrom(...names), descending: fc.boolean() })
    .map((key) => ({ ...key, ...(roomListFields[key.field] === "text" && { folded: true }) })),
  { maxLength: 3, selector: ({ field }) => field },
);

export const anySearch = fc.array(
  fc.array(
    text.filter((part) => part !== ""),
    { minLength: 1, maxLength: 2 },
  ),
  {
    minLength: 1,
    maxLength: 2,
  },
);

/** Any field may lack a value, also those of a room that never do. */
export const anyRow = fc.record(
  Object.fromEntries(names.map((name) => [name, fc.option(scalars[roomListFields[name]])])),
) as fc.Arbitrary<ListRow<RoomListField>>;
