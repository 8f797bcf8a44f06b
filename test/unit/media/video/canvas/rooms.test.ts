// Legs with video in rooms with a picture, from RTP to the compositor and from its frames to RTP.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LegId, type RoomId, silentLogger } from "#common";
import type { VideoPlan } from "../../../../../media/sdp/index.ts";
import { VideoRooms } from "../../../../../media/video/canvas/index.ts";
import { Conference, type Party, room } from "../../support/conference.ts";
import { Camera, FakeCompositor, limits, vp8, vp8Frame } from "../../support/video.ts";

interface Seen extends Party {
  readonly camera: Camera;
}

let compositor: FakeCompositor;
let conference: Conference;

beforeEach(() => {
  compositor = new FakeCompositor();
  conference = new Conference({ startCompositor: compositor.start });
  conference.engine.openRoom(room, limits);
});

afterEach(async () => {
  await conference.engine.close();
  expect(conference.network.openSockets).toBeLessThanOrEqual(4 * conference.parties.length);
});

/** A phone with a camera, in no room yet. */
async function call(plan: Partial<VideoPlan> = {}): Promise<Seen> {
  const party = await conference.call({ video: { limits, pairs: 1 } });
  const camera = new Camera(conference.network, `10.0.2.${conference.parties.length}`);
  camera.legAt = { address: "10.0.0.1", port: party.video[0]!.port };
  conference.engine.configureLeg(party.leg, party.phone.plan(), { video: [camera.plan(plan)] });
  return { ...party, camera };
}

async function join(plan: Partial<VideoPlan> = {}): Promise<Seen> {
  const party = await call(plan);
  conference.engine.joinLeg(party.leg, room);
  return party;
}

const cell = (leg: LegId, name = "Ann") => ({ leg, content: "main" as const, name, muted: false });
const seen = ({ camera }: Seen) => camera.seen.splice(0);

describe("a room with a picture", () => {
  it("shows the pictures of a leg in its cell, from its first key frame on", async () => {
    const { leg, camera } = await join();
    camera.show(vp8Frame(false, 0));
    camera.show(vp8Frame(true, 6000));
    camera.show(vp8Frame(false, 12_000));
    conference.engine.setScene(room, { layout: 1, cells: [cell(leg)] });

    const [source] = compositor.frames.map((each) => each.source);
    expect(compositor.frames.map(({ frame }) => [frame.key, frame.timestamp])).toEqual([
      [true, 6000],
      [false, 12_000],
    ]);
    expect(compositor.scenes.get(1)?.cells).toEqual([{ source, name: "Ann", muted: false, speaking: false }]);
  });

  it("shows a card where a leg sends nothing or is not there", async () => {
    const { leg } = await join();
    conference.engine.setScene(room, { layout: 2, cells: [cell(leg), cell("gone" as LegId, "Bob")] });
    expect(compositor.scenes.get(1)?.cells.map((each) => each?.source)).toEqual([undefined, undefined]);
  });

  it("tells who sends pictures and of what size, and that none have come for a second", async () => {
    const { leg, camera } = await join();
    camera.show(vp8Frame(true, 0));
    expect(conference.notificationsNamed("leg.video")).toEqual([
      { leg, content: "main", sending: true, refused: false, width: 320, height: 180 },
    ]);
    conference.run(1100);
    expect(conference.notificationsNamed("leg.video").at(-1)).toMatchObject({
      leg,
      sending: false,
      width: 0,
    });
  });

  it("shows nothing any more of a leg whose pictures the process dies of", async () => {
    const { leg, camera } = await join();
    camera.show(vp8Frame(true, 0));
    const [source] = compositor.frames.map((each) => each.source);
    compositor.listener.onRefused(source!);
    expect(conference.notificationsNamed("leg.video").at(-1)).toMatchObject({
      ...{ leg, sending: false, refused: true },
    });
    camera.show(vp8Frame(true, 6000));
    expect(compositor.frames).toHaveLength(1);
    expect(conference.notificationsNamed("leg.video")).toHaveLength(2);
  });

  it("tells that it shows nothing any more of a leg whose pictures have ceased meanwhile", async () => {
    const { camera } = await join();
    camera.show(vp8Frame(true, 0));
    const [source] = compositor.frames.map((each) => each.source);
    conference.run(1100);
    compositor.listener.onRefused(source!);
    expect(conference.notificationsNamed("leg.video")).toMatchObject([
      ...[{ sending: true }, { sending: false, refused: false }, { sending: false, refused: true }],
    ]);
  });

  it("encodes once for equal viewers, and gives each its own header", async () => {
    const [ann, bob] = [await join(), await join({ payloadType: 100 })];
    const opened = compositor.asked.filter((each) => each.startsWith("output"));
    expect(opened).toEqual([expect.stringMatching(/^output \d+ of 1 VP8 1280x720 1000$/)]);
    const [output] = compositor.outputs.keys();
    compositor.codes(output!, vp8Frame(true, 90_000, 2500));
    conference.run(100);
    const [one, other] = [seen(ann), seen(bob)];
    expect(one.map(({ payload }) => payload)).toEqual(other.map(({ payload }) => payload));
    expect(one.map(({ header }) => header.marker)).toEqual([false, false, true]);
    expect(one[0]!.header.payloadType).toBe(96);
    expect(other[0]!.header.payloadType).toBe(100);
    expect(one[0]!.header.ssrc).toBe(ann.video[0]!.ssrc);
    expect(other[0]!.header.ssrc).toBe(bob.video[0]!.ssrc);
  });

  it("sends a newcomer nothing before a key frame, and asks for it", async () => {
    const ann = await join();
    const [output] = compositor.outputs.keys();
    expect(compositor.take()).toContain(`key ${output}`);
    compositor.codes(output!, vp8Frame(false, 0));
    expect(seen(ann)).toEqual([]);
    compositor.codes(output!, vp8Frame(true, 6000));
    expect(seen(ann)).toHaveLength(3);
  });

  it("asks the encoder for one key frame in half a second, whoever wants it", async () => {
    const [ann, bob] = [await join(), await join()];
    const [output] = compositor.outputs.keys();
    conference.run(1000);
    compositor.take();
    ann.camera.ask(206, 1, { media: ann.video[0]!.ssrc });
    bob.camera.ask(206, 1, { media: bob.video[0]!.ssrc });
    conference.engine.requestKeyFrame(bob.leg);
    expect(compositor.take()).toEqual([`key ${output}`]);
    conference.run(600);
    expect(compositor.take()).toEqual([`key ${output}`]);
    conference.run(2000);
    expect(compositor.take()).toEqual([]);
    expect(conference.engine.legStats(ann.leg).video?.keyFrameRequestsReceived).toBe(1);
  });

  it("is encoded once for viewers whose limits differ by little", async () => {
    for (let kbps = 500; kbps < 510; kbps += 1) await join({ format: { ...vp8, maxKbps: kbps } });
    expect([...compositor.outputs.values()].map(({ kbps }) => kbps)).toEqual([448]);
  });

  it("is encoded a bounded number of times, whatever viewers say of themselves, and each is sent what it takes", async () => {
    const limit = (index: number) => ({
      maxKbps: 40 * (index + 1),
      maxMacroblocksPerSecond: 7200 * (24 - index),
    });
    const viewers: Seen[] = [];
    for (let index = 0; index < 24; index += 1)
      viewers.push(await join({ format: { ...vp8, ...limit(index) } }));
    expect(compositor.outputs.size).toBeLessThanOrEqual(12);
    for (const output of compositor.outputs.keys()) compositor.codes(output, vp8Frame(true, 0));
    conference.run(100);
    const formats = [...compositor.outputs.values()];
    viewers.forEach((viewer, index) => {
      const { width, framesSent } = conference.engine.legStats(viewer.leg).video!;
      const { maxKbps } = limit(index);
      expect(
        framesSent === 0 || formats.some((format) => format.width === width && format.kbps <= maxKbps),
      ).toBe(true);
    });

    for (const { leg } of viewers.slice(0, 20)) await conference.engine.closeLeg(leg);
    for (const output of compositor.outputs.keys()) compositor.codes(output, vp8Frame(true, 90_000));
    conference.run(100);
    for (const { leg } of viewers.slice(20))
      expect(conference.engine.legStats(leg).video!.framesSent).toBeGreaterThan(0);
  });

  it("keeps to its encoders when the room's picture has another size", async () => {
    for (let index = 1; index <= 6; index += 1) await join({ format: { ...vp8, maxKbps: 128 * index } });
    const before = [...compositor.outputs.values()].map(({ kbps }) => kbps);
    conference.engine.openRoom(room, { ...limits, width: 640, height: 360 });
    const after = [...compositor.outputs.values()];
    expect(after.map(({ kbps }) => kbps)).toEqual(before);
    expect(new Set(after.map(({ width }) => width))).toEqual(new Set([640]));
  });

  it("sends a smaller picture to a viewer that takes no larger one", async () => {
    await join();
    await join({ format: { ...vp8, maxMacroblocks: 396, maxMacroblocksPerSecond: 11_880 } });
    expect([...compositor.outputs.values()].map(({ width, height }) => [width, height])).toEqual([
      [1280, 720],
      [416, 234],
    ]);
  });

  it("sends less to a viewer that loses much of it, and to no other", async () => {
    const [ann, bob] = [await join(), await join()];
    for (let report = 0; report < 2; report += 1) {
      bob.camera.report(bob.video[0]!.ssrc, 64);
      conference.run(1000);
    }
    expect([...compositor.outputs.values()].map(({ kbps }) => kbps)).toEqual([1000, 500]);
    const [, weak] = compositor.outputs.keys();
    compositor.codes(weak!, vp8Frame(true, 0, 800));
    expect([seen(ann), seen(bob)].map(({ length }) => length)).toEqual([0, 1]);
  });

  it("neither encodes nor takes pictures for who has left", async () => {
    const { leg, camera, ...rest } = await join();
    camera.show(vp8Frame(true, 0));
    compositor.take();
    conference.engine.leaveLeg(leg);
    expect(compositor.take()).toEqual([
      expect.stringMatching(/^close output/),
      expect.stringMatching(/^close source/),
    ]);
    camera.show(vp8Frame(true, 6000));
    expect(compositor.frames).toHaveLength(1);
    expect(seen({ leg, camera, ...rest })).toEqual([]);
  });

  it("shows a leg that moves in its new room, by the same stream", async () => {
    const other = "other" as RoomId;
    conference.engine.openRoom(other, { ...limits, width: 640, height: 360 });
    const { leg, camera, ...rest } = await join();
    const show = (timestamp: number): void => {
      const [output] = compositor.outputs.keys();
      compositor.codes(output!, vp8Frame(true, timestamp, 800));
    };
    show(1000);
    conference.run(1000);
    conference.engine.joinLeg(leg, other);
    expect([...compositor.outputs.values()]).toEqual([expect.objectContaining({ width: 640, height: 360 })]);
    show(77_000_000);
    const [before, after] = seen({ leg, camera, ...rest });
    expect(after!.header.ssrc).toBe(before!.header.ssrc);
    expect(after!.header.sequence).toBe((before!.header.sequence + 1) & 0xffff);
    // A second of the clock, whatever the other room's canvas counts.
    expect((after!.header.timestamp - before!.header.timestamp) >>> 0).toBe(90_000);
  });

  it("ends the source and the encoder when the room closes", async () => {
    const { camera } = await join();
    camera.show(vp8Frame(true, 0));
    compositor.take();
    conference.engine.closeRoom(room);
    expect(compositor.take().map((each) => each.replace(/ \d+$/, ""))).toEqual([
      "close output",
      "close source",
      "close canvas",
    ]);
    expect(() => conference.engine.setScene(room, { layout: 1, cells: [] })).toThrow(/no room/);
  });

  it("may lose its picture and get another one, with the same legs", async () => {
    const { camera } = await join();
    camera.show(vp8Frame(true, 0));
    compositor.take();
    conference.engine.openRoom(room, null);
    expect(compositor.take().at(-1)).toBe("close canvas 1");
    expect(() => conference.engine.setScene(room, { layout: 1, cells: [] })).toThrow(/no picture/);
    conference.engine.openRoom(room);
    conference.engine.openRoom(room, limits);
    camera.show(vp8Frame(true, 6000));
    expect(compositor.outputs.size).toBe(1);
    expect(compositor.frames).toHaveLength(2);
  });

  it("sends nothing to who only sends, and takes nothing from who only sees", async () => {
    const ann = await join({ direction: "recvonly" });
    expect(compositor.outputs.size).toBe(0);
    const bob = await join({ direction: "sendonly" });
    expect(compositor.outputs.size).toBe(1);
    bob.camera.show(vp8Frame(true, 0));
    expect(compositor.frames).toEqual([]);
    ann.camera.show(vp8Frame(true, 0));
    expect(compositor.frames).toHaveLength(1);
  });

  it("is counted in the worker's health", async () => {
    const { camera } = await join();
    camera.show(vp8Frame(true, 0));
    expect(conference.engine.health().video).toMatchObject({
      ...{ canvases: 1, sources: 1, outputs: 1, decoded: 7, workMs: 3, skipped: 0 },
    });
  });

  it("marks who speaks", async () => {
    const { leg, phone } = await join();
    conference.engine.setScene(room, { layout: 1, cells: [cell(leg)] });
    const loud = Int16Array.from({ length: 160 }, (_, index) => 8000 * Math.sin(index / 3));
    for (let tick = 0; tick < 50; tick += 1) {
      phone.say(loud);
      conference.run(20);
    }
    expect(conference.notificationsNamed("leg.talking")).toEqual([{ leg, talking: true }]);
    expect(compositor.scenes.get(1)?.cells[0]?.speaking).toBe(true);
  });

  it("has none, and refuses scenes and snapshots, where it was opened without", async () => {
    const plain = "plain" as RoomId;
    conference.engine.openRoom(plain);
    expect(() => conference.engine.setScene(plain, { layout: 1, cells: [] })).toThrow(/no picture/);
    await expect(conference.engine.snapshot(plain, "/tmp/x.jpg")).rejects.toThrow(/no picture/);
  });
});

describe("a leg with video", () => {
  it("has its sockets read often enough that no picture waits for long, until it is closed", async () => {
    let reads = 0;
    conference = new Conference({ startCompositor: compositor.start, pollVideoSockets: () => (reads += 1) });
    conference.run(100);
    expect(reads).toBe(0);
    const { leg } = await call();
    conference.run(100);
    expect(reads).toBe(20);
    await conference.engine.closeLeg(leg);
    conference.run(100);
    expect(reads).toBe(20);
  });

  it("is not made when the ports do not suffice, and leaves none bound", async () => {
    const free = conference.ports.free;
    const taken: number[] = [];
    while (conference.ports.free > 1) taken.push(conference.ports.take()!);
    const making = conference.engine.createLeg("a" as LegId, "10.0.0.1", { video: { limits, pairs: 1 } });
    await expect(making).rejects.toMatchObject({ code: "NO_PORTS" });
    expect(conference.network.openSockets).toBe(0);
    for (const port of taken) conference.ports.release(port);
    conference.clock.advance(6000);
    expect(conference.ports.free).toBe(free);
  });

  it("frees all its ports", async () => {
    const free = conference.ports.free;
    const { leg } = await join();
    expect(conference.ports.free).toBe(free - 2);
    await conference.engine.closeLeg(leg);
    conference.clock.advance(6000);
    expect(conference.ports.free).toBe(free);
  });

  it("sees the room that it is in once it may have video", async () => {
    const party = await conference.join();
    const [main] = await conference.engine.allowVideo(party.leg, { limits, pairs: 1 });
    const camera = new Camera(conference.network, "10.0.2.9");
    camera.legAt = { address: "10.0.0.1", port: main!.port };
    conference.engine.configureLeg(party.leg, party.phone.plan(), { video: [camera.plan()] });
    camera.show(vp8Frame(true, 0));
    expect(compositor.frames).toHaveLength(1);
    expect(compositor.outputs.size).toBe(1);
  });

  it("is given ports when video comes by a later offer", async () => {
    const { leg } = await conference.call({ video: { limits, pairs: 0 } });
    const before = await conference.engine.bindVideo(leg, 0);
    const [main] = await conference.engine.bindVideo(leg, 1);
    expect(main!.port).not.toBe(before[0]!.port);
    expect(main!.ssrc).toBe(before[0]!.ssrc);
  });
});

describe("a machine that is near its limit", () => {
  const other = "other" as RoomId;
  const machine = { busy: 0, total: 0 };

  beforeEach(async () => {
    await conference.engine.close();
    const load = { machine: () => ({ ...machine }), threadMs: () => 0 };
    conference = new Conference({ startCompositor: compositor.start, videoGuard: true, load });
    conference.engine.openRoom(room, limits);
  });

  /** Seconds in which the machine is so busy. */
  function seconds(count: number, share: number): void {
    for (let second = 0; second < count; second += 1) {
      machine.busy += share;
      machine.total += 1;
      conference.run(1000);
      conference.engine.health();
    }
  }

  it("makes fewer pictures at first, by the same encoders, then smaller ones, and all of it again when it is calm", async () => {
    await join();
    compositor.take();
    seconds(2, 0.95);
    expect(compositor.take()).toEqual(["canvas 1 1280x720 8"]);
    expect(conference.engine.health().video).toMatchObject({ degradation: 1, degradedBy: "machineCpu" });
    conference.engine.openRoom(other, limits);
    expect(compositor.take()).toEqual(["canvas 3 1280x720 8"]);
    seconds(8, 0.95);
    expect(compositor.take()).toContain("canvas 1 854x480 5");
    const [smaller] = compositor.outputs.values();
    expect(smaller).toMatchObject({ width: 854, height: 480, framerate: 15 });

    seconds(50, 0.3);
    const [whole] = compositor.outputs.values();
    expect(whole).toMatchObject({ width: 1280, height: 720 });
    expect(compositor.take()).toContain("canvas 1 1280x720 15");
    expect(conference.engine.health().video).toMatchObject({ degradation: 0, degradedBy: null });
  });

  it("leaves a room that is recorded its size", () => {
    const { clock } = conference;
    const pictures = new VideoRooms({
      ...{ clock, log: silentLogger, startCompositor: compositor.start, notify: () => {}, guard: true },
    });
    pictures.open(other, limits);
    const sink = () => true;
    pictures.record(other, sink);
    compositor.take();
    for (let second = 0; second < 20; second += 1) {
      pictures.judge({ lateTicks: 0, mixerCpu: 0, videoCpu: 0, machineCpu: 1 });
    }
    expect(compositor.take()).toEqual(["canvas 1 1280x720 8", "canvas 1 1280x720 5"]);
    pictures.endRecord(other, sink);
    expect(compositor.take()).toContain("canvas 1 640x360 5");
    pictures.end();
  });

  it("goes on to record a picture that comes back, in the size that it is recorded in", () => {
    const { clock } = conference;
    const pictures = new VideoRooms({
      ...{ clock, log: silentLogger, startCompositor: compositor.start, notify: () => {} },
    });
    const sink = () => true;
    pictures.open(other, limits);
    pictures.record(other, sink, { width: 640, height: 360 });
    expect(compositor.take()).toContain("canvas 1 640x360 15");
    pictures.closePicture(other);
    expect(compositor.outputs.size).toBe(0);
    pictures.open(other, limits);
    expect([...compositor.outputs.values()]).toMatchObject([{ codec: "H264", width: 640, height: 360 }]);
    pictures.endRecord(other, sink);
    expect(compositor.outputs.size).toBe(0);
    pictures.closePicture(other);
    pictures.open(other, limits);
    expect(compositor.outputs.size).toBe(0);
    pictures.end();
  });

  it("applies another size of a recorded room once all of its recordings have ended", () => {
    const { clock } = conference;
    const pictures = new VideoRooms({
      ...{ clock, log: silentLogger, startCompositor: compositor.start, notify: () => {}, guard: true },
    });
    pictures.open(other, limits);
    const [first, second] = [() => true, () => true];
    pictures.record(other, first);
    const outputs = [...compositor.outputs.values()];
    compositor.take();
    pictures.open(other, { ...limits, width: 640, height: 360 });
    pictures.record(other, second);
    pictures.endRecord(other, first);
    expect([compositor.take(), [...compositor.outputs.values()]]).toEqual([[], outputs]);
    pictures.endRecord(other, second);
    expect(compositor.take()).toContain("canvas 1 640x360 15");
    pictures.record(other, first);
    expect([...compositor.outputs.values()]).toMatchObject([{ width: 640, height: 360 }]);
    pictures.end();
  });

  it("takes nothing from pictures that begin when it is calm again", async () => {
    conference.engine.closeRoom(room);
    seconds(10, 1);
    conference.engine.openRoom(room, limits);
    seconds(1, 1);
    expect(conference.engine.health().video.degradation).toBe(0);
  });
});
