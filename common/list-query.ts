// The queries of lists as data: filter, search, order and page, over the fields of the list.
// The functions here apply a query to rows in memory; the store expresses the same in SQL.
// Text is compared exactly by eq, ne, gt, ge, lt, le and in; the text tests, the search and the order fold case
// (`foldCase`), and accents count. A field without a value equals only null and is never greater or less than
// anything.

export type ScalarType = "text" | "number" | "boolean" | "instant";
export type Scalar = string | number | boolean;

export type Comparison = "eq" | "ne" | "gt" | "ge" | "lt" | "le";
export type TextTest = "startswith" | "endswith" | "contains";

export type Filter<Field extends string> =
  | {
      readonly kind: "compare";
      readonly field: Field;
      readonly operator: Comparison;
      readonly value: Scalar | null;
    }
  | { readonly kind: "text"; readonly field: Field; readonly test: TextTest; readonly value: string }
  | { readonly kind: "in"; readonly field: Field; readonly values: readonly (Scalar | null)[] }
  | { readonly kind: "not"; readonly term: Filter<Field> }
  | { readonly kind: "and" | "or"; readonly terms: readonly Filter<Field>[] };

/** Alternatives, each a list of texts that must all be found in one of the searched fields. */
export type Search = readonly (readonly string[])[];

export interface OrderKey<Field extends string> {
  readonly field: Field;
  readonly descending: boolean;
  /** Of a text: case is folded, and decides between texts that are the same without it. */
  readonly folded?: boolean;
}

/** Fields have the names of the domain, never those of a request. */
export interface ListQuery<Field extends string> {
  readonly skip: number;
  readonly top: number;
  /** Filter and search must both match. */
  readonly filter?: Filter<Field>;
  readonly search?: Search;
  /** Rows that this leaves in a tie, or all without it, are in the list's default order. */
  readonly orderBy?: readonly OrderKey<Field>[];
}

/** Everything that matches, without paging. */
export type Selection<Field extends string> = Omit<ListQuery<Field>, "skip" | "top">;

export interface Page<Item> {
  /** Before paging. */
  readonly count: number;
  readonly items: readonly Item[];
}

/** What the rows must look like. Instants are `YYYY-MM-DDTHH:MM:SS.sssZ`, so that their text is their order. */
export type ListRow<Field extends string> = { readonly [Name in Field]: Scalar | null };

export function matchesFilter<Field extends string>(filter: Filter<Field>, row: ListRow<Field>): boolean {
  switch (filter.kind) {
    case "and":
      return filter.terms.every((term) => matchesFilter(term, row));
    case "or":
      return filter.terms.some((term) => matchesFilter(term, row));
    case "not":
      return !matchesFilter(filter.term, row);
    case "in":
      return filter.values.includes(row[filter.field]);
    case "text":
      return passes(filter.test, row[filter.field], filter.value);
    case "compare":
      return compares(filter.operator, row[filter.field], filter.value);
  }
}

export function matchesSearch<Field extends string>(
  search: Search,
  row: ListRow<Field>,
  fields: readonly Field[],
): boolean {
  const finds = (text: string) => fields.some((field) => passes("contains", row[field], text));
  return search.some((texts) => texts.every(finds));
}

/** Negative when `left` comes first. Rows without a value come before all others in ascending order. */
export function compareRows<Field extends string>(
  order: readonly OrderKey<Field>[],
  left: ListRow<Field>,
  right: ListRow<Field>,
): number {
  for (const { field, descending, folded = false } of order) {
    const [a, b] = [left[field], right[field]];
    const difference = (folded && compareScalars(foldedOf(a), foldedOf(b))) || compareScalars(a, b);
    if (difference !== 0) return descending ? -difference : difference;
  }
  return 0;
}

function compares(operator: Comparison, actual: Scalar | null, wanted: Scalar | null): boolean {
  if (operator === "eq") return actual === wanted;
  if (operator === "ne") return actual !== wanted;
  if (actual === null || wanted === null) return false;
  const difference = compareScalars(actual, wanted);
  switch (operator) {
    case "gt":
      return difference > 0;
    case "ge":
      return difference >= 0;
    case "lt":
      return difference < 0;
    case "le":
      return difference <= 0;
  }
}

function passes(test: TextTest, actual: Scalar | null, wanted: string): boolean {
  if (typeof actual !== "string") return false;
  const text = foldCase(actual);
  const part = foldCase(wanted);
  switch (test) {
    case "startswith":
      return text.startsWith(part);
    case "endswith":
      return text.endsWith(part);
    case "contains":
      return text.includes(part);
  }
}

function compareScalars(left: Scalar | null, right: Scalar | null): number {
  if (left === right) return 0;
  if (left === null) return -1;
  if (right === null) return 1;
  if (typeof left === "string" && typeof right === "string") return compareText(left, right);
  return Number(left) - Number(right);
}

/** By code point, which is how a database with binary collation orders UTF-8. */
function compareText(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

const foldedOf = (value: Scalar | null): Scalar | null =>
  typeof value === "string" ? foldCase(value) : value;

/** Folds case in all scripts, and normalises composed and decomposed accents; Σ has one small form. */
export const foldCase = (text: string): string => text.normalize("NFC").toLowerCase().replaceAll("ς", "σ");
