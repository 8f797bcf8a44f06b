// The control process ends, by a kill or by itself, and the next one goes on with the workers and their legs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LegId, type RecordingId, type RoomId, silentLogger } from "#common";
import {
  createLeg,
  type MediaLeg,
  type MediaWorker,
  type MediaWorkers,
  type MediaWorkersOptions,
  resumeLeg,
  resumeRoom,
  startMediaWorkers,
} from "#media/client";
import { FakeClock, settle } from "#test/support";
import { FakeHost, offerText } from "../support/fakes.ts";
import { mediaStateRecords } from "../support/state-records.ts";

const addresses = { bindAddress: "127.0.0.1", advertisedAddress: "127.0.0.1" };
const music = [{ kind: "music" }] as const;
const room = "r" as RoomId;
const [a, b] = ["a", "b"] as [LegId, LegId];
const recording = {
  recording: "rec" as RecordingId,
  path: "/x",
  format: "mp3",
  rate: 8000,
  kbps: 64,
  separate: false,
} as const;

let clock: FakeClock;
let host: FakeHost;
let directory: string;
let kept: ReturnType<typeof mediaStateRecords>;
let pool: MediaWorkers | undefined;

beforeEach(() => {
  clock = new FakeClock();
  host = new FakeHost(clock);
  kept = mediaStateRecords();
  directory = mkdtempSync(join(tmpdir(), "parley-client-"));
});

afterEach(async () => {
  await pool?.close();
  rmSync(directory, { recursive: true });
});

async function turns(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await settle();
}

/** The next control process. */
async function start(options: Partial<MediaWorkersOptions> = {}): Promise<MediaWorkers> {
  kept = mediaStateRecords(kept);
  const rtp = { portMin: 20_000, portMax: 20_999 };
  const limits = { watchdogMs: 5000 };
  const given = {
    clock,
    log: silentLogger,
    workers: 1,
    rtp,
    runtimeDirectory: directory,
    host,
    limits,
    stateRecords: kept,
  };
  pool = await startMediaWorkers({ ...given, logLevel: "silent", ...options });
  return pool;
}

const make = async (worker: MediaWorker, id: LegId): Promise<MediaLeg> =>
  (await createLeg(worker, { id, offer: offerText(), ...addresses })).leg;

/** A control process with a leg in a room, which has just been killed. */
async function killed(): Promise<void> {
  const { workers } = await start();
  const worker = workers[0]!;
  const leg = await make(worker, a);
  await worker.request("room.open", { room });
  await leg.volume({ listenDb: 3 });
  await leg.mute(true);
  await leg.join(room);
  await worker.request("recording.start", { room, ...recording });
  void leg.play(music, { language: "en", loop: true });
  await turns();
  host.killController();
  await turns();
}

/** What a leg tells, in order. */
function listenTo(leg: MediaLeg): unknown[] {
  const told: unknown[] = [];
  leg.events.on("dtmf", ({ digit }) => told.push(digit));
  leg.events.on("held", ({ held }) => told.push(held ? "held" : "resumed"));
  leg.events.on("talking", ({ talking }) => told.push(talking ? "talks" : "is quiet"));
  leg.events.on("secured", ({ suite }) => told.push(suite));
  leg.events.on("moved", () => told.push("moved"));
  leg.events.on("lost", () => told.push("lost"));
  return told;
}

const ended = {
  recording: "rec" as RecordingId,
  reason: "finished",
  message: "",
  durationMs: 20,
  missingMs: 0,
} as const;

const digit = (digit: string) => ({ leg: a, digit, durationMs: 100, via: "rfc4733" }) as const;

describe("a control process that was killed", () => {
  it("is gone on for in the same worker processes, which are told nothing", async () => {
    await killed();
    const asked = [...host.last.engine.asked];

    const next = await start();
    expect(resumeRoom(next, room)).toBe(next.workers[0]);
    const leg = resumeLeg(next, a)!;
    await next.settle();

    expect([host.processes.length, host.last.signals]).toEqual([1, []]);
    expect(host.last.engine.asked).toEqual(asked);
    expect([...next.workers[0]!.recordings!]).toEqual(["rec"]);
    await leg.mute(false);
    expect(host.last.engine.asked.at(-1)).toBe("mute a false");
    expect(resumeLeg(next, a)).toBeUndefined();
  });

  it("leaves a leg as it knew it; what has happened since is told once everything is resumed", async () => {
    const { workers } = await start();
    await make(workers[0]!, a);
    host.last.notify("leg.held", { leg: a, held: true });
    host.last.notify("leg.secured", { leg: a, suite: "AES", dtls: false });
    await turns();
    host.killController();
    await turns();
    host.last.notify("leg.talking", { leg: a, talking: true });
    host.last.notify("leg.talking", { leg: a, talking: false });
    host.last.notify("leg.dtmf", digit("4"));
    host.last.notify("leg.held", { leg: a, held: false });
    host.last.notify("leg.dtmf", digit("2"));

    const next = await start();
    const leg = resumeLeg(next, a)!;
    expect([leg.held, leg.encryption, leg.facts]).toMatchObject([true, "AES", { held: true }]);
    const told = listenTo(leg);
    await turns();
    host.last.notify("leg.dtmf", digit("#"));
    await turns();
    expect(told).toEqual([]);
    await next.settle();
    expect([told, leg.held]).toEqual([["resumed", "4", "2", "#"], false]);
    host.last.notify("leg.talking", { leg: a, talking: true });
    await turns();
    expect(told.at(-1)).toBe("talks");
  });

  it("has plays of its own: the end of one from before ends none of now", async () => {
    await killed();
    host.last.notify("leg.played", { leg: a, play: 1, outcome: "stopped" });
    const next = await start();
    const leg = resumeLeg(next, a)!;
    let outcome: unknown;
    void leg.play(music, { language: "en" }).then((ended) => {
      outcome = ended;
    });
    await next.settle();
    await turns();
    expect(outcome).toBeUndefined();
    host.last.notify("leg.played", { leg: a, play: 1002, outcome: "finished" });
    await turns();
    expect(outcome).toBe("finished");
  });

  it("leaves nothing behind that nobody goes on with", async () => {
    await killed();
    const writtenBefore = kept.legs.now.size;
    kept.legs.delete(a); // As if it had died before it could write that down.
    const next = await start();
    expect([writtenBefore, resumeLeg(next, a)]).toEqual([1, undefined]);
    await next.settle();
    expect(host.last.engine.asked.slice(-2)).toEqual(["close a", "close room r"]);
    expect([kept.legs.now.size, kept.rooms.now.size, kept.checkpoints.now.size]).toEqual([0, 0, 0]);
    const another = await make(next.workers[0]!, b);
    expect(another.id).toBe(b);
  });

  it("does not go on with what its worker has closed already, nor with records that cannot be used", async () => {
    await killed();
    const record = kept.legs.now.get(a)!;
    kept.legs.put(b, record);
    kept.legs.put("c", { ...record, state: 7 as unknown as string });
    const next = await start();
    expect([resumeLeg(next, b), resumeLeg(next, "c" as LegId)]).toEqual([undefined, undefined]);
    expect([resumeLeg(next, a)?.id, [...kept.legs.now.keys()]]).toEqual([a, [a]]);
  });

  it("keeps legs that come while not everything is resumed", async () => {
    await killed();
    const next = await start();
    resumeLeg(next, a);
    const leg = await make(next.workers[0]!, b);
    await next.settle();
    await leg.mute(true);
    expect(host.last.engine.legs).toEqual(new Set([a, b]));
  });

  it("goes on with legs whose worker dies before they are resumed", async () => {
    await killed();
    const next = await start();
    host.last.end(null, "was killed by SIGKILL");
    await turns();
    const leg = resumeLeg(next, a)!;
    const told = listenTo(leg);
    await next.settle();
    expect(host.processes).toHaveLength(2);
    expect(host.last.engine.asked.slice(0, 2)).toEqual(["open r", expect.stringMatching(/^create a at/)]);
    expect(told).toEqual([]);
  });
});

describe("a worker process is replaced, and its legs go on on the same ports,", () => {
  const left = () => host.processes[0]!;

  it.each<[string, () => Partial<MediaWorkersOptions> | undefined]>([
    ["when it has died meanwhile", () => void left().end(null, "was killed by SIGKILL")],
    ["when it is to have other settings", () => ({ promptsPath: "/other" })],
    ["when it is to have other ports", () => ({ rtp: { portMin: 22_000, portMax: 22_999 } })],
    ["when it speaks another version", () => void Object.assign(left(), { version: 5 })],
    [
      "when it has not been told everything",
      () => void kept.workers.put("0", { ...kept.workers.now.get("0")!, incomplete: true }),
    ],
  ])("%s", async (_, happens) => {
    await killed();
    const { port } = left().engine.places.get(a)!;
    const options = happens();
    const next = await start(options);
    expect([left().alive, host.processes.length]).toEqual([false, 2]);
    const leg = resumeLeg(next, a)!;
    expect(host.last.engine.asked.filter((line) => !line.startsWith("open"))).toEqual([
      ...[
        `create a at ${port}`,
        'volume a {"listenDb":3}',
        "mute a true",
        "join a r",
        "play 1 to a 1 looped",
      ],
    ]);
    expect(next.workers[0]!.recordings).toEqual(new Set());
    await next.settle();
    await leg.mute(false);
    expect(host.last.engine.asked.at(-1)).toBe("mute a false");
  });

  it("not before its successor is up, which goes on where it has come to", async () => {
    await killed();
    const recordings: unknown[] = [];
    left().engine.legCheckpoint = () => ({ marker: "of now" }) as never;
    left().notify("leg.dtmf", digit("4"));
    host.behaviour = "never listens";
    const starting = start({ promptsPath: "/other" });
    await turns();
    expect([host.processes.length, left().alive, left().engine.asked.includes("drain")]).toEqual([
      2,
      true,
      false,
    ]);

    left().engine.during = { drain: () => left().notify("recording.ended", ended) };
    host.behaviour = "well";
    await clock.run(20);
    const next = await starting;
    next.workers[0]!.notifications.on("recording.ended", (data) => recordings.push(data));
    const told = listenTo(resumeLeg(next, a)!);
    await next.settle();
    expect([told, recordings]).toEqual([["4"], []]);
    expect(host.last.engine.resumed.get(a)).toMatchObject({ checkpoint: { marker: "of now" } });
  });

  it("also when its successor has died with the control process before that could drain it", async () => {
    await killed();
    const process = kept.workers.now.get("0")!;
    kept.workers.put(`left ${process.pid}`, process);
    kept.workers.put("0", { ...process, pid: 1, incomplete: true });
    const next = await start();
    expect([left().engine.asked.at(-1), left().alive, host.processes.length]).toEqual(["drain", false, 2]);
    expect(resumeLeg(next, a)?.id).toBe(a);
    expect([...kept.workers.now.keys()]).toEqual(["0"]);
  });

  it("when it does not answer within the time of the watchdog", async () => {
    await killed();
    left().stalled = true;
    const starting = start();
    await clock.run(5000);
    await turns();
    const next = await starting;
    expect(left().signals).toEqual(["SIGKILL"]);
    expect(resumeLeg(next, a)?.id).toBe(a);
  });

  it("when there are fewer workers than before", async () => {
    const { workers } = await start({ workers: 2 });
    await make(workers[0]!, a);
    await make(workers[1]!, b);
    host.killController();
    await turns();
    const next = await start({ workers: 1 });
    expect([resumeLeg(next, a)?.worker.index, resumeLeg(next, b)?.worker.index]).toEqual([0, 0]);
    expect(host.processes.map(({ alive }) => alive)).toEqual([false, false, true]);
    expect([...kept.workers.now.keys()]).toEqual(["0"]);
  });

  it("or on others, which the leg tells when everything is resumed", async () => {
    await killed();
    left().notify("leg.talking", { leg: a, talking: true });
    left().end(null, "was killed by SIGKILL");
    host.portsHeld = true;
    const next = await start();
    const told = listenTo(resumeLeg(next, a)!);
    expect(told).toEqual([]);
    await next.settle();
    expect(told).toEqual(["moved"]);
  });
});

describe("a control process that ends for the next one", () => {
  it("leaves its workers and their legs, and answers nothing more", async () => {
    const first = await start();
    const leg = await make(first.workers[0]!, a);
    const told = listenTo(leg);
    host.last.stalled = true;
    let settled = 0;
    const count = () => {
      settled += 1;
    };
    void leg.mute(true).then(count, count);
    await first.leave();
    void first.workers[0]!.request("ping", {}).then(count, count);
    await turns();
    expect([clock.pending > 0, settled, told, host.last.signals]).toEqual([true, 0, [], []]);
    host.last.stalled = false;

    const next = await start();
    expect([resumeLeg(next, a)?.id, host.processes.length]).toEqual([a, 1]);
  });

  it("while another process takes the place of a worker, leaves what that was to be told", async () => {
    const first = await start();
    const told = listenTo(await make(first.workers[0]!, a));
    host.last.end(null, "was killed by SIGKILL");
    await settle();
    await first.leave();
    expect(told).toEqual([]);

    const next = await start();
    expect(resumeLeg(next, a)?.id).toBe(a);
    expect(host.last.engine.legs).toEqual(new Set([a]));
  });
});
