// The folder of the automatic backups: which is usable, and which has been kept long enough.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { newestUsable } from "#services/backups";
import {
  type BackupKind,
  backupName,
  backupsIn,
  expired,
  parseBackupName,
} from "../../../../../bridge/services/backups/files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-backups-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const dayMs = 86_400_000;
const noon = Date.UTC(2026, 10, 30, 12);
const named = (days: number, schema = 82, kind: BackupKind = "daily") =>
  backupName({ madeAt: noon - days * dayMs, schema, kind });

it("a name says when, of which schema and what for", () => {
  const name = named(0, 82, "upgrade");

  expect(name).toBe("parley-20261130T120000Z-schema82-upgrade.tar.gz");
  expect(parseBackupName(name)).toEqual({ name, madeAt: noon, schema: 82, kind: "upgrade" });
  expect(parseBackupName(`${name}.partial`)).toBeUndefined();
  expect(parseBackupName("mine.tar.gz")).toBeUndefined();
});

it("the newest that this version can use is found, whatever else lies there", () => {
  for (const name of [named(3), named(1, 90), named(2), "mine.tar.gz", ".parley-backup-x"])
    writeFileSync(join(folder, name), "");

  expect(newestUsable(folder, 82)).toBe(join(folder, named(2)));
  expect(newestUsable(folder, 90)).toBe(join(folder, named(1, 90)));
  expect(newestUsable(folder, 1)).toBeUndefined();
  expect(newestUsable(join(folder, "none"), 82)).toBeUndefined();
});

it("what has been kept for so many days goes, the newest of each kind never", () => {
  for (const name of [named(6), named(7.5), named(8), named(40, 70, "upgrade"), named(90, 60, "upgrade")])
    writeFileSync(join(folder, name), "");
  const names = (now: number) => expired(backupsIn(folder), { now, keepDays: 7 }).map(({ name }) => name);

  expect(names(noon)).toEqual([named(7.5), named(8), named(90, 60, "upgrade")]);
  expect(names(noon + 365 * dayMs)).not.toContain(named(6));
});
