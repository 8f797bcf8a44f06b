// The common parts of the operations of access: their place in the description, the ids in their addresses and the shapes of
// lists.
import { type TObject, type TProperties, Type } from "typebox";
import { canonicalInstant, instantExpected } from "../instant.ts";

export const describe = (operationId: string, summary: string) => ({
  tags: ["Access"],
  operationId,
  summary,
});

export const idParams = (what: string) =>
  Type.Object({ id: Type.String({ description: `The id of the ${what}.` }) });

export const instant = (description: string) => Type.String({ format: "date-time", description });

export const listOf = <Fields extends TProperties>(item: TObject<Fields>, what: string, example: unknown) =>
  Type.Object(
    {
      count: Type.Integer({ minimum: 0, description: `How many ${what} match, before paging.` }),
      items: Type.Array(item, { description: `The ${what} of this page.` }),
    },
    { description: `One page of the ${what}.`, examples: [{ count: 1, items: [example] }] },
  );

/** RFC 3339 with any offset; null where there shall be none. */
export const clearableInstant = (description: string) =>
  Type.Refine(
    Type.Unsafe<string | null>({ type: ["string", "null"], format: "date-time", description }),
    (value) => value === null || canonicalInstant(value) !== undefined,
    () => instantExpected,
  );
