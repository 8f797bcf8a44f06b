// The same list query as SQL, in the dialect that SQLite and PostgreSQL share. Values are always bound
// parameters; column names come from the caller's table of fields, never from the request.
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Comparison, Filter, OrderKey, Scalar, Search, TextTest } from "#bridge/rooms";

export interface ListColumns<Field extends string> {
  column(field: Field): string;
  /** How the database stores a boolean: `Number` where it has no such type. */
  boolean(value: boolean): unknown;
}

/** For `.where(…)`. */
export function filterSql<Field extends string>(
  filter: Filter<Field>,
  columns: ListColumns<Field>,
): RawBuilder<SqlBool> {
  switch (filter.kind) {
    case "and":
    case "or":
      return joined(
        filter.terms.map((term) => filterSql(term, columns)),
        filter.kind,
      );
    case "text":
      return textSql(filter.test, columns.column(filter.field), filter.value);
    case "compare":
      return compareSql(filter.operator, columns.column(filter.field), bound(filter.value, columns));
  }
}

/** For `.where(…)`. */
export function searchSql<Field extends string>(
  search: Search,
  fields: readonly Field[],
  columns: ListColumns<Field>,
): RawBuilder<SqlBool> {
  const finds = (text: string) =>
    joined(
      fields.map((field) => textSql("contains", columns.column(field), text)),
      "or",
    );
  return joined(
    search.map((texts) => joined(texts.map(finds), "and")),
    "or",
  );
}

/** For `.orderBy(…)`, one after the other. Where the databases disagree, rows without a value come first. */
export function orderSql<Field extends string>(
  order: readonly OrderKey<Field>[],
  columns: ListColumns<Field>,
): RawBuilder<unknown>[] {
  return order.flatMap(({ field, descending }) => {
    const column = sql.ref(columns.column(field));
    const direction = descending ? sql`desc` : sql`asc`;
    return [sql`case when ${column} is null then 0 else 1 end ${direction}`, sql`${column} ${direction}`];
  });
}

function compareSql(operator: Comparison, name: string, value: unknown): RawBuilder<SqlBool> {
  const column = sql.ref(name);
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

function textSql(test: TextTest, name: string, text: string): RawBuilder<SqlBool> {
  const before = test === "startswith" ? "" : "%";
  const after = test === "endswith" ? "" : "%";
  const pattern = `${before}${text.replace(/[\\%_]/g, "\\$&")}${after}`;
  return sql`lower(${sql.ref(name)}) like lower(${pattern}) escape '\\'`;
}

function joined(terms: readonly RawBuilder<SqlBool>[], word: "and" | "or"): RawBuilder<SqlBool> {
  return sql`(${sql.join(terms, word === "and" ? sql` and ` : sql` or `)})`;
}

function bound<Field extends string>(value: Scalar | null, columns: ListColumns<Field>): unknown {
  return typeof value === "boolean" ? columns.boolean(value) : value;
}
