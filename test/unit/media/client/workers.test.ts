// The pool of workers: started, watched, followed by others, closed.
import { describe, expect, it } from "vitest";
import { type LegId, type Logger, type RoomId, silentLogger } from "#common";
import { createLeg, type MediaWorker } from "#media/client";
import { health, offerText } from "../support/fakes.ts";
import { addresses, follow, turns, usePool } from "../support/worker-pool.ts";

const tone = [{ kind: "tone", name: "join" }] as const;
const on = usePool();

describe("starting", () => {
  it("starts every worker with its share of the ports and its own socket", async () => {
    const { pool } = await on.up(2);
    expect(pool.healthy).toBe(true);
    expect(on.host.processes.map(({ args }) => args.join(" "))).toEqual([
      `--socket ${on.directory}/media-0.sock --index 0 --rtp-min 20000 --rtp-max 20499 --log-level silent`,
      `--socket ${on.directory}/media-1.sock --index 1 --rtp-min 20500 --rtp-max 20999 --log-level silent`,
    ]);
  });

  it.each([
    ["wrong settings", "CANNOT_START", "exited with code 2 (wrong settings"],
    ["never listens", "WORKER_DOWN", "did not say hello within 60000 ms"],
    ["mute", "WORKER_DOWN", "did not say hello within 60000 ms"],
  ] as const)(
    "fails with the reason when a worker is %s, and leaves no process",
    async (behaviour, code, message) => {
      on.host.behaviour = behaviour;
      const started = on.start(2);
      const outcome = expect(started).rejects.toMatchObject({
        code,
        message: expect.stringContaining(message),
      });
      await on.clock.run(70_000);
      await outcome;
      expect(on.host.processes.some(({ alive }) => alive)).toBe(false);
    },
  );

  it("keeps the last health of each worker", async () => {
    const { worker } = await on.up();
    expect(worker.health).toBeUndefined();
    await on.clock.run(1000);
    await turns();
    expect(worker.health).toEqual(health);
  });
});

describe("workers beyond the first two", () => {
  const legOn = (worker: MediaWorker, id: string) =>
    createLeg(worker, { id: id as LegId, offer: offerText(), ...addresses });

  it("start one by one, when no started worker is without legs", async () => {
    const { pool, heard } = await on.up(4);
    const [first, second, third, fourth] = pool.workers;
    expect(pool.workers.map(({ state }) => state)).toEqual(["ready", "ready", "standby", "standby"]);
    expect(pool.healthy).toBe(true);

    await legOn(first!, "a");
    expect(third!.state).toBe("standby");
    await legOn(second!, "b");
    expect(third!.state).toBe("starting");
    expect(pool.healthy).toBe(false);
    await on.clock.run(250);
    await turns();
    expect(third!.state).toBe("ready");
    expect(heard).toContain("up 2");
    expect(fourth!.state).toBe("standby");
    await legOn(third!, "c");
    await on.clock.run(250);
    await turns();
    expect(pool.workers.every(({ state }) => state === "ready")).toBe(true);
  });

  it("are not needed for a second leg, nor after the others have emptied", async () => {
    const { pool } = await on.up(3);
    const [first, second, third] = pool.workers;
    const { leg } = await legOn(first!, "a");
    await legOn(first!, "b");
    await leg.close();
    await legOn(first!, "c");
    expect(on.host.processes).toHaveLength(2);
    await legOn(second!, "d");
    await on.clock.run(250);
    await turns();
    expect(third!.state).toBe("ready");
  });

  it("are tried again when they do not come up", async () => {
    const { pool } = await on.up(3);
    on.host.behaviour = "wrong settings";
    await legOn(pool.workers[0]!, "a");
    await legOn(pool.workers[1]!, "b");
    await on.clock.run(250);
    await turns();
    expect(pool.workers[2]!.state).toBe("down");
    on.host.behaviour = "well";
    await on.clock.run(500);
    await turns();
    expect(pool.workers[2]!.state).toBe("ready");
  });
});

describe("a worker that dies and has no successor", () => {
  it("rejects what waits, loses its legs, and comes again", async () => {
    const { worker, pool, leg, heard } = await on.upWithLeg();
    const events = follow(leg);
    const play = leg.play(tone, { language: "en" });
    await turns();
    on.host.last.stalled = true;
    const waiting = leg.stats().catch((error) => error.code);

    on.host.behaviour = "wrong settings";
    on.host.last.end(null, "was killed by SIGKILL");
    await turns();
    on.host.behaviour = "well";
    expect(await waiting).toBe("WORKER_DOWN");
    expect(await play).toBe("lost");
    expect(events).toEqual([{ lost: { reason: expect.stringContaining("was killed by SIGKILL") } }]);
    expect(worker.state).toBe("down");
    expect(pool.healthy).toBe(false);
    await expect(worker.request("ping", {})).rejects.toMatchObject({ code: "WORKER_DOWN" });

    await on.clock.run(250);
    await turns();
    expect(worker.state).toBe("ready");
    expect(heard).toEqual([expect.stringContaining("down 0: was killed by SIGKILL"), "up 0"]);
    expect(on.host.processes).toHaveLength(5);
  });

  it("comes again though a listener fails, and every leg is told", async () => {
    const { worker, leg } = await on.upWithLeg("a");
    const { leg: other } = await createLeg(worker, { id: "b" as LegId, offer: offerText(), ...addresses });
    leg.events.on("lost", () => {
      throw new Error("a bug");
    });
    const events = follow(other);
    await on.dieForGood();
    expect(events).toHaveLength(1);
    await on.clock.run(250);
    await turns();
    expect(worker.state).toBe("ready");
  });

  it("never lets an old leg reach its successor", async () => {
    const { leg } = await on.upWithLeg();
    await on.dieForGood();
    await on.clock.run(250);
    await turns();
    await expect(leg.join("r" as RoomId)).rejects.toMatchObject({ code: "WORKER_DOWN" });
    await expect(leg.stats()).rejects.toMatchObject({ code: "WORKER_DOWN" });
    expect(await leg.play(tone, { language: "en" })).toBe("lost");
    expect(await leg.close()).toBeUndefined();
    expect(on.host.last.engine.asked).toEqual([]);
  });

  it("is waited for longer each time, until one has lived for a while", async () => {
    const { worker } = await on.up();
    const bornAfter: number[] = [];
    const die = async (): Promise<void> => {
      const before = on.host.processes.length;
      on.host.last.end(1, "exited with code 1");
      await turns();
      const from = on.clock.monotonic();
      while (on.host.processes.length === before) await on.clock.run(50);
      bornAfter.push(on.clock.monotonic() - from);
      await turns();
      expect(worker.state).toBe("ready");
    };
    for (let death = 0; death < 4; death += 1) await die();
    await on.clock.run(60_000);
    await die();
    expect(bornAfter).toEqual([250, 500, 1000, 2000, 250]);
  });

  it("is tried again when its successor does not come up", async () => {
    const { worker } = await on.up();
    on.host.behaviour = "wrong settings";
    on.host.last.end(1, "exited with code 1");
    await turns();
    await on.clock.run(250);
    await turns();
    expect(worker.state).toBe("down");
    on.host.behaviour = "well";
    await on.clock.run(500);
    await turns();
    expect(worker.state).toBe("ready");
  });
});

describe("the watchdog", () => {
  it("tells of a worker that stands still, and kills it after five seconds", async () => {
    const warnings: unknown[] = [];
    const warn = (...line: unknown[]) => warnings.push(line);
    const log = { ...silentLogger, child: () => log, warn } as unknown as Logger;
    const { worker, heard } = await on.up(1, log);
    await on.clock.run(10_000);
    expect(warnings).toEqual([]);
    const process = on.host.last;
    process.stalled = true;
    await on.clock.run(4000);
    expect(process.alive).toBe(true);
    expect(warnings).toEqual([[{ missed: 2 }, "the media worker does not answer"]]);
    await on.clock.run(2000);
    await turns();
    expect(process.signals).toEqual(["SIGKILL"]);
    expect(heard[0]).toBe("down 0: it did not answer for 6000 ms");
    expect(worker.state).not.toBe("closed");
  });
});

describe("a request", () => {
  it("has a limit, after which a late reply is ignored", async () => {
    const { worker } = await on.up(1, silentLogger, 60_000);
    on.host.last.stalled = true;
    const outcome = expect(worker.request("room.open", { room: "r" as RoomId })).rejects.toMatchObject({
      code: "WORKER_TIMEOUT",
    });
    await on.clock.run(5000);
    await outcome;
  });

  it("is refused in the worker's own words", async () => {
    const { leg } = await on.upWithLeg();
    await expect(leg.reoffer("nonsense")).rejects.toMatchObject({
      code: "BAD_SDP",
      message: expect.stringContaining("line 1"),
    });
  });
});

describe("closing", () => {
  it("asks politely, and does not respawn", async () => {
    const { pool, worker, heard } = await on.up();
    await pool.close();
    await pool.close();
    expect(on.host.last.signals).toEqual(["SIGTERM"]);
    expect(worker.state).toBe("closed");
    expect(heard).toEqual([]);
    expect(on.host.processes).toHaveLength(1);
    await expect(worker.request("ping", {})).rejects.toMatchObject({ code: "WORKER_DOWN" });
  });

  it("kills who does not go", async () => {
    const { pool } = await on.up();
    on.host.last.ignoresSigterm = true;
    const closed = pool.close();
    await on.clock.run(3000);
    await closed;
    expect(on.host.last.signals).toEqual(["SIGTERM", "SIGKILL"]);
  });

  it("ends a wait for a respawn", async () => {
    const { pool } = await on.up();
    on.host.last.end(1, "exited with code 1");
    await turns();
    await pool.close();
    expect(on.host.processes).toHaveLength(1);
  });
});
