// Phones that die in a call: after 30 s without RTP and RTCP they are asked whether they are there, and leave when they are
// not. With the real times, all at once: two minutes at most.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { eventually } from "../support/phone/index.ts";
import { Baresip } from "./baresip.ts";
import { sipp } from "./sipp.ts";

/** Thirty seconds of silence, an OPTIONS without an answer for 32 s, and what the machine needs. */
const noticedWithinMs = 80_000;

let parley: ParleyProcess;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-dying-"));
  parley = await ParleyProcess.start();
});
afterAll(async () => {
  expect(await parley.stop()).toEqual({ code: 0, signal: null });
  await rm(folder, { recursive: true, force: true });
});

interface CallRecord {
  readonly id: string;
  readonly result: string;
  readonly ended_by: string;
  readonly status: number;
  readonly reason: string;
  readonly duration: number;
  readonly sip_call_id: string;
}

/** The record of the room's one call, once it has ended. */
function recordIn(room: string): Promise<CallRecord> {
  return eventually(
    async () => {
      const { body } = await parley.request(`/api/call_records?filter=room_id eq '${room}'`);
      return (body as { items: readonly CallRecord[] }).items[0];
    },
    () => `record of the call in ${room}`,
    { limitMs: noticedWithinMs, everyMs: 500 },
  );
}

/** A room that is recorded while a participant is inside. */
const recordedRoom = (extension: string): Promise<string> =>
  parley.createRoom({ extension_number: extension, enable_recording: true });

/** The meeting is over, and its recording too. */
async function isOver(room: string): Promise<void> {
  await parley.attendance(room, 0);
  expect((await parley.status(room)).status).toBe("ONLINE");
  await eventually(
    async () => ((await parley.recordings(room))[0]?.ended_at ? true : undefined),
    () => "end of the recording",
  );
}

/** The log comes in pieces, a moment after what it tells of. */
const askedOnce = (callId: string): Promise<true> => {
  const asked = () =>
    parley.logs.filter((line) => line.includes(callId) && line.includes("asked whether it is there"));
  return eventually(
    () => asked().length === 1 || undefined,
    () => `one question whether the phone is there (${asked().length})`,
  );
};

async function talking(name: string, extension: string, test: TestContext): Promise<Baresip> {
  const baresip = await Baresip.start(join(folder, name), name, { frequency: 620, levelDbov: -20 });
  test.onTestFinished(() => baresip.stop());
  test.onTestFailed(() => {
    process.stderr.write(`${parley.logs.slice(-60).join("\n")}\n`);
  });
  await baresip.dial(`sip:${extension}@127.0.0.1:${parley.sip.port}`);
  await baresip.established();
  return baresip;
}

describe.concurrent("a phone", { timeout: 150_000 }, () => {
  it("whose process is killed leaves, and meeting and recording end", async (test) => {
    const room = await recordedRoom("6301");
    const baresip = await talking("killed", "6301", test);
    await parley.attendance(room, 1);
    baresip.signal("SIGKILL");
    const record = await recordIn(room);
    expect(record).toMatchObject({ result: "answered", ended_by: "failure", status: 408 });
    expect(record.duration).toBeLessThan(noticedWithinMs / 1000);
    await isOver(room);
  });

  it("whose network is gone leaves, and meeting and recording end", async (test) => {
    const room = await recordedRoom("6302");
    const baresip = await talking("frozen", "6302", test);
    await parley.attendance(room, 1);
    baresip.signal("SIGSTOP");
    const record = await recordIn(room);
    baresip.signal("SIGCONT");
    expect(record).toMatchObject({ result: "answered", ended_by: "failure", status: 408 });
    expect(record.duration).toBeGreaterThanOrEqual(60);
    expect(record.duration).toBeLessThan(noticedWithinMs / 1000);
    await askedOnce(record.sip_call_id);
    await isOver(room);
  });

  it("that has forgotten its call leaves as soon as it says so", async (test) => {
    const room = await recordedRoom("6303");
    const options = { server: parley.sip, folder, limitSeconds: 90, answersOptions: false };
    test.onTestFailed(() => {
      process.stderr.write(`${parley.logs.slice(-60).join("\n")}\n`);
    });
    await sipp("has-forgotten", { ...options, extension: "6303" });
    const record = await recordIn(room);
    expect(record).toMatchObject({ result: "answered", ended_by: "failure", status: 481 });
    expect(record.duration).toBeGreaterThanOrEqual(29);
    expect(record.duration).toBeLessThan(45);
    await isOver(room);
  });

  it("that sends nothing and says that it is there stays; no score is told of what does not come", async () => {
    const room = await parley.createRoom({ extension_number: "6304" });
    const options = { server: parley.sip, folder, limitSeconds: 120, answersOptions: false };
    const listening = sipp("listens-only", { ...options, extension: "6304" });
    listening.catch(() => {});
    await parley.attendance(room, 1);
    const [listener] = await parley.participants(room);
    await eventually(
      () => (parley.logs.some((line) => line.includes('"liveness":"alive"')) ? true : undefined),
      () => "question to the listener",
      { limitMs: 60_000, everyMs: 500 },
    );
    const { body } = await parley.request(`/api/conference_rooms/${room}/participants`);
    const { quality } = (body as { items: readonly { quality: Record<string, unknown> | null }[] }).items[0]!;
    expect(quality?.["received_mos"] ?? null).toBeNull();
    expect(JSON.stringify(quality ?? {})).not.toMatch(/mos":[\d.]+/);
    await parley.command(room, listener!.id, "destroy");
    await listening;
  });
});
