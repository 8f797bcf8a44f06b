// What takes its time by the RFCs: an ACK that never comes, sessions that are refreshed or not. All at once, the
// longest takes 70 seconds.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { sipp } from "./sipp.ts";

let parley: ParleyProcess;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-sipp-"));
  parley = await ParleyProcess.start();
  await parley.createRoom({ extension_number: "6100" });
});
afterAll(async () => {
  expect(await parley.stop()).toEqual({ code: 0, signal: null });
  await rm(folder, { recursive: true, force: true });
});

function play(scenario: string, { onTestFailed }: TestContext): Promise<void> {
  onTestFailed(() => {
    process.stderr.write(`${parley.logs.slice(-40).join("\n")}\n`);
  });
  return sipp(scenario, { server: parley.sip, extension: "6100", folder, limitSeconds: 90 });
}

describe.concurrent("SIPp", { timeout: 100_000 }, () => {
  it("never acknowledges and is hung up on", (test) => play("never-ack", test));
  it("refreshes its session and stays", (test) => play("timer-caller-refreshes", test));
  it("forgets to refresh its session and is hung up on", (test) => play("timer-expires", test));
  it("has its session refreshed by UPDATE", (test) => play("timer-bridge-updates", test));
  it("has its session refreshed by re-INVITE, and its own crosses that", (test) =>
    play("timer-bridge-reinvites", test));
});
