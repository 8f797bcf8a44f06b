// Names of the workers' sockets beside those that a previous control process has left.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "#common";
import { createSystemHost } from "../../../../media/client/host.ts";
import type { ProcessHandle } from "../../../../media/client/options.ts";
import { clearSockets, socketName } from "../../../../media/client/sockets.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-sockets-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("begins after those in which somebody listens, and removes the others", async () => {
  const names = [socketName(0, 0), socketName(0, 3), socketName(1, 5), socketName(1, 9)];
  for (const name of [...names, "live.db"]) writeFileSync(join(folder, name), "");
  const [, living, answering] = names.map((name) => join(folder, name));
  const host = {
    find: (pid: number): ProcessHandle | undefined => (pid === 1 ? ({} as ProcessHandle) : undefined),
    connect: async (path: string) => {
      if (path !== answering) throw new Error("ECONNREFUSED");
      return new PassThrough();
    },
  };
  const known = [
    { pid: 1, socketPath: living! },
    { pid: 2, socketPath: join(folder, socketName(1, 9)) },
  ];
  expect(await clearSockets(folder, host, known)).toBe(6);
  expect([...names, "live.db"].map((name) => existsSync(join(folder, name)))).toEqual([
    ...[false, true, true, false, true],
  ]);
  expect([socketName(2, 0), socketName(2, 6)]).toEqual(["media-2.sock", "media-2-6.sock"]);
});

it("finds no process of that number that has another socket", () => {
  const host = createSystemHost(systemClock, undefined);
  expect(host.find(process.pid, join(folder, "media-0.sock"))).toBeUndefined();
  expect(host.find(process.pid, process.argv[0]!)?.pid).toBe(process.pid);
});
