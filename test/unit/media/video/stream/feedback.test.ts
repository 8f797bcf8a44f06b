// What a line of video and its far end ask of each other.
import { beforeEach, describe, expect, it } from "vitest";
import { writeUint32 } from "../../../../../media/rtp/index.ts";
import type { VideoPlan } from "../../../../../media/sdp/index.ts";
import { Conference, type Party, room } from "../../support/conference.ts";
import { Camera, FakeCompositor, limits, vp8Frame } from "../../support/video.ts";

let compositor: FakeCompositor;
let conference: Conference;
let party: Party;
let camera: Camera;

async function join(plan: Partial<VideoPlan> = {}): Promise<void> {
  party = await conference.call({ video: { limits, pairs: 1 } });
  camera = new Camera(conference.network, "10.0.2.1");
  camera.legAt = { address: "10.0.0.1", port: party.video[0]!.port };
  conference.engine.configureLeg(party.leg, party.phone.plan(), { video: [camera.plan(plan)] });
  conference.engine.joinLeg(party.leg, room);
}

const stats = () => conference.engine.legStats(party.leg).video!;
const shows = (frame = vp8Frame(true, 0)): void => {
  const [output] = compositor.outputs.keys();
  compositor.codes(output!, frame);
};

beforeEach(() => {
  compositor = new FakeCompositor();
  conference = new Conference({ startCompositor: compositor.start });
  conference.engine.openRoom(room, limits);
});

describe("a line of video", () => {
  it("asks for a lost packet again and takes it from a stream of its own", async () => {
    await join({ rtx: { payloadType: 97, receive: new Map([[97, 96]]) } });
    camera.show(vp8Frame(true, 0));
    const [first, lost, last] = camera.packets(vp8Frame(false, 6000, 2500));
    camera.send(first!);
    camera.send(last!);
    conference.run(40);
    expect(camera.takeRtcp()).toContain("205/1");
    expect(compositor.frames).toHaveLength(1);
    const again = new Uint8Array(lost!.length + 2);
    again.set(lost!.subarray(0, 12));
    again.set(lost!.subarray(2, 4), 12);
    again.set(lost!.subarray(12), 14);
    again[1] = 97;
    again[3] = 7;
    writeUint32(again, 8, 0x9999);
    camera.send(again);
    expect(compositor.frames.map(({ frame }) => frame.timestamp)).toEqual([0, 6000]);
    expect(compositor.frames[1]!.frame.data).toEqual(vp8Frame(false, 6000, 2500).data);
  });

  it("asks for a key frame every half second until one comes", async () => {
    await join({ feedback: { nack: false, pli: true, fir: false, remb: false, transportCc: false } });
    for (let timestamp = 0; timestamp < 20; timestamp += 1) {
      camera.show(vp8Frame(false, 6000 * timestamp));
      conference.run(60);
    }
    const asked = camera.takeRtcp().filter((each) => each.startsWith("206"));
    expect(asked).toEqual(["206/1", "206/1", "206/1"]);
    camera.show(vp8Frame(true, 200_000));
    conference.run(2000);
    expect(camera.takeRtcp().filter((each) => each.startsWith("206"))).toEqual([]);
    expect(stats().keyFrameRequestsSent).toBe(3);
  });

  it("says it in both ways where none was agreed, and by FIR where that alone was", async () => {
    const none = { nack: false, pli: false, fir: false, remb: false, transportCc: false };
    await join({ feedback: none });
    camera.show(vp8Frame(false, 0));
    conference.run(40);
    expect(camera.takeRtcp().filter((each) => each.startsWith("206"))).toEqual(["206/1", "206/4"]);
    conference.engine.configureLeg(party.leg, party.phone.plan(), {
      video: [camera.plan({ feedback: { ...none, fir: true } })],
    });
    camera.show(vp8Frame(false, 6000));
    conference.run(1000);
    expect(new Set(camera.takeRtcp().filter((each) => each.startsWith("206")))).toEqual(new Set(["206/4"]));
  });

  it("sends again what is missing, once in a while, as it was", async () => {
    await join();
    shows();
    conference.run(100);
    const sent = camera.seen.splice(0);
    const missing = sent[1]!;
    const word = (missing.header.sequence << 16) >>> 0;
    camera.ask(205, 1, { media: party.video[0]!.ssrc, words: [word] });
    camera.ask(205, 1, { media: party.video[0]!.ssrc, words: [word] });
    expect(camera.seen).toEqual([missing]);
    expect(stats()).toMatchObject({ packetsSent: sent.length, packetsRepeated: 1 });
  });

  it("sends it again as a stream of its own where that was agreed", async () => {
    await join({ rtx: { payloadType: 97, receive: new Map() } });
    shows();
    conference.run(100);
    const [, missing] = camera.seen.splice(0);
    const { sequence, timestamp } = missing!.header;
    camera.ask(205, 1, { media: party.video[0]!.ssrc, words: [(sequence << 16) >>> 0] });
    const [again] = camera.seen;
    expect(again!.header).toMatchObject({ payloadType: 97, ssrc: party.video[0]!.rtxSsrc, timestamp });
    expect([...again!.payload.subarray(0, 2)]).toEqual([sequence >> 8, sequence & 0xff]);
    expect(again!.payload.subarray(2)).toEqual(missing!.payload);
  });

  it.each([
    ["payload type", { payloadType: 100 }],
    ["payload type of what is sent again", { rtx: { payloadType: 98, receive: new Map() } }],
  ])("sends nothing again that was sent before another %s", async (_, more) => {
    const plan = { rtx: { payloadType: 97, receive: new Map() } };
    await join(plan);
    shows();
    conference.run(100);
    const [, missing] = camera.seen.splice(0);
    const agree = (video: VideoPlan) =>
      conference.engine.configureLeg(party.leg, party.phone.plan(), { video: [video] });
    const words = [(missing!.header.sequence << 16) >>> 0];
    agree(camera.plan(plan));
    camera.ask(205, 1, { media: party.video[0]!.ssrc, words });
    expect(stats().packetsRepeated).toBe(1);
    conference.run(100);
    agree(camera.plan({ ...plan, ...more }));
    camera.ask(205, 1, { media: party.video[0]!.ssrc, words });
    expect(stats().packetsRepeated).toBe(1);
  });

  it("takes a request of RFC 2032 for a key frame, alone or behind a report", async () => {
    await join();
    shows();
    conference.run(1000);
    const request = Uint8Array.of(0x80, 192, 0, 1, 0, 0, 0, 7);
    const report = Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 7);
    camera.sendRtcp(request);
    expect(stats().keyFrameRequestsReceived).toBe(1);
    camera.sendRtcp(Uint8Array.of(...report, ...request));
    expect(stats().keyFrameRequestsReceived).toBe(2);
  });

  it("takes a FIR whose number never changes for the next request after a while", async () => {
    await join();
    shows();
    const media = party.video[0]!.ssrc;
    const ask = () => camera.ask(206, 4, { media: 0, words: [media, 0] });
    conference.run(1000);
    ask();
    conference.run(100);
    ask();
    expect(stats().keyFrameRequestsReceived).toBe(1);
    conference.run(10_000);
    ask();
    expect(stats().keyFrameRequestsReceived).toBe(2);
  });

  it("obeys no feedback about another stream, nor of a stranger", async () => {
    await join();
    conference.run(1000);
    compositor.take();
    camera.ask(206, 1, { media: 0x777 });
    const stranger = new Camera(conference.network, "10.6.6.6");
    stranger.legAt = camera.legAt;
    stranger.ask(206, 1, { media: party.video[0]!.ssrc });
    expect(compositor.take()).toEqual([]);
  });

  it("reports under the audio's name, with a clock that goes with what it sends", async () => {
    await join();
    shows();
    conference.run(200);
    const report = camera.seenRtcp.find((packet) => packet[1] === 200)!;
    const text = Buffer.from(report).toString("latin1");
    expect(text).toContain(party.video[0]!.cname);
    const told = Buffer.from(report).readUInt32BE(16);
    const sent = camera.seen[0]!.header.timestamp;
    expect((told - sent) | 0).toBeGreaterThanOrEqual(0);
    expect((told - sent) | 0).toBeLessThan(90_000);
  });

  it("follows a phone whose NAT gives it another port, and no stranger", async () => {
    await join();
    camera.show(vp8Frame(true, 0));
    const packets = camera.packets(vp8Frame(false, 6000));
    for (const packet of packets)
      conference.network.send(packet, { address: "10.6.6.6", port: 9 }, camera.legAt);
    expect(compositor.frames).toHaveLength(1);
    conference.run(200);
    for (const packet of packets)
      conference.network.send(packet, { address: "10.0.2.1", port: 9 }, camera.legAt);
    conference.run(60);
    expect(compositor.frames.length).toBeGreaterThanOrEqual(1);
    expect(stats().packetsIgnored).toBeGreaterThan(0);
  });

  it("counts and survives whatever comes", async () => {
    await join();
    for (let length = 0; length < 200; length += 1) {
      const packet = Uint8Array.from({ length }, (_, index) => (index * 7 + length * 13) & 0xff);
      if (length > 1) packet[0] = 0x80;
      if (length > 2) packet[1] = length % 3 === 0 ? 96 : length;
      camera.send(packet);
      camera.sendRtcp(packet);
    }
    conference.run(500);
    camera.ssrc = 0x4444;
    camera.show(vp8Frame(true, 900_000));
    camera.show(vp8Frame(true, 906_000));
    expect(compositor.frames.length).toBeGreaterThan(0);
  });

  it("begins again with another stream of the same camera", async () => {
    await join();
    camera.show(vp8Frame(true, 0));
    camera.ssrc = 0x4444;
    camera.sequence = 9;
    camera.show(vp8Frame(true, 50));
    camera.show(vp8Frame(true, 6050));
    expect(compositor.frames.at(-1)?.frame.timestamp).toBe(6050);
  });
});
