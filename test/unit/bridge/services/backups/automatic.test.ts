// The bridge's own backups, on a fake clock: one a day, what is told of them, what goes, and what a failure does.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLogger, ParleyError } from "#common";
import { AutomaticBackups, type BackupJob } from "#services/backups";
import { knownSchema, openStore } from "#services/store";
import { FakeClock } from "#test/support";

const dayMs = 86_400_000;
const minuteMs = 60_000;

let root: string;
let database: string;
let folder: string;
let clock: FakeClock;
let backups: AutomaticBackups | undefined;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "parley-automatic-"));
  database = join(root, "parley.db");
  folder = join(root, "backups");
  clock = new FakeClock();
  await (await openStore(database)).close();
});
afterEach(async () => {
  await backups?.close();
  rmSync(root, { recursive: true, force: true });
});

interface Changes {
  readonly keepDays?: number;
  readonly write?: (job: BackupJob, signal: AbortSignal) => Promise<number>;
}

function automatic({ keepDays = 3, write = made }: Changes = {}) {
  const settings = { folder, database, data: root, config: "a: 1\n", keepDays, hour: 3, version: "1.2.3" };
  backups = new AutomaticBackups({ settings, clock, log: createLogger("silent", "test"), write });
  const told: unknown[] = [];
  backups.events.on("made", (event) => void told.push(event));
  backups.events.on("failed", (event) => void told.push(event));
  return { backups, told };
}

async function made({ file }: BackupJob): Promise<number> {
  writeFileSync(file, "backup");
  return 6;
}

/** Until nothing is under way: files are read and written in between. */
async function run(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 5 * minuteMs) {
    clock.advance(5 * minuteMs);
    await backups!.idle();
  }
}

describe("automatic backups", () => {
  it("are made once a day, told, and kept for so many days", async () => {
    const { backups, told } = automatic();
    backups.start();

    await run(5 * minuteMs);
    expect(told).toEqual([]);
    await run(dayMs);

    expect(told[0]).toMatchObject({
      bytes: 6,
      kind: "daily",
      file: expect.stringContaining(`-schema${knownSchema}-`),
    });
    expect(backups.status).toMatchObject({ made: told.length, failed: 0, lastFailure: undefined });
    expect(clock.now() - backups.status.lastGoodAt!).toBeLessThan(dayMs);
    const first = readdirSync(folder)[0]!;
    await run(6 * dayMs);
    expect(readdirSync(folder)).toHaveLength(4);
    expect(readdirSync(folder)).not.toContain(first);
    expect(told.length).toBeGreaterThanOrEqual(7);
    expect(told.length).toBeLessThanOrEqual(8);
  });

  it("of the future, which a clock that was ahead has made, count for nothing", async () => {
    mkdirSync(folder, { recursive: true });
    const ahead = new Date(clock.now() + 300 * dayMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
    writeFileSync(join(folder, `parley-${ahead}-schema${knownSchema}-daily.tar.gz`), "ahead");
    const { backups, told } = automatic();
    backups.start();

    await run(dayMs);
    expect(told.length).toBeGreaterThanOrEqual(1);
    expect(told.length).toBeLessThanOrEqual(2);
    expect(backups.status.lastGoodAt).toBeLessThanOrEqual(clock.now());
  });

  it("that fail are told and tried again an hour later, and what a killed one left is removed", async () => {
    mkdirSync(join(folder, ".parley-backup-x"), { recursive: true });
    writeFileSync(join(folder, "parley-x.tar.gz.partial"), "");
    const reasons = ["no room", "still none"];
    const { backups, told } = automatic({
      write: async (job) => {
        const reason = reasons.shift();
        if (reason !== undefined) throw new ParleyError("BACKUP_FAILED", reason);
        return made(job);
      },
    });
    backups.start();

    await run(30 * minuteMs);
    expect(told).toEqual([{ reason: "no room", kind: "daily" }]);
    expect(backups.status).toMatchObject({
      failed: 1,
      lastFailure: { reason: "no room" },
      lastGoodAt: undefined,
    });
    expect(readdirSync(folder)).toEqual([]);
    await run(3 * 60 * minuteMs);

    expect(told.slice(0, 3)).toMatchObject([{ reason: "no room" }, { reason: "still none" }, { bytes: 6 }]);
  });

  it("end with the bridge: the one that is being written is given up and not told", async () => {
    const writing = Promise.withResolvers<void>();
    const { backups, told } = automatic({
      write: (_job, signal) => {
        writing.resolve();
        return new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason)),
        );
      },
    });
    backups.start();
    clock.advance(10 * minuteMs);
    await writing.promise;

    await backups.close();

    expect(told).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it("are made before the schema changes, of what was there, unless there are to be none", async () => {
    const file = new Sqlite(database);
    file.exec(`DELETE FROM schema_migrations WHERE id = ${knownSchema}`);
    const earlier = file.prepare("SELECT max(id) FROM schema_migrations").pluck().get();
    file.close();

    await automatic({ keepDays: 0 }).backups.beforeUpgrade();
    expect(readdirSync(root)).not.toContain("backups");
    const { backups, told } = automatic();
    await backups.beforeUpgrade();

    expect(readdirSync(folder)).toEqual([
      expect.stringMatching(new RegExp(`-schema${earlier}-upgrade\\.tar\\.gz$`)),
    ]);
    backups.start();
    expect(told).toMatchObject([{ kind: "upgrade", bytes: 6 }]);
  });

  it("are not made before a start that changes nothing", async () => {
    await automatic().backups.beforeUpgrade();

    expect(readdirSync(root)).not.toContain("backups");
  });
});
