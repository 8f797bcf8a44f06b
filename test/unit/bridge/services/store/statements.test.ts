import SqliteFile from "better-sqlite3";
import { expect, it } from "vitest";
import { CachedStatements } from "../../../../../bridge/services/store/statements.ts";

it("prepares a statement once, keeps the hundred that were used last, and forgets them when it is told to", () => {
  const statements = new CachedStatements(new SqliteFile(":memory:"));
  const first = statements.prepare("select 0 as n");
  const used = statements.prepare("select 1 as n");
  for (let n = 2; n <= 100; n += 1) {
    statements.prepare(`select ${n} as n`);
    expect(statements.prepare("select 1 as n")).toBe(used);
  }

  expect(statements.prepare("select 0 as n")).not.toBe(first);
  expect(statements.prepare("select 1 as n")).toBe(used);
  expect(used.all()).toEqual([{ n: 1 }]);

  statements.forgetAll();
  expect(statements.prepare("select 1 as n")).not.toBe(used);
  statements.close();
});

it("lets a rollback pass where SQLite has rolled back by itself, so that the reason is not hidden", () => {
  const file = new SqliteFile(":memory:");
  const statements = new CachedStatements(file);
  file.exec("create table t (n)");
  file.exec("begin");
  file.exec("insert into t values (1)");

  statements.prepare("rollback").run();
  expect(file.prepare("select count(*) as n from t").get()).toEqual({ n: 0 });
  expect(statements.prepare("rollback").all()).toEqual([]);
  statements.close();
});
