// The language of lists: one grammar for every collection.
export { type FieldTable, fieldTable } from "./fields.ts";
export { parseFilter } from "./filter.ts";
export { parseOrder } from "./order.ts";
export { type ListExamples, listQuery, listQuerySchema, readListQuery } from "./query.ts";
export { parseSearch } from "./search.ts";
export { ExpressionError } from "./tokens.ts";
