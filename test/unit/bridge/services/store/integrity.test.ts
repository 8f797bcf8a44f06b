// Whether a database is whole, and the sentences where it cannot be used.
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { errorCode } from "#common";
import { checkIntegrity, openStore } from "#services/store";
import { DatabaseError, databaseError } from "../../../../../bridge/services/store/database-errors.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "parley-integrity-"));
  path = join(folder, "parley.db");
  await (await openStore(path)).close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const limitMs = 60_000;

/** As a disk that returns what was never written. */
function spoil(): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 3 * 4096, bytes.length - 4096);
  writeSync(openSync(path, "r+"), bytes);
}

describe("a database", () => {
  it("that is whole is said to be, by either way", async () => {
    expect(await checkIntegrity(path, { depth: "quick", limitMs })).toEqual({ outcome: "whole" });
    expect(await checkIntegrity(path, { depth: "full", limitMs })).toEqual({ outcome: "whole" });
  });

  it("that is damaged is said to be, with the first fault", async () => {
    spoil();

    for (const depth of ["quick", "full"] as const) {
      const found = await checkIntegrity(path, { depth, limitMs });
      expect(found).toEqual({ outcome: "damaged", detail: expect.stringMatching(/Tree \d+|malformed/) });
    }
  });

  it("that is too large for the time is left unfinished", async () => {
    expect(await checkIntegrity(path, { depth: "full", limitMs: 1 })).toEqual({ outcome: "unfinished" });
  });

  it("that cannot be looked at is not said to be damaged, by either way", async () => {
    const other = new Sqlite(path);
    other.pragma("locking_mode = EXCLUSIVE");
    other.exec("BEGIN EXCLUSIVE");
    for (const depth of ["quick", "full"] as const) {
      const failure = await checkIntegrity(path, { depth, limitMs }).catch((error: unknown) => error);
      expect(errorCode(failure)).toBe("DATABASE_LOCKED");
    }
    other.close();
  });

  it("that is none is damaged", async () => {
    writeFileSync(path, "no database, but long enough to be looked at as one".repeat(20));

    expect(await checkIntegrity(path, { depth: "quick", limitMs })).toEqual({
      outcome: "damaged",
      detail: "file is not a database",
    });
  });
});

describe("why a database cannot be used", () => {
  const coded = (code: string) => Object.assign(new Error("as SQLite says"), { code });

  it.each([
    ["SQLITE_CORRUPT_INDEX", "damaged", "cannot use the database /d/p.db: it is damaged: as SQLite says"],
    [
      "SQLITE_READONLY_DIRECTORY",
      "read-only",
      "this user may not write it, or its disk is mounted read-only",
    ],
    ["SQLITE_CANTOPEN", "forbidden", "this user may not open it"],
    ["EPERM", "forbidden", "it belongs to another user"],
    ["SQLITE_IOERR_READ", "failing", "its disk cannot be read or written"],
    ["SQLITE_ERROR", "other", "cannot use the database /d/p.db: as SQLite says"],
  ])("%s: %s", (code, fault, sentence) => {
    const error = databaseError("/d/p.db", coded(code));

    expect(error).toBeInstanceOf(DatabaseError);
    expect((error as DatabaseError).fault).toBe(fault);
    expect(error.message).toContain(sentence);
  });

  it("a program that holds it may let go: that is no fault of the settings", () => {
    const error = databaseError("/d/p.db", coded("SQLITE_BUSY_SNAPSHOT"), "open");

    expect(errorCode(error)).toBe("DATABASE_LOCKED");
    expect(error.message).toBe(
      "cannot open the database /d/p.db: another program holds it; end that program (fuser /d/p.db names it)",
    );
  });
});
