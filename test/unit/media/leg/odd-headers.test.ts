// Packets whose header does not say what they are, against a whole leg: a padding bit without padding, another SSRC for each packet, a
// static payload type that was not agreed on, RTCP on the port of RTP; and what figures make of numbers that are left out or come again.
import { describe, expect, it } from "vitest";
import { type AudioCodecName, createEncoder } from "../../../../media/codec/index.ts";
import {
  emptyRtcpReport,
  emptyRtpHeader,
  maxRtcpBytes,
  type RtpHeader,
  rtpHeaderBytes,
  writeRtcp,
  writeRtpHeader,
} from "../../../../media/rtp/index.ts";
import type { AudioPlan } from "../../../../media/sdp/types.ts";
import { Conference } from "../support/conference.ts";
import { Tone, toneToNoise } from "../support/tones.ts";

const hertz = 1004;
/** Of two seconds at once, dB: the automatic gain is at work in them. The second: with a click in each packet. */
const clear = 22;
const audible = 5;

interface Wire {
  /** Fields of the packet of that number instead of the usual ones. */
  readonly fields?: (index: number) => Partial<RtpHeader>;
  /** The packet as it goes out instead. */
  readonly rewrite?: (packet: Uint8Array, index: number) => Uint8Array;
  readonly codec?: AudioCodecName;
  /** Each packet comes again 20 ms later. */
  readonly again?: boolean;
}

const packets = 150;

/** A phone that speaks three seconds of a tone, and what the last two of them are heard as. */
async function speak(
  { fields, rewrite, codec = "PCMU", again = false }: Wire,
  plan: Partial<AudioPlan> = {},
) {
  const conference = new Conference();
  const party = await conference.join({ plan });
  const other = await conference.join();
  const encoder = createEncoder(codec);
  const tone = new Tone(hertz);
  const payload = new Uint8Array(160);
  const heard: Int16Array[] = [];
  for (let index = 0; index < packets; index += 1) {
    encoder.encode(tone.next(160), payload);
    const packet = new Uint8Array(rtpHeaderBytes + payload.length);
    const header = { ...emptyRtpHeader(), ssrc: party.phone.ssrc, sequence: (1000 + index) & 0xffff };
    writeRtpHeader(packet, { ...header, timestamp: 160_000 + index * 160, ...fields?.(index) });
    packet.set(payload, rtpHeaderBytes);
    party.phone.sendRaw(rewrite?.(packet, index) ?? packet);
    conference.run(20);
    if (again) party.phone.sendRaw(packet);
    if (index >= 50) heard.push(other.phone.takeAudio());
    else other.phone.takeAudio();
  }
  const sound = Int16Array.from(heard.flatMap((each) => [...each]));
  return { conference, party, sound, stats: conference.engine.legStats(party.leg) };
}

const withPadding = (last: number) => (packet: Uint8Array) => {
  packet[0]! |= 0x20;
  packet[packet.length - 1] = last;
  return packet;
};

describe("a padding bit without padding", () => {
  it.each([
    ["nothing", 0],
    ["more than there is", 200],
  ])("is passed over, and the audio is heard: it says %s", async (_, last) => {
    const { sound, stats } = await speak({ rewrite: withPadding(last) });
    expect(toneToNoise(sound, hertz)).toBeGreaterThan(audible);
    expect(stats.packetsReceived).toBe(packets);
    expect(stats.repairs.rtpHeaders).toBe(packets);
  });
});

describe("another SSRC", () => {
  it("for each packet is one stream, as its numbers say", async () => {
    const { sound, stats } = await speak({ fields: (index) => ({ ssrc: index + 1 }) });
    expect(toneToNoise(sound, hertz)).toBeGreaterThan(clear);
    expect(stats).toMatchObject({ packetsReceived: packets, packetsLost: 0, concealedMs: 0 });
    expect(stats.repairs.rtpHeaders).toBe(packets - 1);
  });

  it("in the middle of a sequence that goes on costs no packet", async () => {
    const { sound, stats } = await speak({ fields: (index) => ({ ssrc: index < 90 ? 1 : 2 }) });
    expect(toneToNoise(sound, hertz)).toBeGreaterThan(clear);
    expect(stats).toMatchObject({ packetsReceived: packets, packetsLost: 0, concealedMs: 0 });
    expect(stats.repairs.rtpHeaders).toBe(1);
  });

  it("with numbers of its own must show two packets in a row, as before", async () => {
    const { stats } = await speak({
      fields: (index) => (index % 10 === 5 ? { ssrc: 77, sequence: 40_000 + index } : {}),
    });
    expect(stats.repairs.rtpHeaders).toBe(0);
    expect(stats.packetsLost).toBe(packets / 10);
  });
});

describe("a static payload type that was not agreed on", () => {
  it.each(["PCMU", "PCMA"] as const)("is what it stands for: %s", async (codec) => {
    const payloadType = codec === "PCMU" ? 0 : 8;
    const agreed = codec === "PCMU" ? ([8, "PCMA"] as const) : ([0, "PCMU"] as const);
    const { sound, stats } = await speak(
      { codec, fields: () => ({ payloadType }) },
      { codec: agreed[1], payloadType: agreed[0], receive: new Map([agreed]) },
    );
    expect(toneToNoise(sound, hertz)).toBeGreaterThan(clear);
    expect(stats.repairs.offeredNumbers).toBe(packets);
  });
});

describe("figures", () => {
  it("have no loss where numbers are left out and the timestamps go on without a gap", async () => {
    const { sound, stats } = await speak({ fields: (index) => ({ sequence: 1000 + 2 * index }) });
    expect(toneToNoise(sound, hertz)).toBeGreaterThan(clear);
    expect(stats).toMatchObject({ packetsLost: 0, concealedMs: 0 });
  });

  it("have it where the timestamps leave the same out", async () => {
    const { stats } = await speak({
      fields: (index) => ({ sequence: 1000 + 2 * index, timestamp: 160_000 + 320 * index }),
    });
    expect(stats.packetsLost).toBe(packets - 1);
  });

  it("have no jitter of packets that come again", async () => {
    const { stats } = await speak({ again: true });
    expect(stats.packetsReceived).toBe(2 * packets);
    expect(stats.jitterMs).toBeLessThan(1);
  });
});

describe("RTCP on the port of RTP, without rtcp-mux", () => {
  it("is RTCP", async () => {
    const conference = new Conference();
    const party = await conference.join({ tone: new Tone(hertz) });
    conference.run(1000);
    const report = emptyRtcpReport(party.phone.ssrc, "phone");
    report.sourceSsrc = party.phone.heard[0]!.header.ssrc;
    report.fractionLost = 64;
    const packet = new Uint8Array(maxRtcpBytes);
    party.phone.sendRaw(packet.slice(0, writeRtcp(packet, report)));
    expect(conference.engine.legStats(party.leg)).toMatchObject({ remoteLossPercent: 25, packetsIgnored: 0 });
  });
});
