// What the commands of a worker do: offer/answer for the leg, then the engine.
import { beforeEach, describe, expect, it } from "vitest";
import { protocolVersion } from "#media/protocol";
import { settle } from "#test/support";
import { health, offerText, stats } from "../support/fakes.ts";
import { create, leg, names, type SetUp, setUp } from "../support/worker.ts";

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

  it("tells the figures of several legs at once, and nothing of one that is not there", async () => {
    await on.ask("leg.create", create);
    expect(await on.ask("legs.stats", { legs: [leg, "gone"] })).toMatchObject({
      result: { stats: [stats, null] },
    });
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

  describe("with video", () => {
    const video = { width: 1280, height: 720, framerate: 15, kbps: 1000 };
    const withVideo = (port = 5000) =>
      `${offerText()}${[`m=video ${port} RTP/AVP 96`, "a=rtpmap:96 VP8/90000", ""].join("\r\n")}`;

    it("is answered by a line of its own, for which ports are bound first", async () => {
      const reply = await on.ask("leg.create", { ...create, offer: withVideo(), video });
      expect(reply).toMatchObject({ result: { sdp: expect.stringContaining("m=video 30002 RTP/AVP 96") } });
      expect(on.engine.asked).toEqual([`create ${leg} with 1 pairs`]);
      expect(on.engine.videoPlans.get(leg)).toMatchObject([{ content: "main", remote: { port: 5000 } }]);
    });

    it("is refused where it is not wanted", async () => {
      const reply = await on.ask("leg.create", { ...create, offer: withVideo() });
      expect(reply).toMatchObject({ result: { sdp: expect.stringContaining("m=video 0 RTP/AVP") } });
      expect(on.engine.asked).toEqual([`create ${leg}`]);
      expect(on.engine.videoPlans.get(leg)).toEqual([]);
    });

    it("is bound ports when a later offer is the first that has it", async () => {
      await on.ask("leg.create", { ...create, video });
      await on.ask("leg.reoffer", { leg, offer: withVideo(5002) });
      expect(on.engine.asked).toEqual([`create ${leg} with 0 pairs`, `bind video ${leg} 1`]);
      expect(on.engine.videoPlans.get(leg)).toMatchObject([{ remote: { port: 5002 } }]);
      await on.ask("leg.reoffer", { leg, offer: withVideo(0) });
      expect(on.engine.videoPlans.get(leg)).toEqual([]);
    });

    it("is offered to a leg that could not have it before", async () => {
      await on.ask("leg.create", create);
      const reply = await on.ask("leg.offer", { leg, video });
      expect(reply).toMatchObject({ result: { sdp: expect.stringContaining("m=video 30002 RTP/AVP") } });
      expect(on.engine.asked).toEqual([`create ${leg}`, `allow video ${leg} 1`]);
      await on.ask("leg.answer", { leg, answer: withVideo(5004) });
      expect(on.engine.videoPlans.get(leg)).toMatchObject([{ content: "main", remote: { port: 5004 } }]);
    });

    it("is inactive where the room has none any more, whatever the far end wants, and comes back on the same line", async () => {
      await on.ask("leg.create", { ...create, offer: withVideo(), video });
      const paused = await on.ask("leg.offer", { leg, video: null });
      expect(paused).toMatchObject({
        result: { sdp: expect.stringMatching(/m=video 30002 RTP\/AVP 96[\s\S]*a=inactive\r\n/) },
      });
      await on.ask("leg.answer", { leg, answer: withVideo() });
      expect(on.engine.videoPlans.get(leg)).toMatchObject([{ direction: "inactive" }]);
      const theirs = await on.ask("leg.reoffer", { leg, offer: withVideo() });
      expect(theirs).toMatchObject({ result: { sdp: expect.stringContaining("a=inactive") } });

      const back = await on.ask("leg.offer", { leg, video });
      expect(back).toMatchObject({ result: { sdp: expect.stringContaining("m=video 30002 RTP/AVP 96") } });
      expect(back).not.toMatchObject({ result: { sdp: expect.stringContaining("a=inactive") } });
      await on.ask("leg.answer", { leg, answer: withVideo() });
      expect(on.engine.videoPlans.get(leg)).toMatchObject([{ direction: "sendrecv" }]);
    });

    it("is offered as one line", async () => {
      const { result } = (await on.ask("leg.create", { ...create, offer: null, video })) as {
        result: { sdp: string };
      };
      expect(result.sdp.match(/^m=video/gm)).toHaveLength(1);
    });

    it("passes scenes, snapshots and wishes for key frames on", async () => {
      await on.ask("leg.create", create);
      await on.ask("room.open", { room: "r", video });
      await on.ask("room.scene", { room: "r", layout: 2, cells: [null, null] });
      await on.ask("room.snapshot", { room: "r", path: "/tmp/x.jpg" });
      await on.ask("leg.keyframe", { leg });
      expect(on.engine.asked.slice(1)).toEqual([
        "open r 1280x720",
        "scene r 2",
        "snapshot r /tmp/x.jpg",
        `key frame ${leg}`,
      ]);
    });
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

  it("answers a play to a room once its passing clips are open, and other commands meanwhile", async () => {
    await on.ask("room.open", { room: "r" });
    const { promise, resolve } = Promise.withResolvers<void>();
    on.engine.opened = promise;
    const items = [{ kind: "clip", name: "names/one", passing: true }];
    on.send("room.play", { room: "r", items, language: "en" });
    await on.ask("leg.create", create);
    await on.ask("leg.stop", { leg });
    expect(on.seen.map(({ id }) => id)).toEqual([2, 4, 5]);
    resolve();
    await settle();
    await settle();
    expect(on.seen.at(-1)).toMatchObject({ id: 3, result: {} });
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
