// The same list query as SQL, in the dialect that SQLite and PostgreSQL share. `lower` folds case in all scripts:
// PostgreSQL's own does, and SQLite is given one that does (sql-functions.ts). A column is called as its field,
// in snake_case, and a boolean is kept as 0 or 1. Values are always bound parameters; names of fields come from
// an allow-list, never from the request.
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Comparison, Filter, OrderKey, Scalar, Search, TextTest } from "#common";

/** For `.where(…)`. */
export function filterSql(filter: Filter<string>): RawBuilder<SqlBool> {
  switch (filter.kind) {
    case "and":
    case "or":
      return joinTerms(filter.terms.map(filterSql), filter.kind);
    case "not":
      // What a missing value leaves open does not hold, so that its opposite does.
      return sql`not coalesce(${filterSql(filter.term)}, false)`;
    case "in":
      return inSql(filter.field, filter.values);
    case "text":
      return textSql(filter.test, filter.field, filter.value);
    case "compare":
      return compareSql(filter.operator, filter.field, filter.value);
  }
}

/** For `.where(…)`. */
export function searchSql(search: Search, fields: readonly string[]): RawBuilder<SqlBool> {
  const finds = (text: string) =>
    joinTerms(
      fields.map((field) => textSql("contains", field, text)),
      "or",
    );
  return joinTerms(
    search.map((texts) => joinTerms(texts.map(finds), "and")),
    "or",
  );
}

/** For `.orderBy(…)`, one after the other. Where the databases disagree, rows without a value come first. */
export function orderSql(order: readonly OrderKey<string>[]): RawBuilder<unknown>[] {
  return order.flatMap(({ field, descending, folded }) => {
    const column = columnOf(field);
    const direction = descending ? sql`desc` : sql`asc`;
    return [
      sql`case when ${column} is null then 0 else 1 end ${direction}`,
      ...(folded ? [sql`lower(${column}) ${direction}`] : []),
      sql`${column} ${direction}`,
    ];
  });
}

function compareSql(operator: Comparison, field: string, wanted: Scalar | null): RawBuilder<SqlBool> {
  const column = columnOf(field);
  const value = typeof wanted === "boolean" ? Number(wanted) : wanted;
  switch (operator) {
    case "eq":
      return value === null ? sql`${column} is null` : sql`${column} = ${value}`;
    case "ne":
      return value === null ? sql`${column} is not null` : sql`(${column} <> ${value} or ${column} is null)`;
    case "gt":
      return sql`${column} > ${value}`;
    case "ge":
      return sql`${column} >= ${value}`;
    case "lt":
      return sql`${column} < ${value}`;
    case "le":
      return sql`${column} <= ${value}`;
  }
}

function inSql(field: string, wanted: readonly (Scalar | null)[]): RawBuilder<SqlBool> {
  const column = columnOf(field);
  const values = wanted
    .filter((value) => value !== null)
    .map((value) => (typeof value === "boolean" ? Number(value) : value));
  const among = sql<SqlBool>`${column} in (${sql.join(values)})`;
  if (values.length === wanted.length) return among;
  const missing = sql<SqlBool>`${column} is null`;
  return values.length === 0 ? missing : joinTerms([missing, among], "or");
}

function textSql(test: TextTest, field: string, text: string): RawBuilder<SqlBool> {
  const before = test === "startswith" ? "" : "%";
  const after = test === "endswith" ? "" : "%";
  const pattern = `${before}${text.replace(/[\\%_]/g, "\\$&")}${after}`;
  return sql`lower(${columnOf(field)}) like lower(${pattern}) escape '\\'`;
}

function joinTerms(terms: readonly RawBuilder<SqlBool>[], word: "and" | "or"): RawBuilder<SqlBool> {
  return sql`(${sql.join(terms, word === "and" ? sql` and ` : sql` or `)})`;
}

const columnOf = (field: string): RawBuilder<unknown> =>
  sql.ref(field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
