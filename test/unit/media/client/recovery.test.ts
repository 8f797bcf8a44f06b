import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LegId, machineTime, type RoomId, silentLogger } from "#common";
import {
  createLeg,
  type MediaLeg,
  type MediaWorker,
  type MediaWorkers,
  startMediaWorkers,
} from "#media/client";
import { FakeClock, settle } from "#test/support";
import { maxConsecutiveFailures } from "../../../../media/mixer/tick-failures.ts";
import { FakeHost, health, offerText } from "../support/fakes.ts";

const addresses = { bindAddress: "127.0.0.1", advertisedAddress: "127.0.0.1" };
const music = [{ kind: "music" }] as const;
const room = "r" as RoomId;

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

async function turns(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await settle();
}

async function up(workers = 1) {
  const limits = { watchdogMs: 5000 };
  const rtp = { portMin: 20_000, portMax: 20_999 };
  const started = { clock, log: silentLogger, workers, rtp, runtimeDirectory: directory, host, limits };
  pool = await startMediaWorkers({ ...started, logLevel: "silent" });
  const heard: string[] = [];
  pool.events.on("down", ({ worker }) => heard.push(`down ${worker.index}`));
  pool.events.on("recovered", ({ worker, legs, moved, lost }) =>
    heard.push(`recovered ${worker.index}: ${legs} legs, ${moved} moved, ${lost} lost`),
  );
  return { pool, worker: pool.workers[0] as MediaWorker, heard };
}

async function makeLeg(worker: MediaWorker, id = "a"): Promise<{ leg: MediaLeg; lost: string[] }> {
  const { leg } = await createLeg(worker, { id: id as LegId, offer: offerText(), ...addresses });
  const lost: string[] = [];
  leg.events.on("lost", ({ reason }) => lost.push(reason));
  return { leg, lost };
}

async function die(process = host.last): Promise<void> {
  process.end(null, "was killed by SIGKILL");
  await turns();
}

describe("a worker that dies", () => {
  it("goes on in another process, which is told what this one had been brought to", async () => {
    const { worker, heard } = await up();
    const { leg, lost } = await makeLeg(worker);
    await worker.request("room.open", { room });
    await leg.volume({ listenDb: 3 });
    await leg.volume({ speakDb: 6 });
    await leg.mute(true);
    await leg.join(room);
    const playing = leg.play(music, { language: "en", loop: true });
    await turns();
    const [dead] = host.processes;
    const { port } = dead!.engine.places.get(leg.id)!;

    await die(dead);

    expect(host.processes).toHaveLength(2);
    expect(host.last.engine.asked).toEqual([
      "open r",
      `create a at ${port}`,
      'volume a {"listenDb":3,"speakDb":6}',
      "mute a true",
      "join a r",
      "play 1 to a 1 looped",
    ]);
    expect(host.last.engine.plans.get(leg.id)).toEqual(dead!.engine.plans.get(leg.id));
    expect([heard, lost]).toEqual([["recovered 0: 1 legs, 0 moved, 0 lost"], []]);
    host.last.notify("leg.played", { leg: leg.id, play: 1, outcome: "finished" });
    expect(await playing).toBe("finished");
  });

  it("is told who is seen where, the second successor as the first, and after limits have changed", async () => {
    const { worker } = await up();
    const video = { width: 1280, height: 720, framerate: 15, kbps: 1000 };
    await makeLeg(worker);
    await worker.request("room.open", { room, video });
    await worker.request("room.scene", { room, layout: 4, cells: [null, null, null, null] });
    await worker.request("room.open", { room, video: { ...video, framerate: 10 } });
    const scenes = () => host.last.engine.asked.filter((asked) => asked.startsWith("scene"));
    await die();
    expect(scenes()).toEqual(["scene r 4"]);
    await die();
    expect([host.processes.length, scenes()]).toEqual([3, ["scene r 4"]]);

    clock.advance(2000);
    await worker.request("room.open", { room, video: null });
    await die();
    expect([host.processes.length, scenes()]).toEqual([4, []]);
  });

  it("is not told what is over", async () => {
    const { worker } = await up();
    const { leg } = await makeLeg(worker);
    const { leg: other } = await makeLeg(worker, "b");
    await worker.request("room.open", { room });
    await leg.join(room);
    await other.join(room);
    await leg.leave();
    const playing = leg.play(music, { language: "en" });
    await turns();
    host.last.notify("leg.played", { leg: leg.id, play: 1, outcome: "finished" });
    await playing;
    await leg.mute(true);
    await leg.mute(false);
    await other.close();

    await die();

    expect(host.last.engine.asked).toEqual(["open r", expect.stringMatching(/^create a at/)]);
  });

  it("answers what waited for it, and what is asked meanwhile, by its successor", async () => {
    const { worker } = await up();
    const { leg } = await makeLeg(worker);
    host.last.stalled = true;
    const waiting = worker.request("room.open", { room });
    await turns();
    const dead = host.last;
    dead.end(null, "was killed by SIGKILL");
    const meanwhile = leg.mute(true);
    await turns();
    await Promise.all([waiting, meanwhile]);
    expect(host.last).not.toBe(dead);
    expect(host.last.engine.asked).toEqual([expect.stringMatching(/^create a at/), "open r", "mute a true"]);
  });

  it("gives its latest checkpoint to the successor, with its age", async () => {
    const { worker } = await up();
    const { leg } = await makeLeg(worker);
    const checkpoint = { out: { sequence: 7, timestamp: 9 }, at: machineTime() - 800 };
    host.last.notify("legs.checkpoint", { legs: [[leg.id, JSON.stringify(checkpoint)]] });
    await turns();
    await die();
    // By the time at which it was made, however late it was read.
    const { ageMs, checkpoint: resumed } = host.last.engine.resumed.get(leg.id)!;
    expect([resumed, ageMs >= 800]).toEqual([checkpoint, true]);
  });

  it("goes on counting what its legs have sent, received and lost", async () => {
    const { worker } = await up();
    const { leg } = await makeLeg(worker);
    await leg.stats();
    await die();
    expect(await leg.stats()).toMatchObject({ packetsReceived: 2, packetsSent: 4, jitterMs: 0, video: null });
    await die();
    expect(await leg.close()).toMatchObject({ packetsReceived: 3, packetsSent: 6 });
  });

  it("takes back what it said of a talker, and tells the leg that has other ports", async () => {
    const { worker, heard } = await up();
    const { leg } = await makeLeg(worker);
    const told: unknown[] = [];
    leg.events.on("talking", ({ talking }) => told.push(talking));
    leg.events.on("moved", () => told.push("moved"));
    host.last.notify("leg.talking", { leg: leg.id, talking: true });
    await turns();
    host.portsHeld = true;
    await die();
    expect(told).toEqual([true, false, "moved"]);
    expect(heard).toEqual(["recovered 0: 1 legs, 1 moved, 0 lost"]);
    const offer = await leg.offer();
    expect(offer).toContain("m=audio 31000 ");
    expect(offer).toContain("o=- 7 2 IN");
  });

  it("keeps an offer of ours open, for a phone that is ringing", async () => {
    const { worker } = await up();
    const { leg } = await createLeg(worker, { id: "out" as LegId, offer: null, ...addresses });
    await die();
    await leg.answer(offerText(4400));
    expect(host.last.engine.plans.get(leg.id)?.remote.port).toBe(4400);
    await leg.reoffer(offerText(4402));
    await die();
    expect(host.last.engine.plans.get(leg.id)?.remote.port).toBe(4402);
  });

  it("loses the leg alone that cannot be restored", async () => {
    const { worker, heard } = await up();
    const { lost } = await makeLeg(worker);
    host.noPorts = true;
    await die();
    expect([heard, lost.length]).toEqual([["recovered 0: 0 legs, 0 moved, 1 lost"], 1]);
    expect(worker.state).toBe("ready");
  });

  it("loses its legs when its successors die of them", async () => {
    const { worker, heard } = await up();
    const { lost } = await makeLeg(worker);
    for (let death = 0; death < 3; death += 1) await die();
    expect([heard.at(-1), lost]).toEqual(["down 0", ["was killed by SIGKILL"]]);
    await clock.run(250);
    await turns();
    expect(worker.state).toBe("ready");
  });

  it("loses its legs when one of its rooms fails in every tick of its successors, too", async () => {
    const { worker, heard } = await up();
    await worker.request("room.open", { room });
    const { leg, lost } = await makeLeg(worker);
    await leg.join(room);
    await clock.run(60_000);
    /** Until there is the audio that it fails on. */
    const comesMs = 500;
    for (let death = 0; death < 4; death += 1) {
      expect([lost, heard.length]).toEqual([[], death]);
      await clock.run(comesMs + maxConsecutiveFailures * 20);
      const mixing = host.processes.findLast(({ alive, engine }) => alive && engine.legs.size > 0);
      mixing?.end(1, "exited with code 1");
      await turns();
    }
    expect([heard.at(-1), lost]).toEqual(["down 0", ["exited with code 1"]]);
    await clock.run(250);
    await turns();
    expect(worker.state).toBe("ready");
  });

  it("is killed when it answers but mixes nothing", async () => {
    const { worker, heard } = await up();
    await makeLeg(worker);
    for (let second = 0; second < 5; second += 1) {
      host.processes[0]!.notify("worker.health", { ...health, legs: 1, ticks: 100 });
      await turns();
    }
    expect(host.processes[0]!.signals).toEqual(["SIGKILL"]);
    expect(heard).toEqual(["recovered 0: 1 legs, 0 moved, 0 lost"]);
  });
});

describe("who goes on", () => {
  it("is a process without legs, which takes the ports of the dead one; its own place gets another", async () => {
    const { pool, worker, heard } = await up(2);
    await makeLeg(worker);
    const [dead, vacant] = host.processes;

    await die(dead);

    expect(host.processes).toHaveLength(2);
    expect(vacant!.engine.asked).toEqual(["ports 20000 20499", expect.stringMatching(/^create a at/)]);
    expect(heard).toEqual(["recovered 0: 1 legs, 0 moved, 0 lost"]);
    const { leg: later } = await makeLeg(worker, "b");
    await later.mute(true);
    expect(vacant!.engine.asked).toContain("mute b true");

    const waiting = makeLeg(pool.workers[1]!, "c");
    await clock.run(1000);
    await turns();
    await waiting;
    expect(host.processes).toHaveLength(3);
    expect(host.last.args.join(" ")).toContain("media-1-1.sock --index 1 --rtp-min 20500");
  });

  it("is a spare process when every worker has legs", async () => {
    const { worker } = await up();
    await makeLeg(worker);
    await clock.run(2900);
    expect(host.processes).toHaveLength(1);
    await clock.run(350);
    await turns();
    expect(host.processes).toHaveLength(2);
    await die(host.processes[0]);
    expect(host.processes).toHaveLength(2);
    expect(host.last.engine.asked.at(-1)).toMatch(/^create a at/);
    await clock.run(1000);
    await turns();
    expect(host.processes).toHaveLength(3);
  });

  it("is no spare process any more when a worker has been without legs for a minute", async () => {
    const { worker } = await up();
    const { leg } = await makeLeg(worker);
    await clock.run(3250);
    await turns();
    const spare = host.last;
    await leg.close();
    await clock.run(60_000);
    await turns();
    expect(spare.signals).toEqual(["SIGTERM"]);
    expect(worker.recoveries).toBe(0);

    await makeLeg(worker, "b");
    await clock.run(3250);
    await turns();
    expect(host.processes).toHaveLength(3);
    await die(host.processes[0]);
    expect(host.last.engine.asked.at(-1)).toMatch(/^create b at/);
    expect(worker.recoveries).toBe(1);
  });
});
