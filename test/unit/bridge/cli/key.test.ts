// `parley key new` while no daemon runs: it opens the database by itself.
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadConfig } from "#config";
import { knownSchema, openStore } from "#services/store";
import type { Invocation } from "../../../../bridge/cli/command.ts";
import { key } from "../../../../bridge/cli/key.ts";
import { folderPaths } from "../../../../bridge/setup/index.ts";

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "parley-key-"));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

async function makeKey(): Promise<string> {
  const config = loadConfig({ argv: ["--config", "p"], env: {}, readFile: () => `data_dir: ${data}` });
  const printed: string[] = [];
  const invocation: Invocation = {
    args: ["new"],
    output: { print: (text) => void printed.push(text), write: () => {}, remark: () => {} },
    installation: () => ({
      ...{ config, configFile: undefined, folders: folderPaths(config) },
      database: join(data, "parley.db"),
    }),
    configArguments: [],
    signal: new AbortController().signal,
  };
  await key.run(invocation);
  return printed.join("");
}

const backups = (): string[] => (existsSync(join(data, "backups")) ? readdirSync(join(data, "backups")) : []);

it("makes a backup before it brings the database of an earlier version to the present schema", async () => {
  await (await openStore(join(data, "parley.db"))).close();
  expect(await makeKey()).toMatch(/^The API's admin key/);
  expect(backups()).toEqual([]);

  const file = new Sqlite(join(data, "parley.db"));
  file.exec(`DELETE FROM schema_migrations WHERE id = ${knownSchema}`);
  file.close();
  await makeKey().catch(() => {});
  expect(backups()).toEqual([expect.stringMatching(/-schema\d+-upgrade\.tar\.gz$/)]);
});
