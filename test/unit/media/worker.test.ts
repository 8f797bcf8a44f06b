import { duplexPair } from "node:stream";
import { beforeEach, describe, expect, it } from "vitest";
import { type LegId, silentLogger } from "#common";
import { protocolVersion } from "#media/protocol";
import { FakeClock, settle } from "#test/support";
import { Channel } from "../../../media/channel/index.ts";
import { Worker } from "../../../media/worker.ts";
import { FakeEngine, health, offerText, stats } from "./client/fakes.ts";

const leg = "leg-a" as LegId;
const addresses = { bindAddress: "127.0.0.1", advertisedAddress: "127.0.0.1" };
const create = { leg, offer: offerText(), ...addresses };

const names = {
  /** What was asked for. */
  asked: [] as (readonly [names: readonly string[], family: 4 | 6])[],
  known: new Map([["media.example.com", "127.0.0.9"]]),
  find(wanted: readonly string[], family: 4 | 6) {
    this.asked.push([wanted, family]);
    return Promise.resolve(this.known);
  },
};

/** A worker, and the frames that its controller sees. */
function setUp() {
  const clock = new FakeClock();
  const engine = new FakeEngine();
  const worker = new Worker(engine, { clock, log: silentLogger, newSessionId: () => "7", hostNames: names });
  const [left, right] = duplexPair();
  const seen: Record<string, unknown>[] = [];
  const controller = new Channel(left, {
    frame: (frame) => void seen.push(frame as Record<string, unknown>),
    closed: () => {},
  });
  const channel = new Channel(right, {
    frame: (frame) => worker.dispatcher.handle(frame),
    closed: () => worker.dispatcher.detach(),
  });
  worker.dispatcher.attach(channel);
  let id = 0;
  const send = (command: string, params: unknown): void => {
    id += 1;
    controller.send({ id, command, params });
  };
  const ask = async (command: string, params: unknown = {}): Promise<Record<string, unknown>> => {
    const before = seen.length;
    send(command, params);
    await settle();
    await settle();
    return seen[before] ?? {};
  };
  return { clock, engine, worker, controller, seen, send, ask };
}

type SetUp = ReturnType<typeof setUp>;

describe("a worker", () => {
  let on: SetUp;
  beforeEach(async () => {
    on = setUp();
    await on.ask("hello", { protocolVersion });
    on.seen.length = 0;
  });

  it("answers an offer and configures the engine by it", async () => {
    const reply = await on.ask("leg.create", create);
    expect(reply).toMatchObject({ result: { sdp: expect.stringContaining("m=audio 30000 RTP/AVP 0\r\n") } });
    expect(on.engine.plans.get(leg)).toMatchObject({ codec: "PCMU", remote: { port: 4000 } });
  });

  it("frees the ports of a leg whose offer cannot be used, and says what was offered", async () => {
    const offer = offerText().replace("RTP/AVP 0", "RTP/AVP 18");
    expect(await on.ask("leg.create", { ...create, offer })).toMatchObject({
      error: { code: "NO_COMMON_CODEC", message: expect.stringContaining("G729/8000") },
    });
    expect(on.engine.legs.size).toBe(0);
    expect(await on.ask("leg.stats", { leg })).toMatchObject({ result: stats });
  });

  it("offers when there is no offer, and waits for the answer exactly once", async () => {
    const offered = await on.ask("leg.create", { ...create, offer: null });
    expect(offered).toMatchObject({ result: { sdp: expect.stringContaining("RTP/AVP 107 9 8 0 102 101") } });
    expect(on.engine.plans.has(leg)).toBe(false);
    expect(await on.ask("leg.answer", { leg, answer: offerText(4200) })).toMatchObject({ result: {} });
    expect(on.engine.plans.get(leg)?.remote.port).toBe(4200);
    expect(await on.ask("leg.answer", { leg, answer: offerText(4200) })).toMatchObject({
      error: { code: "WRONG_STATE" },
    });
  });

  it("looks up the names in whatever the far end describes: an offer, a later one, an answer", async () => {
    const named = (text: string, host = "media.example.com") =>
      text.replace("c=IN IP4 127.0.0.1", `c=IN IP4 ${host}`);
    names.asked.length = 0;
    await on.ask("leg.create", { ...create, offer: named(offerText()) });
    expect(on.engine.plans.get(leg)?.remote).toMatchObject({ address: "127.0.0.9", port: 4000 });
    await on.ask("leg.reoffer", { leg, offer: named(offerText(4002)) });
    expect(on.engine.plans.get(leg)?.remote).toMatchObject({ address: "127.0.0.9", port: 4002 });
    await on.ask("leg.offer", { leg });
    await on.ask("leg.answer", { leg, answer: named(offerText(4004)) });
    expect(on.engine.plans.get(leg)?.remote).toMatchObject({ address: "127.0.0.9", port: 4004 });
    expect(names.asked).toEqual(Array.from({ length: 3 }, () => [["media.example.com"], 4]));
    expect(await on.ask("leg.reoffer", { leg, offer: named(offerText(), "gone.example.com") })).toMatchObject(
      {
        error: { code: "INCOMPATIBLE_ADDRESS", message: expect.stringContaining("gone.example.com") },
      },
    );
  });

  it("leaves a leg as it was when a re-offer cannot be used", async () => {
    await on.ask("leg.create", create);
    const plan = on.engine.plans.get(leg);
    expect(await on.ask("leg.reoffer", { leg, offer: "nonsense" })).toMatchObject({
      error: { code: "BAD_SDP" },
    });
    expect(on.engine.plans.get(leg)).toBe(plan);
    const held = await on.ask("leg.reoffer", { leg, offer: offerText(4000, "a=sendonly") });
    expect(held).toMatchObject({ result: { sdp: expect.stringMatching(/o=- 7 2 .*a=recvonly/s) } });
  });

  it("passes the rest on to the engine", async () => {
    await on.ask("leg.create", create);
    await on.ask("room.open", { room: "r" });
    await on.ask("leg.join", { leg, room: "r" });
    await on.ask("leg.mute", { leg, muted: true });
    const items = [{ kind: "tone", name: "join" }];
    await on.ask("leg.play", { leg, play: 3, items, language: "en", loop: true });
    await on.ask("room.play", { room: "r", items, language: "fr" });
    await on.ask("leg.stop", { leg });
    await on.ask("leg.leave", { leg });
    expect(await on.ask("leg.close", { leg })).toMatchObject({ result: stats });
    await on.ask("room.close", { room: "r" });
    expect(on.engine.asked).toEqual([
      "create leg-a",
      "open r",
      "join leg-a r",
      "mute leg-a true",
      "play 3 to leg-a 1 looped",
      "play to r 1 fr",
      "stop leg-a",
      "leave leg-a",
      "close leg-a",
      "close room r",
    ]);
    expect(on.seen.every((frame) => "result" in frame)).toBe(true);
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

  it("gives the engine's own codes, and INTERNAL for what should not happen", async () => {
    expect(await on.ask("leg.join", { leg, room: "nowhere" })).toMatchObject({
      error: { code: "NO_SUCH_ROOM" },
    });
    expect(await on.ask("leg.join", { leg, room: "cursed" })).toMatchObject({ error: { code: "INTERNAL" } });
    expect(await on.ask("leg.reoffer", { leg, offer: "v=0" })).toMatchObject({
      error: { code: "NO_SUCH_LEG" },
    });
    await on.ask("leg.create", create);
    expect(await on.ask("leg.create", create)).toMatchObject({ error: { code: "WRONG_STATE" } });
    on.engine.ports = 0;
    expect(await on.ask("leg.create", { ...create, leg: "b" })).toMatchObject({
      error: { code: "NO_PORTS" },
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

  it("tells its health each second", async () => {
    await on.clock.run(2000);
    await settle();
    expect(on.seen).toEqual([
      { notification: "worker.health", data: health },
      { notification: "worker.health", data: health },
    ]);
    on.worker.close();
    expect(on.clock.pending).toBe(0);
  });
});

describe("the greeting", () => {
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
