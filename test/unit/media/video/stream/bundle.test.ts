// Video on the transport of the audio (RFC 9143).
import { beforeEach, describe, expect, it } from "vitest";
import type { VideoPlan } from "../../../../../media/sdp/index.ts";
import { Conference, type Party, room } from "../../support/conference.ts";
import { Tone } from "../../support/tones.ts";
import { Camera, FakeCompositor, limits, vp8Frame } from "../../support/video.ts";

let compositor: FakeCompositor;
let conference: Conference;

beforeEach(() => {
  compositor = new FakeCompositor();
  conference = new Conference({ startCompositor: compositor.start });
  conference.engine.openRoom(room, limits);
});

/** A phone whose camera sends from its own port; what comes to that port is the camera's. */
async function join(
  plans: readonly Partial<VideoPlan>[],
  extension?: number,
): Promise<Party & { camera: Camera }> {
  const party = await conference.call({ video: { limits, pairs: 0 } });
  const camera = new Camera(conference.network, party.phone.at.address, party.phone.at.port);
  camera.legAt = party.phone.legAt;
  const audio = party.phone.plan({
    rtcpMux: true,
    ...(extension !== undefined && { extensions: { transportSequence: extension } }),
  });
  const remote = { ...party.phone.at, rtcpPort: party.phone.at.port };
  const video = plans.map((plan) => camera.plan({ bundled: true, rtcpMux: true, remote, ...plan }));
  conference.engine.configureLeg(party.leg, audio, { video });
  conference.engine.joinLeg(party.leg, room);
  return { ...party, camera };
}

/** With a header extension of one element of one byte. */
function named(packet: Uint8Array, id: number, name: string): Uint8Array {
  const out = new Uint8Array(packet.length + 8);
  out.set(packet.subarray(0, 12));
  out[0]! |= 0x10;
  out.set([0xbe, 0xde, 0, 1, id << 4, name.charCodeAt(0), 0, 0], 12);
  out.set(packet.subarray(12), 20);
  return out;
}

describe("bundled video", () => {
  it("comes and goes by the audio's socket, and needs no ports", async () => {
    const free = conference.ports.free;
    const { camera, phone, video } = await join([{}]);
    expect(conference.ports.free).toBe(free - 1);
    expect(video[0]!.port).toBe(phone.legAt.port);
    phone.say(new Tone(440).next(160));
    camera.show(vp8Frame(true, 0));
    expect(compositor.frames).toHaveLength(1);
    const [output] = compositor.outputs.keys();
    compositor.codes(output!, vp8Frame(true, 0, 800));
    expect(camera.seen.map(({ header }) => header.payloadType)).toContain(96);
  });

  it("does not count as audio, nor audio as video", async () => {
    const { leg, camera, phone } = await join([{}]);
    camera.show(vp8Frame(true, 0));
    phone.say(new Tone(440).next(160));
    const stats = conference.engine.legStats(leg);
    expect(stats).toMatchObject({ packetsReceived: 1, packetsIgnored: 0 });
    expect(stats.video).toMatchObject({ framesReceived: 1, packetsIgnored: 0, width: 0 });
  });

  it("is told by name where two lines have the same payload type, and by its SSRC from then on", async () => {
    const mid = (name: string) => ({ extensions: { mid: { id: 4, name } } });
    const { leg, camera } = await join([mid("1"), { ...mid("2"), content: "slides" }]);
    camera.ssrc = 0x51;
    for (const packet of camera.packets(vp8Frame(true, 0))) camera.send(named(packet, 4, "2"));
    camera.show(vp8Frame(false, 6000));
    camera.ssrc = 0x52;
    camera.show(vp8Frame(true, 0));
    expect(conference.notificationsNamed("leg.video")).toMatchObject([
      { leg, content: "slides" },
      { leg, content: "main" },
    ]);
  });

  it("is obeyed and reported in RTCP on the same port, each stream in its own name", async () => {
    const { camera, phone, video, leg } = await join([{}]);
    phone.say(new Tone(440).next(160));
    camera.show(vp8Frame(true, 0));
    conference.run(4000);
    const senders = new Set(camera.seenRtcp.map((packet) => Buffer.from(packet).readUInt32BE(4)));
    expect(senders).toContain(video[0]!.ssrc);
    expect(senders.size).toBe(2);
    compositor.take();
    const request = new Uint8Array(20);
    request.set([0x80, 0xc9, 0, 1], 0);
    request.set([0x81, 206, 0, 2], 8);
    new DataView(request.buffer).setUint32(16, video[0]!.ssrc);
    camera.send(request);
    expect(conference.engine.legStats(leg).video?.keyFrameRequestsReceived).toBe(1);
    expect(compositor.take()).toEqual([expect.stringMatching(/^key/)]);
  });

  it("is told of together with the audio to a sender that numbers both", async () => {
    const transportSequence = 3;
    const { camera, phone } = await join([{ extensions: { transportSequence } }], transportSequence);
    const numbered = (packet: Uint8Array, number: number): Uint8Array => {
      const out = named(packet, transportSequence, "x");
      out.set([(transportSequence << 4) | 1, number >> 8, number & 0xff, 0], 16);
      return out;
    };
    const packets = camera.packets(vp8Frame(true, 0, 5000));
    phone.sendPacket({}, new Uint8Array(160), [(transportSequence << 4) | 1, 0, 0, 0]);
    for (const [index, packet] of packets.entries()) camera.send(numbered(packet, index + 1));
    conference.run(300);
    phone.sendPacket({}, new Uint8Array(160), [(transportSequence << 4) | 1, 0, packets.length + 1, 0]);
    const feedback = camera.seenRtcp.find((packet) => packet.length > 60 && packet.includes(0x8f))!;
    const text = Buffer.from(feedback);
    const at = text.lastIndexOf(Buffer.from([0x8f, 205]));
    expect(text.readUInt16BE(at + 12)).toBe(0);
    expect(text.readUInt16BE(at + 14)).toBe(packets.length + 2);
  });

  it("leaves a quiet leg quiet", async () => {
    const parties = [await join([{}]), await conference.join(), await conference.join()];
    const hush = () => Int16Array.from({ length: 160 }, (_, index) => (index % 2 === 0 ? 3 : -3));
    const tick = (): void => {
      for (const { phone } of parties) phone.say(hush());
      conference.run(20);
    };
    for (let count = 0; count < 250; count += 1) tick();
    expect(conference.engine.quietLegs).toBe(3);
    const { camera } = parties[0] as Party & { camera: Camera };
    for (let count = 0; count < 20; count += 1) {
      camera.show(vp8Frame(count === 0, 6000 * count));
      tick();
    }
    expect(conference.engine.quietLegs).toBe(3);
    expect(compositor.frames).toHaveLength(20);
  });
});
