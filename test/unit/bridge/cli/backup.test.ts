// Backups on the file system: what is in one, what is refused, and that a restore happens as a whole or not at all.
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import Sqlite from "better-sqlite3";
import { create } from "tar";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLogger, systemClock } from "#common";
import { AutomaticBackups, newestUsable } from "#services/backups";
import { knownSchema, openStore } from "#services/store";
import { backup } from "../../../../bridge/cli/backup.ts";
import type { Command } from "../../../../bridge/cli/command.ts";
import { openInstallation } from "../../../../bridge/cli/installation.ts";
import { restore } from "../../../../bridge/cli/restore.ts";
import { Swap } from "../../../../bridge/cli/swap.ts";
import { lockFolder } from "../../../../bridge/setup/folder-lock.ts";

let root: string;
let data: string;
let file: string;
let config: string;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "parley-backup-test-"));
  data = join(root, "data");
  file = join(root, "backup.tar.gz");
  config = join(root, "parley.yaml");
  mkdirSync(join(data, "clips/welcome/room"), { recursive: true });
  mkdirSync(join(data, "clips/names"));
  mkdirSync(join(data, "tls"));
  writeFileSync(join(data, "clips/welcome/room/a.wav"), "welcome");
  writeFileSync(join(data, "clips/names/b.wav"), "a name");
  writeFileSync(join(data, "tls/key.pem"), "the first key");
  writeFileSync(config, `data_dir: ${data}\n`);
  await writeSetting("first");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function writeSetting(value: string): Promise<void> {
  const store = await openStore(join(data, "parley.db"));
  await store.settings.set("test", value);
  await store.close();
}

async function readSetting(): Promise<string | undefined> {
  const store = await openStore(join(data, "parley.db"));
  const value = await store.settings.get("test");
  await store.close();
  return value;
}

const nothing = { print: () => {}, write: () => {}, remark: () => {} };
const run = (command: Command, ...args: string[]) =>
  command.run({
    args,
    output: nothing,
    installation: () => openInstallation(["--config", config], {}),
    configArguments: ["--config", config],
    signal: new AbortController().signal,
  });

/** Everything below the folder that is a file, with its content; the database left out. */
function content(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => statSync(join(folder, name)).isFile() && !/parley\.db|daemon\.lock/.test(name))
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
}

describe("a restore", () => {
  it("brings everything back, keeps what was there, and leaves no name that was said", async () => {
    await run(backup, file);
    await writeSetting("second");
    writeFileSync(join(data, "tls/key.pem"), "the second key");
    writeFileSync(config, `data_dir: ${data}\nsip: { port: 5070 }\n`);

    await run(restore, file);

    expect(await readSetting()).toBe("first");
    expect(readFileSync(join(data, "tls/key.pem"), "utf8")).toBe("the first key");
    expect(statSync(join(data, "tls/key.pem")).mode & 0o777).toBe(0o600);
    expect(readFileSync(config, "utf8")).toBe(`data_dir: ${data}\n`);
    const [kept, ...others] = readdirSync(data).filter((name) => name.startsWith("before-restore-"));
    expect(others).toEqual([]);
    expect(content(join(data, kept!))).toEqual({
      ...{ "tls/key.pem": "the second key", "clips/welcome/room/a.wav": "welcome" },
      "parley.yaml": `data_dir: ${data}\nsip: { port: 5070 }\n`,
    });
    expect(readdirSync(data)).not.toContain("restore.partial");
    expect(readdirSync(data)).not.toContain("restore.unfinished");
  });

  it("leaves the configuration alone when told to", async () => {
    await run(backup, file);
    writeFileSync(config, `data_dir: ${data}\nsip: { port: 5070 }\n`);

    await run(restore, file, "--keep-config");

    expect(readFileSync(config, "utf8")).toContain("5070");
  });

  it("is refused while a process holds the folder", async () => {
    await run(backup, file);
    const before = content(data);
    const lock = lockFolder({
      ...{
        folder: data,
        key: "data_dir",
        startedAt: new Date(0),
        command: "test",
        version: "1",
        socket: null,
      },
    });
    try {
      await expect(run(restore, file)).rejects.toThrow(/already runs with/);
    } finally {
      lock.release();
    }
    expect(content(data)).toEqual(before);
  });

  it("of a newer schema is refused, and nothing has changed", async () => {
    const database = new Sqlite(join(data, "parley.db"));
    database.exec("INSERT INTO schema_migrations VALUES (9999, 'later', '2030-01-01T00:00:00.000Z')");
    database.close();
    await run(backup, file);
    const before = content(data);

    await expect(run(restore, file)).rejects.toThrow(/made by a newer version of Parley \(.*schema 9999/);
    expect(content(data)).toEqual(before);
  });

  it("of an automatic backup, which another process has written, leaves the files of chats as they are", async () => {
    mkdirSync(join(data, "chat"));
    writeFileSync(join(data, "chat/file"), "sent before");
    const schema = new Sqlite(join(data, "parley.db"));
    schema.exec(`DELETE FROM schema_migrations WHERE id = ${knownSchema}`);
    schema.close();
    const settings = { folder: join(data, "backups"), database: join(data, "parley.db"), data };
    const backups = new AutomaticBackups({
      settings: { ...settings, config: readFileSync(config, "utf8"), keepDays: 1, hour: 3, version: "1" },
      clock: systemClock,
      log: createLogger("silent", "test"),
    });
    await backups.beforeUpgrade();
    await backups.close();
    const made = newestUsable(settings.folder, knownSchema)!;
    expect(statSync(made).mode & 0o777).toBe(0o600);
    expect(readdirSync(settings.folder)).toHaveLength(1);
    writeFileSync(join(data, "parley.db"), "damaged");
    writeFileSync(join(data, "chat/file"), "sent after");

    await run(restore, made);

    const database = new Sqlite(join(data, "parley.db"), { readonly: true });
    expect(database.prepare("SELECT value FROM settings WHERE name = 'test'").pluck().get()).toBe("first");
    database.close();
    expect(readFileSync(join(data, "chat/file"), "utf8")).toBe("sent after");
    expect(readFileSync(config, "utf8")).toBe(`data_dir: ${data}\n`);
  });

  const manifest = {
    format: 1,
    parley: "1",
    schema: 1,
    created_at: "",
    host: "",
    config: false,
    recordings: false,
  };
  const wrong: [what: string, sentence: RegExp, files: Record<string, string>][] = [
    ["another archive", /no parley-backup\.json in it/, { "a.txt": "a" }],
    [
      "a format of the future",
      /can read/,
      { "parley-backup.json": JSON.stringify({ ...manifest, format: 2 }) },
    ],
    [
      "a foreign file",
      /it holds etc\//,
      { "parley-backup.json": JSON.stringify(manifest), "etc/passwd": "root" },
    ],
    [
      "garbage for a database",
      /not a database/,
      { "parley-backup.json": JSON.stringify(manifest), "database/parley.db": "garbage ".repeat(1000) },
    ],
    ["no database", /there is no database/, { "parley-backup.json": JSON.stringify(manifest) }],
  ];
  it.each(wrong)("of %s is refused, and nothing has changed", async (_what, sentence, files) => {
    const made = join(root, "made");
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(made, name, ".."), { recursive: true });
      writeFileSync(join(made, name), text);
    }
    await create({ cwd: made, file, gzip: true }, readdirSync(made));
    const before = content(data);

    await expect(run(restore, file)).rejects.toThrow(sentence);
    expect(content(data)).toEqual(before);
  });

  it("of a file that was cut off is refused, and nothing has changed", async () => {
    await run(backup, file);
    writeFileSync(file, readFileSync(file).subarray(0, -300));
    const before = content(data);

    await expect(run(restore, file)).rejects.toThrow(/cannot read the backup/);
    expect(content(data)).toEqual(before);
  });
});

describe("a backup", () => {
  it("has mode 0600, is complete or not there, and holds no database but a copy", async () => {
    await run(backup, file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const earlier = readFileSync(file);

    rmSync(join(data, "parley.db"));
    await expect(run(backup, file)).rejects.toThrow(/there is no database/);
    expect(readFileSync(file)).toEqual(earlier);
    expect(readdirSync(root).sort()).toEqual(["backup.tar.gz", "data", "parley.yaml"]);
  });
});

describe("recordings that change while they are packed", () => {
  const folder = () => join(data, "recordings/room");
  const size = 300_000;
  beforeEach(() => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), "kept.mp3"), "sound");
  });

  async function restored(): Promise<Record<string, Buffer>> {
    await run(backup, file, "--with-recordings");
    rmSync(join(data, "recordings"), { recursive: true });
    await run(restore, file);
    return Object.fromEntries(
      readdirSync(folder()).map((name) => [name, readFileSync(join(folder(), name))]),
    );
  }

  it("are left out when they are gone", async () => {
    // Listed, and not there when it is looked at: what a deletion in between leaves.
    symlinkSync(join(root, "gone.mp3"), join(folder(), "gone.mp3"));

    expect(await restored()).toEqual({ "kept.mp3": Buffer.from("sound") });
  });

  it("go in as far as they had come when they grow", async () => {
    const growing = openSync(join(folder(), "growing.mp3"), "w");
    writeSync(growing, randomBytes(size + 1));
    const ended = new AbortController();
    const writing = (async () => {
      for (; !ended.signal.aborted; await setImmediate()) writeSync(growing, "more");
      closeSync(growing);
    })();

    const { "growing.mp3": kept, "kept.mp3": other } = await restored().finally(() => ended.abort());
    await writing;

    expect(kept!.length).toBeGreaterThan(size);
    expect(kept!.subarray(size + 1).toString()).toMatch(/^(?:more)*$/);
    expect(other).toEqual(Buffer.from("sound"));
  });

  it("go in with zeros at their end when they shrink", async () => {
    // Says that it has a page, and ends before.
    symlinkSync("/sys/devices/system/cpu/online", join(folder(), "shrunk.mp3"));

    const { "shrunk.mp3": shrunk } = await restored();

    expect(shrunk).toHaveLength(4096);
    expect(shrunk!.toString()).toMatch(/^[\d,-]+\n\0+$/);
  });

  it("have names of any length", async () => {
    const long = `${"a".repeat(240)}.mp3`;
    writeFileSync(join(folder(), long), "long");

    expect((await restored())[long]).toEqual(Buffer.from("long"));
  });
});

describe("files that change places", () => {
  it("are back where they were when a later step fails", () => {
    const owner = { uid: process.getuid!(), gid: process.getgid!() };
    const swap = new Swap(join(root, "kept"), owner);
    for (const [name, text] of [
      ["old", "old"],
      ["new", "new"],
    ] as const)
      writeFileSync(join(root, name), text);

    swap.put(join(root, "new"), join(root, "old"), "old");
    expect(readFileSync(join(root, "old"), "utf8")).toBe("new");
    expect(readFileSync(join(root, "kept/old"), "utf8")).toBe("old");
    swap.put(undefined, join(root, "none"), "none");
    swap.undo();

    expect(readFileSync(join(root, "old"), "utf8")).toBe("old");
    expect(readFileSync(join(root, "new"), "utf8")).toBe("new");
    expect(existsSync(join(root, "kept"))).toBe(false);
  });
});
