// The query of every collection: filter, search, orderby, skip and top, with or without `$` in front. Turns the
// texts into the domain's list query, or refuses with the place where a text stops making sense.
import { Type } from "typebox";
import type { ListQuery } from "#common";
import { HttpRefusal, type ProblemCode } from "../plugins/index.ts";
import type { FieldTable } from "./fields.ts";
import { parseFilter } from "./filter.ts";
import { parseOrder } from "./order.ts";
import { parseSearch } from "./search.ts";
import { ExpressionError } from "./tokens.ts";

const maxTop = 100;

export interface ListExamples {
  readonly filter: string;
  readonly search: string;
  readonly orderby: string;
}

/** What a list takes; the examples are of its own fields. */
export const listQuery = ({ filter, search, orderby }: ListExamples) =>
  Type.Object(
    {
      filter: Type.Optional(
        Type.String({
          maxLength: 2000,
          description:
            "Conditions on fields: `eq ne gt ge lt le`, `field in ('a','b')`, `and`, `or`, `not`, parentheses, " +
            "`startswith(field,'text')`, `endswith(…)`, `contains(…)`; texts and instants in single quotes. The three " +
            "functions fold case, the operators do not. `$filter` means the same.",
          examples: [filter],
        }),
      ),
      search: Type.Optional(
        Type.String({
          maxLength: 200,
          description:
            "Words that must all be found in the texts of an item, with `or` between alternatives and double " +
            "quotes around phrases; upper and lower case are the same, accents count. `$search` means the same.",
          examples: [search],
        }),
      ),
      orderby: Type.Optional(
        Type.String({
          maxLength: 200,
          description:
            "Fields to order by, each with `asc` (default) or `desc`. Texts are ordered letter by letter without " +
            "their case, by Unicode numbers: letters with accents come behind `z`. `$orderby` means the same.",
          examples: [orderby],
        }),
      ),
      skip: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 2_147_483_647,
          default: 0,
          description: "How many items to leave out at the start. `$skip` means the same.",
        }),
      ),
      top: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: maxTop,
          default: maxTop,
          description: "How many items to return at most. `$top` means the same.",
        }),
      ),
    },
    { additionalProperties: false },
  );

/** Of rooms. */
export const listQuerySchema = listQuery({
  filter: "capacity ge 10 and startswith(extension_number,'80')",
  search: "weekly or daily",
  orderby: "scheduled_start_at desc, subject",
});

/** Blank expressions are as good as none. */
export function readListQuery<Field extends string>(
  query: Type.Static<typeof listQuerySchema>,
  fields: FieldTable<Field>,
): ListQuery<Field> {
  const filter = nonBlank(query.filter);
  const search = nonBlank(query.search);
  const orderby = nonBlank(query.orderby);
  return {
    skip: query.skip ?? 0,
    top: query.top ?? maxTop,
    ...(filter && { filter: parseExpression(filter, "filter", (text) => parseFilter(text, fields)) }),
    ...(search && { search: parseExpression(search, "search", parseSearch) }),
    ...(orderby && {
      orderBy: parseExpression(orderby, "orderby", (text) => parseOrder(text, fields)),
    }),
  };
}

const nonBlank = (text: string | undefined): string | undefined => (text?.trim() ? text : undefined);

const codes = {
  filter: "INVALID_FILTER",
  search: "INVALID_SEARCH",
  orderby: "INVALID_ORDERBY",
} as const satisfies Record<string, ProblemCode>;

function parseExpression<T>(expression: string, field: keyof typeof codes, parse: (text: string) => T): T {
  try {
    return parse(expression);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const message = error.messageFor(expression);
    throw new HttpRefusal(codes[field], `${field}: ${message}.`, { fields: [{ field, message }] });
  }
}
