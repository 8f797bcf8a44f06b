import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type LegId, type Logger, type RoomId, silentLogger } from "#common";
import {
  createLeg,
  type MediaLeg,
  type MediaWorker,
  type MediaWorkers,
  startMediaWorkers,
} from "#media/client";
import { FakeClock, settle } from "#test/support";
import { dividePorts } from "../../../../media/client/ports.ts";
import { FakeHost, health, offerText, stats } from "../support/fakes.ts";

const addresses = { bindAddress: "127.0.0.1", advertisedAddress: "127.0.0.1" };
const tone = [{ kind: "tone", name: "join" }] as const;

let clock: FakeClock;
let host: FakeHost;
let directory: string;
let pool: MediaWorkers | undefined;

beforeEach(() => {
  clock = new FakeClock();
  host = new FakeHost(clock);
  directory = mkdtempSync(join(tmpdir(), "parley-client-"));
});

afterEach(async () => {
  await pool?.close();
  pool = undefined;
  expect(clock.pending).toBe(0);
  rmSync(directory, { recursive: true });
});

/** Lets both ends of the in-memory stream have their turns. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await settle();
}

const start = (workers = 1, log = silentLogger, watchdogMs = 5000) =>
  startMediaWorkers({
    limits: { watchdogMs },
    clock,
    log,
    workers,
    rtp: { portMin: 20_000, portMax: 20_999 },
    runtimeDirectory: directory,
    logLevel: "silent",
    host,
  });

async function up(workers = 1, log = silentLogger, watchdogMs = 5000) {
  pool = await start(workers, log, watchdogMs);
  const heard: string[] = [];
  pool.events.on("up", ({ worker }) => heard.push(`up ${worker.index}`));
  pool.events.on("down", ({ worker, reason }) => heard.push(`down ${worker.index}: ${reason}`));
  const worker = pool.workers[0];
  if (!worker) throw new Error("no worker");
  return { pool, worker, heard };
}

async function upWithLeg(id = "a") {
  const on = await up();
  const { leg, sdp } = await createLeg(on.worker, { id: id as LegId, offer: offerText(), ...addresses });
  return { ...on, leg, sdp };
}

/** No process comes up any more: what dies now is not recovered. */
async function dieForGood(): Promise<void> {
  host.behaviour = "wrong settings";
  host.last.end(1, "exited with code 1");
  await turns();
  host.behaviour = "well";
}

function follow(leg: MediaLeg): unknown[] {
  const events: unknown[] = [];
  for (const name of ["dtmf", "talking", "inbound", "silent", "latched", "lost"] as const) {
    leg.events.on(name, (payload) => events.push({ [name]: payload }));
  }
  return events;
}

describe("the ports", () => {
  it("are divided into whole pairs, none twice, none left out", () => {
    expect(dividePorts({ portMin: 20_001, portMax: 20_011 }, 2)).toEqual([
      { portMin: 20_002, portMax: 20_005 },
      { portMin: 20_006, portMax: 20_011 },
    ]);
  });

  it("must be enough", () => {
    expect(() => dividePorts({ portMin: 20_001, portMax: 20_004 }, 2)).toThrow("too few for 2 media worker");
  });
});

describe("starting", () => {
  it("starts every worker with its share of the ports and its own socket", async () => {
    const { pool } = await up(2);
    expect(pool.healthy).toBe(true);
    expect(host.processes.map(({ args }) => args.join(" "))).toEqual([
      `--socket ${directory}/media-0.sock --index 0 --rtp-min 20000 --rtp-max 20499 --log-level silent`,
      `--socket ${directory}/media-1.sock --index 1 --rtp-min 20500 --rtp-max 20999 --log-level silent`,
    ]);
  });

  it.each([
    ["wrong settings", "CANNOT_START", "exited with code 2 (wrong settings"],
    ["never listens", "WORKER_DOWN", "did not say hello within 60000 ms"],
    ["mute", "WORKER_DOWN", "did not say hello within 60000 ms"],
  ] as const)(
    "fails with the reason when a worker is %s, and leaves no process",
    async (behaviour, code, message) => {
      host.behaviour = behaviour;
      const started = start(2);
      const outcome = expect(started).rejects.toMatchObject({
        code,
        message: expect.stringContaining(message),
      });
      await clock.run(70_000);
      await outcome;
      expect(host.processes.some(({ alive }) => alive)).toBe(false);
    },
  );

  it("keeps the last health of each worker", async () => {
    const { worker } = await up();
    expect(worker.health).toBeUndefined();
    await clock.run(1000);
    await turns();
    expect(worker.health).toEqual(health);
  });
});

describe("workers beyond the first two", () => {
  const legOn = (worker: MediaWorker, id: string) =>
    createLeg(worker, { id: id as LegId, offer: offerText(), ...addresses });

  it("start one by one, when no started worker is without legs", async () => {
    const { pool, heard } = await up(4);
    const [first, second, third, fourth] = pool.workers;
    expect(pool.workers.map(({ state }) => state)).toEqual(["ready", "ready", "standby", "standby"]);
    expect(pool.healthy).toBe(true);

    await legOn(first!, "a");
    expect(third!.state).toBe("standby");
    await legOn(second!, "b");
    expect(third!.state).toBe("starting");
    expect(pool.healthy).toBe(false);
    await clock.run(250);
    await turns();
    expect(third!.state).toBe("ready");
    expect(heard).toContain("up 2");
    expect(fourth!.state).toBe("standby");
    await legOn(third!, "c");
    await clock.run(250);
    await turns();
    expect(pool.workers.every(({ state }) => state === "ready")).toBe(true);
  });

  it("are not needed for a second leg, nor after the others have emptied", async () => {
    const { pool } = await up(3);
    const [first, second, third] = pool.workers;
    const { leg } = await legOn(first!, "a");
    await legOn(first!, "b");
    await leg.close();
    await legOn(first!, "c");
    expect(host.processes).toHaveLength(2);
    await legOn(second!, "d");
    await clock.run(250);
    await turns();
    expect(third!.state).toBe("ready");
  });

  it("are tried again when they do not come up", async () => {
    const { pool } = await up(3);
    host.behaviour = "wrong settings";
    await legOn(pool.workers[0]!, "a");
    await legOn(pool.workers[1]!, "b");
    await clock.run(250);
    await turns();
    expect(pool.workers[2]!.state).toBe("down");
    host.behaviour = "well";
    await clock.run(500);
    await turns();
    expect(pool.workers[2]!.state).toBe("ready");
  });
});

describe("the figures of legs", () => {
  it("that are asked for in one turn come with one request", async () => {
    const { worker, leg } = await upWithLeg("a");
    const { leg: other } = await createLeg(worker, { id: "b" as LegId, offer: offerText(), ...addresses });
    const requests = vi.spyOn(worker, "request");
    const measured: string[] = [];
    leg.events.on("measured", () => measured.push("a"));
    other.events.on("measured", () => measured.push("b"));
    expect(await Promise.all([leg.stats(), other.stats()])).toEqual([stats, stats]);
    expect(requests.mock.calls).toEqual([["legs.stats", { legs: ["a", "b"] }]]);
    expect(measured).toEqual(["a", "b"]);
  });

  it("of a leg that the worker does not have are refused, and cost the others nothing", async () => {
    const { worker, leg } = await upWithLeg("a");
    const { leg: gone } = await createLeg(worker, { id: "b" as LegId, offer: offerText(), ...addresses });
    await worker.request("leg.close", { leg: gone.id });
    const refused = gone.stats().catch((error) => error.code);
    expect(await leg.stats()).toEqual(stats);
    expect(await refused).toBe("NO_SUCH_LEG");
  });
});

describe("a worker that dies and has no successor", () => {
  it("rejects what waits, loses its legs, and comes again", async () => {
    const { worker, pool, leg, heard } = await upWithLeg();
    const events = follow(leg);
    const play = leg.play(tone, { language: "en" });
    await turns();
    host.last.stalled = true;
    const waiting = leg.stats().catch((error) => error.code);

    host.behaviour = "wrong settings";
    host.last.end(null, "was killed by SIGKILL");
    await turns();
    host.behaviour = "well";
    expect(await waiting).toBe("WORKER_DOWN");
    expect(await play).toBe("lost");
    expect(events).toEqual([{ lost: { reason: expect.stringContaining("was killed by SIGKILL") } }]);
    expect(worker.state).toBe("down");
    expect(pool.healthy).toBe(false);
    await expect(worker.request("ping", {})).rejects.toMatchObject({ code: "WORKER_DOWN" });

    await clock.run(250);
    await turns();
    expect(worker.state).toBe("ready");
    expect(heard).toEqual([expect.stringContaining("down 0: was killed by SIGKILL"), "up 0"]);
    expect(host.processes).toHaveLength(5);
  });

  it("comes again though a listener fails, and every leg is told", async () => {
    const { worker, leg } = await upWithLeg("a");
    const { leg: other } = await createLeg(worker, { id: "b" as LegId, offer: offerText(), ...addresses });
    leg.events.on("lost", () => {
      throw new Error("a bug");
    });
    const events = follow(other);
    await dieForGood();
    expect(events).toHaveLength(1);
    await clock.run(250);
    await turns();
    expect(worker.state).toBe("ready");
  });

  it("never lets an old leg reach its successor", async () => {
    const { leg } = await upWithLeg();
    await dieForGood();
    await clock.run(250);
    await turns();
    await expect(leg.join("r" as RoomId)).rejects.toMatchObject({ code: "WORKER_DOWN" });
    await expect(leg.stats()).rejects.toMatchObject({ code: "WORKER_DOWN" });
    expect(await leg.play(tone, { language: "en" })).toBe("lost");
    expect(await leg.close()).toBeUndefined();
    expect(host.last.engine.asked).toEqual([]);
  });

  it("is waited for longer each time, until one has lived for a while", async () => {
    const { worker } = await up();
    const bornAfter: number[] = [];
    const die = async (): Promise<void> => {
      const before = host.processes.length;
      host.last.end(1, "exited with code 1");
      await turns();
      const from = clock.monotonic();
      while (host.processes.length === before) await clock.run(50);
      bornAfter.push(clock.monotonic() - from);
      await turns();
      expect(worker.state).toBe("ready");
    };
    for (let death = 0; death < 4; death += 1) await die();
    await clock.run(60_000);
    await die();
    expect(bornAfter).toEqual([250, 500, 1000, 2000, 250]);
  });

  it("is tried again when its successor does not come up", async () => {
    const { worker } = await up();
    host.behaviour = "wrong settings";
    host.last.end(1, "exited with code 1");
    await turns();
    await clock.run(250);
    await turns();
    expect(worker.state).toBe("down");
    host.behaviour = "well";
    await clock.run(500);
    await turns();
    expect(worker.state).toBe("ready");
  });
});

describe("the watchdog", () => {
  it("tells of a worker that stands still, and kills it after five seconds", async () => {
    const warnings: unknown[] = [];
    const warn = (...line: unknown[]) => warnings.push(line);
    const log = { ...silentLogger, child: () => log, warn } as unknown as Logger;
    const { worker, heard } = await up(1, log);
    await clock.run(10_000);
    expect(warnings).toEqual([]);
    const process = host.last;
    process.stalled = true;
    await clock.run(4000);
    expect(process.alive).toBe(true);
    expect(warnings).toEqual([[{ missed: 2 }, "the media worker does not answer"]]);
    await clock.run(2000);
    await turns();
    expect(process.signals).toEqual(["SIGKILL"]);
    expect(heard[0]).toBe("down 0: it did not answer for 6000 ms");
    expect(worker.state).not.toBe("closed");
  });
});

describe("a request", () => {
  it("has a limit, after which a late reply is ignored", async () => {
    const { worker } = await up(1, silentLogger, 60_000);
    host.last.stalled = true;
    const outcome = expect(worker.request("room.open", { room: "r" as RoomId })).rejects.toMatchObject({
      code: "WORKER_TIMEOUT",
    });
    await clock.run(5000);
    await outcome;
  });

  it("is refused in the worker's own words", async () => {
    const { leg } = await upWithLeg();
    await expect(leg.reoffer("nonsense")).rejects.toMatchObject({
      code: "BAD_SDP",
      message: expect.stringContaining("line 1"),
    });
  });
});

describe("a capture", () => {
  const order = { clip: "names/1", patienceMs: 1000, silenceMs: 400, maxMs: 3000 };

  it("is the worker's until it says what became of it", async () => {
    const { leg } = await upWithLeg();
    const captured = leg.capture(order);
    await turns();
    expect(host.last.engine.asked.at(-1)).toBe("capture a as names/1 for 3000");
    expect(await leg.capture(order), "one at a time").toEqual({ outcome: "failed", durationMs: 0 });
    await leg.finishCapture();
    expect(host.last.engine.asked.at(-1)).toBe("finish capture of a");
    host.last.notify("leg.captured", { leg: leg.id, outcome: "captured", durationMs: 900 });
    await turns();
    expect(await captured).toEqual({ outcome: "captured", durationMs: 900 });

    const nothing = leg.capture({ ...order, clip: "names/2" });
    await turns();
    host.last.notify("leg.captured", { leg: leg.id, outcome: "nothing", durationMs: 0 });
    expect(await nothing).toEqual({ outcome: "nothing", durationMs: 0 });
  });

  it("that the worker refuses has failed", async () => {
    const { leg } = await upWithLeg();
    expect(await leg.capture({ ...order, maxMs: 60_000 })).toEqual({ outcome: "failed", durationMs: 0 });
  });

  it("is lost with its worker, and when its leg closes, but not before the worker knows", async () => {
    const { worker, leg } = await upWithLeg();
    const { leg: other } = await createLeg(worker, { id: "b" as LegId, offer: offerText(), ...addresses });
    const ofOther = other.capture(order);
    await turns();
    const { engine } = host.last;
    const lastAsked = ofOther.then(() => engine.asked.at(-1));
    await other.close();
    expect(await ofOther).toEqual({ outcome: "lost", durationMs: 0 });
    expect(await lastAsked).toBe("close b");
    const captured = leg.capture(order);
    await turns();
    await dieForGood();
    expect(await captured).toEqual({ outcome: "lost", durationMs: 0 });
    expect(await leg.capture(order)).toEqual({ outcome: "lost", durationMs: 0 });
  });
});

describe("a dump", () => {
  const order = { path: "/tmp/a", format: "rtp", maxMs: 3000 } as const;

  it("is the worker's until it says what became of it, one at a time", async () => {
    const { leg } = await upWithLeg();
    const { ended } = await leg.dump(order);
    expect(host.last.engine.asked.at(-1)).toBe("dump rtp of a for 3000");
    await expect(leg.dump(order)).rejects.toMatchObject({ code: "WRONG_STATE" });
    await leg.stopDump();
    expect(host.last.engine.asked.at(-1)).toBe("stop dump of a");
    host.last.notify("leg.dumped", { leg: leg.id, outcome: "finished", missing: 2 });
    await turns();
    expect(await ended).toEqual({ outcome: "finished", missing: 2 });

    await expect(leg.dump({ ...order, maxMs: 1e9 })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await expect(leg.dump(order)).resolves.toBeDefined();
  });

  it("is whole when its leg has closed, and lost with its worker", async () => {
    const { worker, leg } = await upWithLeg();
    const { leg: other } = await createLeg(worker, { id: "b" as LegId, offer: offerText(), ...addresses });
    const { ended: ofOther } = await other.dump(order);
    await other.close();
    expect(await ofOther).toEqual({ outcome: "finished", missing: 0 });
    const { ended } = await leg.dump(order);
    await dieForGood();
    expect(await ended).toEqual({ outcome: "lost", missing: 0 });
    await expect(leg.dump(order)).rejects.toMatchObject({ code: "WORKER_DOWN" });
  });
});

describe("a leg", () => {
  it("is made with its answer, or with an offer of ours", async () => {
    const { worker, sdp } = await upWithLeg();
    expect(sdp).toContain("m=audio 30000 RTP/AVP 0\r\n");
    const late = await createLeg(worker, { id: "late" as LegId, offer: null, ...addresses });
    expect(late.sdp).toContain("m=audio 30000 RTP/AVP 107 9 8 0 102 101\r\n");
    await late.leg.answer(offerText(4400));
    expect(host.last.engine.plans.get("late" as LegId)?.remote.port).toBe(4400);
    expect(await late.leg.offer()).toContain("m=audio 30000 RTP/AVP 0 107 9 8 101 102\r\n");
    expect(await late.leg.reoffer(offerText(4402, "a=sendonly"))).toContain("a=recvonly");
  });

  it("speaks only the codecs it is given, and offers them in their order", async () => {
    const { worker } = await up();
    const codecs = ["PCMU", "G722"] as const;
    const offering = await createLeg(worker, { id: "a" as LegId, offer: null, codecs, ...addresses });
    expect(offering.sdp).toContain("m=audio 30000 RTP/AVP 0 9 101\r\n");
    const onlyAlaw = offerText().replace("RTP/AVP 0", "RTP/AVP 8").replace("0 PCMU", "8 PCMA");
    const answering = createLeg(worker, { id: "b" as LegId, offer: onlyAlaw, codecs, ...addresses });
    await expect(answering).rejects.toMatchObject({ code: "NO_COMMON_CODEC" });
  });

  it("is not made of an offer that cannot be used", async () => {
    const { worker } = await up();
    const made = createLeg(worker, { id: "a" as LegId, offer: "nonsense", ...addresses });
    await expect(made).rejects.toMatchObject({ code: "BAD_SDP" });
  });

  it("is closed by the worker when its making took too long", async () => {
    const { worker } = await up(1, silentLogger, 60_000);
    const process = host.last;
    process.stalled = true;
    const made = createLeg(worker, { id: "a" as LegId, offer: offerText(), ...addresses });
    const outcome = expect(made).rejects.toMatchObject({ code: "WORKER_TIMEOUT" });
    await clock.run(4900);
    process.stalled = false;
    await clock.run(100);
    await outcome;
    await turns();
    expect(process.engine.asked).toEqual(["close a"]);
  });

  it("hears only what is about itself", async () => {
    const { worker, leg } = await upWithLeg("a");
    const { leg: other } = await createLeg(worker, { id: "b" as LegId, offer: offerText(), ...addresses });
    const [mine, theirs] = [follow(leg), follow(other)];
    host.last.notify("leg.dtmf", { leg: leg.id, digit: "5", durationMs: 80, via: "rfc4733" });
    host.last.notify("leg.talking", { leg: other.id, talking: true });
    host.last.notify("leg.inbound", { leg: leg.id, state: "silent" });
    host.last.notify("leg.latched", { leg: leg.id, remote: "192.0.2.1:4000" });
    await turns();
    expect(mine).toEqual([
      { dtmf: { digit: "5" } },
      { inbound: { state: "silent" } },
      { latched: { remote: "192.0.2.1:4000" } },
    ]);
    expect(theirs).toEqual([{ talking: { talking: true } }]);
  });

  it("plays until it was heard, each play with its own end", async () => {
    const { leg } = await upWithLeg();
    const first = leg.play(tone, { language: "en", loop: true });
    await turns();
    const second = leg.play(tone, { language: "en" });
    await turns();
    host.last.notify("leg.played", { leg: leg.id, play: 1, outcome: "stopped" });
    host.last.notify("leg.played", { leg: leg.id, play: 2, outcome: "finished" });
    expect(await Promise.all([first, second])).toEqual(["stopped", "finished"]);
    expect(host.last.engine.asked.slice(-2)).toEqual(["play 1 to a 1 looped", "play 2 to a 1 once"]);
  });

  it("closes once, with its last statistics, and ends what plays", async () => {
    const { leg } = await upWithLeg();
    const events = follow(leg);
    const play = leg.play(tone, { language: "en" });
    await turns();
    const [one, two] = [leg.close(), leg.close()];
    expect(await one).toEqual(stats);
    expect(await two).toEqual(stats);
    expect(await play).toBe("stopped");
    host.last.notify("leg.talking", { leg: leg.id, talking: true });
    await turns();
    expect(events).toEqual([]);
    expect(host.last.engine.asked.filter((asked) => asked === "close a")).toHaveLength(1);
    await expect(leg.mute(true)).rejects.toMatchObject({ code: "NO_SUCH_LEG" });
  });
});

describe("closing", () => {
  it("asks politely, and does not respawn", async () => {
    const { pool, worker, heard } = await up();
    await pool.close();
    await pool.close();
    expect(host.last.signals).toEqual(["SIGTERM"]);
    expect(worker.state).toBe("closed");
    expect(heard).toEqual([]);
    expect(host.processes).toHaveLength(1);
    await expect(worker.request("ping", {})).rejects.toMatchObject({ code: "WORKER_DOWN" });
  });

  it("kills who does not go", async () => {
    const { pool } = await up();
    host.last.ignoresSigterm = true;
    const closed = pool.close();
    await clock.run(3000);
    await closed;
    expect(host.last.signals).toEqual(["SIGTERM", "SIGKILL"]);
  });

  it("ends a wait for a respawn", async () => {
    const { pool } = await up();
    host.last.end(1, "exited with code 1");
    await turns();
    await pool.close();
    expect(host.processes).toHaveLength(1);
  });
});
