// Dumps of calls as the daemon keeps them: a file that is handed over, and nothing that stays.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { CallId, LegId } from "#common";
import { FakeLeg, FakeWorker } from "#test/support";
import { CallDumps } from "../../../../bridge/setup/call-dumps.ts";

const [call, silent, gone] = ["call", "silent", "gone"] as CallId[] as [CallId, CallId, CallId];
let folder: string;
let leg: FakeLeg;
let dumps: CallDumps;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "parley-dumps-"));
  writeFileSync(join(folder, "left-by-a-crash"), "");
  leg = new FakeLeg("leg" as LegId, new FakeWorker(0));
  const media = (id: CallId) => (id === gone ? undefined : { leg: id === call ? leg : undefined });
  dumps = await CallDumps.open(folder, { media });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const order = { format: "pcm", seconds: 5 } as const;

it("hands the file over when the leg says that it is closed, and keeps no copy", async () => {
  expect(readdirSync(folder)).toEqual([]);
  const dump = await dumps.start(call, order);
  const { path } = leg.dumping!;
  writeFileSync(path, "what was said");
  expect([leg.log, path.startsWith(folder)]).toEqual([["dump pcm 5000"], true]);

  expect(await dumps.stop(call)).toBe(true);
  const file = await dump!.ended;

  expect(await file.readFile("utf8")).toBe("what was said");
  expect([existsSync(path), await dumps.stop(call)]).toEqual([false, false]);
  await file.close();
});

it("says why there is none", async () => {
  expect(await dumps.start(gone, order)).toBeUndefined();
  await expect(dumps.start(silent, order)).rejects.toMatchObject({ code: "CANNOT_DUMP" });
  leg.before = () => {
    throw new Error("leg leg is being dumped");
  };
  await expect(dumps.start(call, order)).rejects.toThrow(
    "The call cannot be dumped: leg leg is being dumped.",
  );
});

it("has no file when the worker left none", async () => {
  const dump = await dumps.start(call, order);
  leg.dumping!.resolve({ outcome: "lost", missing: 0 });

  await expect(dump!.ended).rejects.toMatchObject({ code: "ENOENT" });
  expect(await dumps.stop(call)).toBe(false);
});
