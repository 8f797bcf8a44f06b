// The worker's end of the control channel: commands are checked, run in order and answered.
import { duplexPair } from "node:stream";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { LegId, RecordingId } from "#common";
import { protocolVersion } from "#media/protocol";
import { settle } from "#test/support";
import { Channel } from "../../../../media/channel/index.ts";
import { defaultLimits } from "../../../../media/client/options.ts";
import { create, leg, names, type SetUp, setUp } from "../support/worker.ts";

describe("the dispatcher", () => {
  let on: SetUp;
  beforeEach(async () => {
    on = setUp();
    await on.ask("hello", { protocolVersion });
    on.seen.length = 0;
  });

  it.each([
    ["leg.explode", {}, "there is no command"],
    ["leg.join", { leg }, "leg.join"],
    ["leg.join", { leg, room: 7 }, "leg.join"],
    ["leg.mute", { leg, muted: true, louder: true }, "unknown parameter louder"],
    ["leg.create", { ...create, bindAddress: "eth0" }, "must be IP addresses"],
    ["leg.play", { leg, play: 1, items: [], language: "en", loop: false }, "leg.play"],
    ["ping", null, "ping"],
    ["toString", {}, "there is no command"],
  ])("refuses %s %j", async (command, params, message) => {
    expect(await on.ask(command, params)).toMatchObject({
      error: { code: "BAD_REQUEST", message: expect.stringContaining(message) },
    });
  });

  it("replies before the notifications that the command caused, and after none of another leg", async () => {
    await on.ask("leg.create", create);
    on.seen.length = 0;
    on.engine.during.stop = () => {
      on.worker.dispatcher.notify("leg.played", { leg, play: 1, outcome: "stopped" });
      on.worker.dispatcher.notify("leg.talking", { leg: "leg-b" as LegId, talking: true });
    };
    await on.ask("leg.stop", { leg });
    expect(on.seen.map((frame) => frame["notification"] ?? "reply")).toEqual([
      "leg.talking",
      "reply",
      "leg.played",
    ]);
  });

  it("runs commands on one leg in order, though the first takes its time", async () => {
    on.send("leg.create", create);
    on.send("leg.join", { leg, room: "r" });
    on.send("leg.close", { leg });
    await settle();
    await settle();
    expect(on.engine.asked).toEqual(["create leg-a", "join leg-a r", "close leg-a"]);
    expect(on.seen.map((frame) => frame["id"])).toEqual([2, 3, 4]);
  });

  it("bounds what waits for one leg", async () => {
    for (let count = 0; count < 80; count += 1) on.send("leg.mute", { leg, muted: true });
    await settle();
    await settle();
    const refused = on.seen.filter((frame) => "error" in frame);
    expect(on.seen).toHaveLength(80);
    expect(refused.length).toBeGreaterThan(0);
    expect(on.engine.asked.length).toBe(80 - refused.length);
  });
});

describe("hello", () => {
  it("comes first, and in the same version", async () => {
    const on = setUp();
    expect(await on.ask("ping")).toMatchObject({
      error: { code: "BAD_REQUEST", message: "hello comes first" },
    });
    expect(await on.ask("hello", { protocolVersion: 99 })).toMatchObject({ error: { code: "BAD_REQUEST" } });
    expect(await on.ask("ping")).toMatchObject({ error: { code: "BAD_REQUEST" } });
    expect(await on.ask("hello", { protocolVersion })).toMatchObject({
      result: { protocolVersion, pid: process.pid },
    });
    expect(await on.ask("ping")).toMatchObject({ result: {} });
  });

  it("is asked of each new controller, which gets no notifications before", async () => {
    const on = setUp();
    await on.ask("hello", { protocolVersion });
    const [left, right] = duplexPair();
    const seen: object[] = [];
    const second = new Channel(left, { frame: (frame) => void seen.push(frame), closed: () => {} });
    const channel = new Channel(right, {
      frame: (frame) => on.worker.dispatcher.handle(frame),
      closed: () => {},
    });
    on.worker.dispatcher.attach(channel);
    on.worker.dispatcher.notify("leg.talking", { leg, talking: true });
    second.send({ id: 1, command: "ping", params: {} });
    await settle();
    await settle();
    expect(seen).toEqual([{ id: 1, error: { code: "BAD_REQUEST", message: "hello comes first" } }]);
  });

  it("is not understood without an id: the connection ends", async () => {
    const on = setUp();
    on.controller.send({ command: "hello", params: { protocolVersion } });
    await settle();
    await settle();
    expect(on.controller.open).toBe(false);
  });
});

describe("a worker whose controller is gone", () => {
  const digit = (leg: string) =>
    ({ leg: leg as LegId, digit: "5", durationMs: 100, via: "rfc4733" }) as const;

  /** The next controller, and what it sees while it does that. */
  async function connect(
    on: SetUp,
    act: (next: Channel, seen: readonly Record<string, unknown>[]) => Promise<void>,
  ): Promise<Record<string, unknown>[]> {
    const [left, right] = duplexPair();
    const seen: Record<string, unknown>[] = [];
    const next = new Channel(left, {
      frame: (frame) => void seen.push(frame as Record<string, unknown>),
      closed: () => {},
    });
    on.worker.dispatcher.attach(
      new Channel(right, {
        frame: (frame) => on.worker.dispatcher.handle(frame),
        closed: () => on.worker.dispatcher.detach(),
      }),
    );
    await act(next, seen);
    await settle();
    next.close("the test is over");
    return seen;
  }

  /** What it sees after it has attached. */
  async function attach(
    on: SetUp,
    meanwhile: (seen: readonly unknown[]) => unknown = () => {},
  ): Promise<Record<string, unknown>[]> {
    const frames = await connect(on, async (next, seen) => {
      next.send({ id: 1, command: "hello", params: { protocolVersion } });
      await settle();
      on.worker.notify("leg.dtmf", digit("b"));
      next.send({ id: 2, command: "worker.attach", params: {} });
      await settle();
      await settle();
      await meanwhile(seen.slice(1));
      await settle();
      on.worker.notify("leg.talking", { leg, talking: false });
    });
    return frames.slice(1);
  }

  let on: SetUp;
  beforeEach(async () => {
    on = setUp();
    await on.ask("hello", { protocolVersion });
    await on.ask("leg.create", create);
    on.controller.close("killed");
    await settle();
  });

  it("tells the next one what is, then what has happened, then what happens", async () => {
    on.worker.notify("leg.talking", { leg, talking: true });
    on.worker.notify("leg.dtmf", digit(leg));
    on.worker.notify("leg.held", { leg, held: true });
    expect(await attach(on)).toEqual([
      { id: 2, result: { legs: [leg], rooms: [], recordings: [] } },
      { notification: "leg.facts", data: { leg, facts: { talking: true, held: true } } },
      { notification: "leg.dtmf", data: digit(leg) },
      { notification: "leg.dtmf", data: digit("b") },
      { notification: "leg.talking", data: { leg, talking: false } },
    ]);
  });

  it("is drained by one that says no hello: what is and what has happened come before the reply, and nothing after it", async () => {
    on.worker.notify("leg.held", { leg, held: true });
    on.worker.notify("leg.dtmf", digit(leg));
    on.engine.legCheckpoint = () => ({ marker: "of now" }) as never;
    const ended = { recording: "r" as RecordingId, reason: "finished", message: "" } as const;
    on.engine.during.drain = () =>
      on.worker.notify("recording.ended", { ...ended, durationMs: 20, missingMs: 0 });
    const seen = await connect(on, async (next) => {
      next.send({ id: 1, command: "worker.drain", params: {} });
      next.send({ id: 2, command: "leg.mute", params: { leg, muted: true } });
      await settle();
      on.worker.notify("leg.talking", { leg, talking: true });
    });
    expect(seen).toEqual([
      { id: 2, error: { code: "BAD_REQUEST", message: "hello comes first" } },
      { notification: "legs.checkpoint", data: { legs: [[leg, expect.stringContaining("of now")]] } },
      { notification: "leg.facts", data: { leg, facts: { held: true } } },
      { notification: "leg.dtmf", data: digit(leg) },
      { id: 1, result: {} },
    ]);
  });

  describe("while a leg that it has asked for waits for a host name", () => {
    const late = "leg-late" as LegId;
    const offer = create.offer.replace("c=IN IP4 127.0.0.1", "c=IN IP4 media.example.com");
    let found: PromiseWithResolvers<Map<string, string>>;
    beforeEach(async () => {
      found = Promise.withResolvers();
      vi.spyOn(names, "find").mockReturnValueOnce(found.promise);
      on = setUp();
      await on.ask("hello", { protocolVersion });
      await on.ask("leg.create", { ...create, leg: late, offer });
      on.controller.close("killed");
      await settle();
    });

    it("tells the next one of the leg: it would be closed by no controller", async () => {
      const frames = await attach(on, (seen) => {
        expect(seen).toEqual([]);
        found.resolve(names.known);
      });
      expect(frames.slice(0, 2)).toEqual([
        { id: 2, result: { legs: [late], rooms: [], recordings: [] } },
        { notification: "leg.facts", data: { leg: late, facts: {} } },
      ]);
    });

    it("is drained in less than the watchdog waits, whatever of that the leg takes", async () => {
      const frames = await connect(on, async (next) => {
        next.send({ id: 1, command: "worker.drain", params: {} });
        await settle();
        on.clock.advance(2999);
        await settle();
        expect(on.engine.drainMs).toBeUndefined();
        on.clock.advance(1);
        await settle();
      });
      expect(frames.at(-1)).toEqual({ id: 1, result: {} });
      const tookMs = 3000 + on.engine.drainMs!;
      expect(on.engine.drainMs).toBeGreaterThan(0);
      expect(tookMs).toBeLessThanOrEqual(defaultLimits.watchdogMs - 1000);
    });

    it("tells the next one after a while without it, if there is no end to that", async () => {
      const frames = await attach(on, async (seen) => {
        on.clock.advance(2999);
        await settle();
        expect(seen).toEqual([]);
        on.clock.advance(1);
      });
      expect(frames[0]).toEqual({ id: 2, result: { legs: [], rooms: [], recordings: [] } });
    });
  });

  it("keeps no more for it than its bounds, of one leg and in all", async () => {
    for (let count = 0; count < 200; count += 1) on.worker.notify("leg.dtmf", digit(leg));
    for (let count = 0; count < 5000; count += 1) on.worker.notify("leg.dtmf", digit(`leg-${count}`));
    const digits = (await attach(on)).filter((frame) => frame["notification"] === "leg.dtmf");
    expect(digits).toHaveLength(4096);
    expect(digits.filter(({ data }) => (data as { leg: string }).leg === leg)).toHaveLength(128);
  });
});
