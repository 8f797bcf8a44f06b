// A room calls SIPp over a trunk: what a far end may negotiate before it answers the call.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { type Callee, sippCallee } from "./sipp.ts";

let folder: string;
let callee: Callee;
let parley: ParleyProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-dialled-"));
  callee = await sippCallee("called-early-update", { folder });
  const hosts = [`sip:127.0.0.1:${callee.port};transport=udp`];
  const trunk = { name: "carrier", hosts, keepalive_seconds: 0, dial_allow: ["0Z."], dial_confirm: false };
  parley = await ParleyProcess.start({ env: { TRUNKS: JSON.stringify([trunk]) } });
});
afterAll(async () => {
  expect(await parley?.stop()).toEqual({ code: 0, signal: null });
  await rm(folder, { recursive: true, force: true });
});

it("a callee that offers another codec before it answers is in the room with that", async () => {
  onTestFailed(() => {
    process.stderr.write(`${parley.logs.slice(-40).join("\n")}\n`);
  });
  const room = await parley.createRoom({ extension_number: "6300" });
  const invited = await parley.request(`/api/conference_rooms/${room}/participants/invite`, {
    body: { number: "030700" },
  });
  expect(invited.status).toBe(200);
  expect(await parley.participant(room, "030700")).toMatchObject({ codecs: ["PCMA"] });
  await callee.ended;
  await parley.attendance(room, 0);
});
