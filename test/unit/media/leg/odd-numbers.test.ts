// Audio whose sequence numbers say nothing, streams that begin anew in mid-talk, packets of other lengths, and copies (RED) that were
// not agreed on: what the room hears, beside the same audio sent rightly.
import { describe, expect, it } from "vitest";
import { type AudioCodecName, createEncoder } from "../../../../media/codec/index.ts";
import { type RtpHeader, writeUint32 } from "../../../../media/rtp/index.ts";
import { Conference, type Party } from "../support/conference.ts";
import { payloadTypes } from "../support/phone.ts";
import { Tone, toneToNoise } from "../support/tones.ts";

const hertz = 1004;

interface Sender {
  readonly codec?: AudioCodecName;
  /** Milliseconds of the packet that begins at `ms`; 20 if absent. */
  readonly length?: (ms: number) => number;
  /** Of packet `index`, whose right number and timestamp are these. */
  readonly fields?: (packet: { index: number; sequence: number; timestamp: number }) => Partial<RtpHeader>;
  readonly payload?: (audio: Uint8Array) => Uint8Array;
  /** Sent beside each packet. */
  readonly beside?: (party: Party, index: number) => void;
}

/** Four seconds of a tone, as another participant hears each 20 ms of them after the first second. */
async function speak({ codec = "PCMU", length = () => 20, fields, payload, beside }: Sender) {
  const conference = new Conference();
  const party = await conference.join({ codec });
  const other = await conference.join({ codec });
  const { phone, leg } = party;
  const { rate, clockRate } = phone.format;
  const tone = new Tone(hertz, 8000, rate);
  const encoder = createEncoder(codec);
  const heard: Int16Array[] = [];
  let [sequence, timestamp, index, due] = [1000, 160_000, 0, 0];
  for (let ms = 0; ms < 4000; ms += 20) {
    for (; due < ms + 20; index += 1) {
      const packetMs = length(due);
      const memory = new Uint8Array(2000);
      const audio = memory.slice(0, encoder.encode(tone.next((rate * packetMs) / 1000), memory));
      const header = { payloadType: payloadTypes[codec], sequence: sequence & 0xffff, timestamp };
      phone.sendPacket(
        { ...header, ...fields?.({ index, sequence, timestamp }) },
        payload ? payload(audio) : audio,
      );
      beside?.(party, index);
      sequence += 1;
      timestamp += (clockRate * packetMs) / 1000;
      due += packetMs;
    }
    conference.run(20);
    heard.push(other.phone.takeAudio());
  }
  const after = heard.slice(50);
  return {
    /** Frames of 20 ms that are not the tone; in all seconds, and in the last one. */
    damaged: after.filter((frame) => !(toneToNoise(frame, hertz, rate) > 25)).length,
    toneToNoise: toneToNoise(Int16Array.from(heard.slice(150).flatMap((frame) => [...frame])), hertz, rate),
    stats: conference.engine.legStats(leg),
  };
}

/** A receiver report without blocks, and BYE (RFC 3550 §6.6). */
function goodbye(ssrc: number): Uint8Array {
  const packet = Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 0, 0x81, 203, 0, 1, 0, 0, 0, 0);
  for (const at of [4, 12]) writeUint32(packet, at, ssrc);
  return packet;
}

describe("sequence numbers that say nothing", () => {
  const senders: readonly (readonly [string, Sender])[] = [
    ["always 7", { fields: () => ({ sequence: 7 }) }],
    ["always 0, of G.722", { codec: "G722", fields: () => ({ sequence: 0 }) }],
    ["always the same, and the timestamp too", { fields: () => ({ sequence: 7, timestamp: 9 }) }],
    ["the timestamp's", { fields: ({ timestamp }) => ({ sequence: timestamp & 0xffff }) }],
    [
      "with their bytes swapped",
      { fields: ({ sequence }) => ({ sequence: ((sequence & 0xff) << 8) | (sequence >> 8) }) },
    ],
    ["counting down", { fields: ({ index }) => ({ sequence: 60_000 - index }) }],
    ["anything", { fields: ({ index }) => ({ sequence: (index * 40_503) & 0xffff }) }],
  ];

  it.each(senders)("are replaced, and the audio is heard: %s", async (_, sender) => {
    const [reference, heard] = [await speak({ codec: sender.codec ?? "PCMU" }), await speak(sender)];
    expect(heard.toneToNoise).toBeGreaterThan(reference.toneToNoise - 1);
    expect(heard.damaged).toBe(0);
    expect(heard.stats.packetsLost).toBe(0);
    expect(heard.stats.repairs.rtpNumbers).toBeGreaterThan(190);
    expect(heard.stats.bufferMs).toBeLessThanOrEqual(reference.stats.bufferMs + 20);
    expect(reference.stats.repairs.rtpNumbers).toBe(0);
  });

  it("cost 100 ms when they begin in mid-talk, and are believed again when they are right", async () => {
    const wrong = ({ index, sequence }: { index: number; sequence: number }) =>
      index > 80 && index < 120 ? { sequence: 7 } : { sequence };
    const { damaged, stats } = await speak({ fields: wrong });
    expect(damaged).toBeLessThanOrEqual(5);
    expect(stats.repairs.rtpNumbers).toBeGreaterThanOrEqual(34);
    expect(stats.repairs.rtpNumbers).toBeLessThanOrEqual(39);
  });

  it("are not those of packets that come twice, or in another order, or of another source beside", async () => {
    const twice = await speak({
      beside: ({ phone }) => {
        phone.sequence -= 1;
        phone.sendPacket({ payloadType: 0, timestamp: 0 }, new Uint8Array(160).fill(0xff));
      },
    });
    const other = await speak({
      beside: ({ phone }, index) =>
        index > 10 && phone.sendPacket({ payloadType: 0, ssrc: 5, sequence: 3 }, new Uint8Array(160)),
    });
    expect([other.damaged, other.stats.repairs.rtpNumbers]).toEqual([0, 0]);
    expect(twice.stats.repairs.rtpNumbers).toBe(0);
  });
});

describe("a stream that begins anew in mid-talk", () => {
  const anew: readonly (readonly [string, NonNullable<Sender["fields"]>])[] = [
    ["with SSRC, sequence and timestamp", ({ timestamp }) => ({ ssrc: 9, timestamp: timestamp + 77_777 })],
    ["with sequence and timestamp", ({ timestamp }) => ({ timestamp: timestamp + 77_777 })],
    ["with the sequence alone", () => ({})],
  ];

  it.each(anew)("goes on without a gap: %s", async (_, fields) => {
    const { damaged, stats } = await speak({
      fields: (packet) =>
        packet.index < 100 ? {} : { sequence: (packet.sequence + 30_000) & 0xffff, ...fields(packet) },
    });
    expect(damaged).toBe(0);
    expect(stats.packetsLost).toBe(0);
    expect(stats.concealedMs).toBeLessThanOrEqual(20);
  });

  it("goes on without a gap where the number is one of eight bits", async () => {
    const { damaged, stats } = await speak({ fields: ({ sequence }) => ({ sequence: sequence & 0xff }) });
    expect([damaged, stats.packetsLost]).toEqual([0, 0]);
  });
});

describe("packets of other lengths than were announced", () => {
  it.each(["PCMU", "G722"] as const)("are heard as they change: 20, 30, 10, 60 ms (%s)", async (codec) => {
    const { damaged, stats } = await speak({
      codec,
      length: (ms) => [20, 30, 10, 60][Math.floor(ms / 900) % 4]!,
    });
    expect(damaged).toBe(0);
    expect(stats.bufferMs).toBeLessThan(80);
  });

  it.each([180, 200])("are heard: %i ms", async (packetMs) => {
    const { toneToNoise, stats } = await speak({ length: () => packetMs });
    expect(toneToNoise).toBeGreaterThan(35);
    expect(stats.packetsIgnored).toBe(0);
  });

  it("are counted as ignored where no packet of audio is so long", async () => {
    const { stats } = await speak({ length: () => 220 });
    expect(stats.packetsIgnored).toBe(19);
    expect(stats.packetsReceived).toBe(0);
  });
});

describe("copies of what was sent before (RFC 2198) that were not agreed on", () => {
  const withCopy = (): Sender => {
    let before: Uint8Array = new Uint8Array(160).fill(0xff);
    return {
      fields: () => ({ payloadType: 121 }),
      payload: (audio) => {
        const payload = Uint8Array.of(0x80, 0x02, 0x80, before.length, 0, ...before, ...audio);
        before = audio;
        return payload;
      },
    };
  };

  it("are heard without the copies", async () => {
    const { damaged, toneToNoise, stats } = await speak(withCopy());
    expect(damaged).toBe(0);
    expect(toneToNoise).toBeGreaterThan(35);
    expect(stats).toMatchObject({ packetsIgnored: 1, packetsLost: 0 });
    expect(stats.repairs.offeredNumbers).toBe(199);
  });

  it.each([
    ["bytes of another kind", () => Uint8Array.of(1, 2, 3, ...new Uint8Array(160))],
    ["a block of no codec", (audio: Uint8Array) => Uint8Array.of(0x80 + 77, 0x02, 0x80, 10, 0, ...audio)],
    [
      "lengths that do not come out",
      (audio: Uint8Array) => Uint8Array.of(0x80, 0x02, 0x83, 0xff, 0, ...audio),
    ],
    ["headers without an end", () => new Uint8Array(160).fill(0x80)],
  ])("are none: %s", async (_, payload) => {
    const { stats } = await speak({ fields: () => ({ payloadType: 121 }), payload });
    expect([stats.packetsReceived, stats.packetsIgnored, stats.repairs.offeredNumbers]).toEqual([0, 200, 0]);
  });
});

it("keys whose events have no duration, or half of one, count", async () => {
  for (const bytes of [2, 3]) {
    const conference = new Conference();
    const party = await conference.join({ tone: new Tone(hertz) });
    conference.run(200);
    party.tone = undefined;
    for (const key of [1, 2, 2]) {
      const { timestamp } = party.phone;
      for (let packet = 0; packet < 6; packet += 1) {
        const payload = Uint8Array.of(key, packet > 3 ? 0x8a : 0x0a, 3).slice(0, bytes);
        party.phone.sendPacket({ payloadType: 101, marker: packet === 0, timestamp }, payload);
        party.phone.timestamp += 160;
        conference.run(20);
      }
      conference.run(100);
    }
    const told = conference.notificationsNamed("leg.dtmf").map((data) => (data as { digit: string }).digit);
    expect(told.join("")).toBe("122");
  }
});

it("a goodbye in mid-talk damages nothing of a stream that goes on, and another begins with its first packet", async () => {
  const { damaged, stats } = await speak({
    beside: ({ phone }, index) => {
      if (index % 25 === 24) phone.sendRtcp(goodbye(phone.ssrc));
    },
  });
  expect(damaged).toBe(0);
  expect(stats).toMatchObject({ packetsIgnored: 0, packetsLost: 0, concealedMs: 0 });

  const another = await speak({
    fields: ({ index }) => (index < 100 ? {} : { ssrc: 9, sequence: index }),
    beside: ({ phone }, index) => {
      if (index === 99) phone.sendRtcp(goodbye(phone.ssrc));
    },
  });
  expect(another.stats).toMatchObject({ packetsIgnored: 0, packetsLost: 0 });
});

it("a copy of a key's packets that comes half a second after them is no other press", async () => {
  const conference = new Conference();
  const { phone } = await conference.join({ tone: new Tone(hertz) });
  conference.run(200);
  const { sequence, timestamp } = phone;
  const press = (copy: boolean): void => {
    for (let packet = 0; packet < 7; packet += 1) {
      const { sequence: next } = phone;
      const payload = Uint8Array.of(1, packet > 4 ? 0x8a : 0x0a, 0, 160 * packet);
      payload[2] = (160 * packet) >> 8;
      const fields = { payloadType: 101, marker: packet === 0, timestamp };
      phone.sendPacket({ ...fields, sequence: (copy ? sequence : next) + (copy ? 2 * packet : 0) }, payload);
      if (copy) phone.sequence = next;
      conference.run(20);
    }
  };
  press(false);
  conference.run(500);
  press(true);
  conference.run(300);
  expect(conference.notificationsNamed("leg.dtmf")).toMatchObject([{ digit: "1" }]);
});
