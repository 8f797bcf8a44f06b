// Values that a schema of the API's description takes, or nearly takes, and values that no client should send.
import fc from "fast-check";
import type { Schema } from "./openapi-shapes.ts";

/** What has broken servers before. */
const hostileTexts = [
  "",
  " ",
  "\u0000",
  "\ud800",
  "\u202e\ufeff",
  "null",
  "-1",
  "1e309",
  "' or 1=1 --",
  '";drop table rooms;--',
  "%00",
  "../../etc/passwd",
  "{{7*7}}",
  "__proto__",
  "constructor",
  "2026-02-30T25:61:61Z",
  "2001-01-01T00:00:00Z",
  " \t\u00a0",
  "=?utf-8?q?x?=",
  "not not (subject in ('ß','Σ',null)) or 1",
  "+49;phone-context=x?y",
  "9999-12-31T23:59:59-23:59",
  "a".repeat(70_000),
  "𝒳".repeat(300),
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ maxLength: 40 }),
);

export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  hostileText,
  fc.constantFrom<unknown>(null, true, -1, 0, 1.5, 1e308, -1e308, 2 ** 53, [], {}, [[]], [null], {
    a: { b: {} },
  }),
  fc.array(fc.constant("x"), { minLength: 1001, maxLength: 1001 }),
);

/** `sound`: what the schema wants, and nothing else. `wild`: mostly that. */
export type Mood = "sound" | "wild";

export function valueLike(schema: Schema, mood: Mood): fc.Arbitrary<unknown> {
  const wanted = fitting(schema, mood);
  return mood === "sound"
    ? wanted
    : fc.oneof({ weight: 8, arbitrary: wanted }, { weight: 1, arbitrary: hostile });
}

function fitting(schema: Schema, mood: Mood): fc.Arbitrary<unknown> {
  const examples = (schema["examples"] ?? []) as readonly unknown[];
  const plain = plainly(schema, mood);
  return examples.length > 0 ? fc.oneof(fc.constantFrom(...examples), plain) : plain;
}

function plainly(schema: Schema, mood: Mood): fc.Arbitrary<unknown> {
  if (Array.isArray(schema["enum"])) return fc.constantFrom(...schema["enum"]);
  const alternatives = (schema["anyOf"] ?? schema["oneOf"]) as readonly Schema[] | undefined;
  if (alternatives) return fc.oneof(...alternatives.map((one) => fitting(one, mood)));
  const types: readonly string[] = Array.isArray(schema.type) ? schema.type : [schema.type as string];
  return fc.oneof(...types.map((type) => ofType(type, schema, mood)));
}

function ofType(type: string | undefined, schema: Schema, mood: Mood): fc.Arbitrary<unknown> {
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
    case "number":
      return numbers(schema, mood);
    case "string":
      return texts(schema, mood);
    case "array":
      return fc.array(schema.items ? valueLike(schema.items, mood) : hostile, { maxLength: 4 });
    case "object":
      return objects(schema, mood);
    default:
      return hostile;
  }
}

function numbers({ minimum, maximum }: Schema, mood: Mood): fc.Arbitrary<unknown> {
  const min = Math.max(Number(minimum ?? -1000), -(2 ** 31));
  const max = Math.min(Number(maximum ?? 1000), 2 ** 31 - 1);
  const inside = fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max));
  return mood === "sound" ? inside : fc.oneof(inside, fc.constantFrom(min - 1, max + 1));
}

function texts({ pattern, format, minLength, maxLength }: Schema, mood: Mood): fc.Arbitrary<unknown> {
  const longest = Math.min(Number(maxLength ?? 40), 200);
  if (format === "date-time") {
    const limits = { min: new Date("1970-01-01"), max: new Date("2100-01-01"), noInvalidDate: true };
    return fc.date(limits).map((instant) => instant.toISOString());
  }
  const sound =
    typeof pattern === "string"
      ? fc.stringMatching(new RegExp(pattern)).map((text) => text.slice(0, longest))
      : fc.string({ minLength: Number(minLength ?? 0), maxLength: longest });
  return mood === "sound" ? sound : fc.oneof(sound, hostileText);
}

/** Its required members, some of the others, and in a wild mood an unknown one. */
function objects({ properties = {}, required = [] }: Schema, mood: Mood): fc.Arbitrary<unknown> {
  const members = Object.fromEntries(
    Object.entries(properties)
      .filter(([, member]) => mood === "wild" || !member["readOnly"])
      .map(([name, member]) => [name, valueLike(member, mood)]),
  );
  const known = fc.record(members, { requiredKeys: [...required] });
  if (mood === "sound") return known;
  const unknown = fc.dictionary(fc.constantFrom("x", "__proto__", "constructor", "id"), hostile, {
    maxKeys: 1,
  });
  return fc.oneof(
    { weight: 9, arbitrary: known },
    { weight: 1, arbitrary: fc.tuple(known, unknown).map(([some, more]) => ({ ...some, ...more })) },
  );
}
