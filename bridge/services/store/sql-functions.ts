// SQL functions of our own. `lower` takes the place of SQLite's, which knows ASCII only, so that the same SQL means the
// same here, in PostgreSQL and over rows in memory (common/list-query.ts).
import type SqliteFile from "better-sqlite3";
import { foldCase } from "#common";

export function registerFunctions(file: SqliteFile.Database): void {
  const lower = (value: unknown) => (typeof value === "string" ? foldCase(value) : value);
  file.function("lower", { deterministic: true }, lower);
}
