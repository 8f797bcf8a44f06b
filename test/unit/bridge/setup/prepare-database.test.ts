// Before the database is opened: what is damaged or newer is refused with what to do, and nothing is changed without a backup.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createLogger, ParleyError, StartError } from "#common";
import { knownSchema, openStore } from "#services/store";
import { addRemedy, prepareDatabase } from "../../../../bridge/setup/prepare-database.ts";

let root: string;
let place: { path: string; backupFolder: string };
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "parley-prepare-"));
  place = { path: join(root, "parley.db"), backupFolder: join(root, "backups") };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const log = createLogger("silent", "test");
const untouched = { beforeUpgrade: async () => {} };

function backup(name: string): string {
  mkdirSync(place.backupFolder, { recursive: true });
  writeFileSync(join(place.backupFolder, name), "");
  return join(place.backupFolder, name);
}

it("a damaged database is refused, and the last backup named", async () => {
  writeFileSync(place.path, "garbage ".repeat(1000));
  const before = readFileSync(place.path);

  await expect(prepareDatabase(place, untouched, log)).rejects.toThrow(
    /parley\.db: it is damaged: file is not a database; put a backup back: parley restore FILE \(parley doctor says more\)$/,
  );
  const file = backup(`parley-20261130T020000Z-schema${knownSchema}-daily.tar.gz`);
  backup(`parley-20261130T030000Z-schema${knownSchema + 1}-daily.tar.gz`);
  const refused = prepareDatabase(place, untouched, log);
  await expect(refused).rejects.toThrow(`put the last backup back: parley restore ${file} (`);
  await expect(refused).rejects.toBeInstanceOf(StartError);
  expect(readFileSync(place.path)).toEqual(before);
});

it("a database of a newer version: that version, or the backup from before it", async () => {
  await (await openStore(place.path)).close();
  const file = new Sqlite(place.path);
  file.exec("INSERT INTO schema_migrations VALUES (9999, 'later', '2030-01-01T00:00:00.000Z')");
  file.close();
  const kept = backup(`parley-20261130T020000Z-schema${knownSchema}-upgrade.tar.gz`);

  await prepareDatabase(place, untouched, log);
  await expect(addRemedy(place, () => openStore(place.path))).rejects.toThrow(
    `schema 9999, this version knows ${knownSchema}); install that version again, or put the last backup back: parley restore ${kept}`,
  );
});

it("what is not there, and what is whole, is gone on with", async () => {
  await prepareDatabase(place, untouched, log);
  writeFileSync(place.path, "");
  await prepareDatabase(place, untouched, log);
  await (await openStore(place.path)).close();
  await prepareDatabase(place, untouched, log);
});

it("an upgrade without a backup is refused, with the way out", async () => {
  await (await openStore(place.path)).close();
  const beforeUpgrade = () => Promise.reject(new ParleyError("BACKUP_FAILED", "there is too little room"));

  const refused = prepareDatabase(place, { beforeUpgrade }, log);

  await expect(refused).rejects.toBeInstanceOf(StartError);
  await expect(refused).rejects.toThrow(
    /there is too little room; mend that, or do without: backup\.keep_days: 0$/,
  );
});
