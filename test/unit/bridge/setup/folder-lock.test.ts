// The lock of a folder, within one process and between two.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StartError } from "#common";
import { lockFolder, lockOwnerOf, refuseHeldFolder } from "../../../../bridge/setup/folder-lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options = {
  ...{ key: "data_dir", startedAt: new Date("2026-12-01T08:00:00Z"), command: "start.ts" },
  ...{ version: "1.2.3", socket: "/run/parley/admin.sock" },
};
const lock = () => lockFolder({ folder, ...options });

describe("a folder", () => {
  it("is held by one, who is named, and free again afterwards", () => {
    const held = lock();

    expect(lock).toThrow(StartError);
    expect(lock).toThrow(
      `data_dir: Parley already runs with ${folder}: process ${process.pid}, started 2026-12-01T08:00:00.000Z, start.ts`,
    );
    expect(lockOwnerOf(folder)).toMatchObject({ pid: process.pid, version: "1.2.3", socket: options.socket });
    held.release();
    held.release();
    expect(lockOwnerOf(folder)).toBeUndefined();
    expect(existsSync(join(folder, "daemon.json"))).toBe(false);
    lock().release();
  });

  it("is asked about without being touched", () => {
    refuseHeldFolder("data_dir", folder);
    expect(readdirSync(folder)).toEqual([]);
    expect(lockOwnerOf(join(folder, "none"))).toBeUndefined();
  });

  it("is free when its holder has died, whatever it left behind", () => {
    const module = resolve(import.meta.dirname, "../../../../bridge/setup/folder-lock.ts");
    const program = `
      const { lockFolder } = await import(${JSON.stringify(module)});
      lockFolder({ folder: ${JSON.stringify(folder)}, key: "data_dir", startedAt: new Date(0), command: "c", version: "1", socket: null });
      process.kill(process.pid, "SIGKILL");`;
    expect(() =>
      execFileSync(process.execPath, ["--input-type=module", "-e", program], { stdio: "ignore" }),
    ).toThrow();
    expect(readFileSync(join(folder, "daemon.json"), "utf8")).toContain('"command":"c"');

    expect(lockOwnerOf(folder)).toBeUndefined();
    lock().release();
  });

  it("is refused also when the holder's description cannot be read", () => {
    const held = lock();
    writeFileSync(join(folder, "daemon.json"), "{");

    expect(() => refuseHeldFolder("data_dir", folder)).toThrow(`data_dir: another Parley uses ${folder}`);
    held.release();
  });
});
