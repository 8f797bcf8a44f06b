// A lock and a mute outlive the end of the process, however it ends.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ParleyProcess } from "../support/parley.ts";

it("a lock and a mute outlive a restart and a kill", async () => {
  const dataDir = await mkdtemp(joinPath(tmpdir(), "parley-lock-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  let running = await ParleyProcess.start({ dataDir });
  onTestFinished(async () => void (await running.stop()));
  const room = await running.createRoom({ extension_number: "7200" });
  await running.commandRoom(room, "lock");
  for (const end of ["SIGTERM", "SIGKILL"] as const) {
    running.signal(end);
    await running.exited;
    await running.stop();
    running = await ParleyProcess.start({ dataDir });
    expect((await running.status(room)).locked).toBe(true);
  }
  const call = await (await running.phone("alice")).call("7200");
  expect((await call.rejected()).status).toBe(403);
  await running.commandRoom(room, "unlock");
  await running.stop();
  running = await ParleyProcess.start({ dataDir });
  expect((await running.status(room)).locked).toBe(false);
});
