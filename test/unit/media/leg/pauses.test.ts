// Discontinuous transmission of Opus to a far end that wishes it: silence is a packet now and then, its time goes
// on, and what is said after it is heard from its first packet.
import { Application, createEncoder } from "libopus-wasm";
import { describe, expect, it } from "vitest";
import { readOpusPreferences } from "../../../../media/sdp/opus-parameters.ts";
import type { AudioPlan } from "../../../../media/sdp/types.ts";
import { Conference } from "../support/conference.ts";
import { peakLevel, Tone, toneLevel, toneToNoise } from "../support/tones.ts";

const opus = { maxAverageBitrate: undefined, useInbandFec: true };
const pausing: Partial<AudioPlan> = { opus: { ...opus, useDtx: true } };
const hertz = 700;
const unitsPerMs = 48;

describe("silence in a room", () => {
  it("is a packet every 400 ms for who wishes it, and 50 a second for who does not", async () => {
    const conference = new Conference();
    const { phone } = await conference.join({ codec: "opus", plan: pausing });
    const { phone: steady } = await conference.join({ codec: "opus" });
    conference.run(1000);
    phone.heard.length = 0;
    steady.heard.length = 0;
    conference.run(4000);
    const steps = phone.heard.slice(1).map(({ header }, index) => {
      const before = phone.heard[index]!.header;
      return [(header.sequence - before.sequence) & 0xffff, (header.timestamp - before.timestamp) >>> 0];
    });
    expect(steps).toEqual(Array.from({ length: 9 }, () => [1, 400 * unitsPerMs]));
    expect(phone.heard.some(({ header }) => header.marker)).toBe(false);
    expect(steady.heard.length).toBe(200);
  });

  it.each([
    [10, 100, 20],
    [40, 25, 10],
    [60, 16, 9],
  ] as const)("in packets of %i ms as well", async (ptimeMs, usual, most) => {
    const conference = new Conference();
    const { phone } = await conference.join({ codec: "opus", plan: { ...pausing, ptimeMs } });
    conference.run(220);
    phone.heard.length = 0;
    conference.run(4000);
    expect(phone.heard.length).toBeLessThanOrEqual(most);
    expect(phone.heard.length).toBeGreaterThanOrEqual(9);
    const talker = await conference.join({ tone: new Tone(hertz) });
    conference.run(200);
    phone.heard.length = 0;
    conference.run(1000);
    expect(phone.heard.length).toBeGreaterThanOrEqual(usual);
    talker.tone = undefined;
  });

  it("is left out for a codec of constant rate never", async () => {
    const conference = new Conference();
    const { phone } = await conference.join({ codec: "PCMU", plan: pausing });
    conference.run(2000);
    expect(phone.heard.length).toBe(100);
  });
});

describe("a voice after silence", () => {
  it("is heard from its first packet, which is marked and in time", async () => {
    const conference = new Conference();
    const { phone } = await conference.join({ codec: "opus", plan: pausing });
    const { phone: steady } = await conference.join({ codec: "opus" });
    const talker = await conference.join();
    conference.run(3000);
    talker.tone = new Tone(hertz);
    phone.heard.length = 0;
    steady.heard.length = 0;
    conference.run(1000);
    const first = phone.heard.findIndex(({ header }) => header.marker);
    const spurt = phone.heard.slice(first);
    const missing = steady.heard.length - spurt.length;
    expect(missing).toBeLessThanOrEqual(3);
    expect(phone.heard.filter(({ header }) => header.marker)).toHaveLength(1);
    const { timestamp } = spurt[0]!.header;
    spurt.forEach(({ header }, index) => {
      expect((header.timestamp - timestamp) >>> 0).toBe(index * 20 * unitsPerMs);
    });

    phone.heard.splice(0, first);
    const heard = phone.takeAudio();
    const wanted = steady.takeAudio().subarray(missing * 20 * unitsPerMs);
    expect(heard.length).toBe(wanted.length);
    const onset = (audio: Int16Array) => audio.findIndex((sample) => Math.abs(sample) > 1000);
    expect(Math.abs(onset(heard) - onset(wanted))).toBeLessThan(5 * unitsPerMs);
    const settled = heard.subarray(100 * unitsPerMs);
    expect(Math.abs(toneLevel(settled, hertz, 48_000) - peakLevel(8000))).toBeLessThan(1);
    expect(toneToNoise(settled, hertz, 48_000)).toBeGreaterThan(25);
  });

  it("of one's own ends the pause, and it comes again when both have fallen silent", async () => {
    const conference = new Conference();
    const party = await conference.join({ codec: "opus", plan: pausing });
    await conference.join({ codec: "opus", plan: pausing });
    conference.run(2000);
    party.tone = new Tone(hertz, 8000, 48_000);
    conference.run(1000);
    party.tone = undefined;
    conference.run(4000);
    party.phone.heard.length = 0;
    conference.run(2000);
    expect(party.phone.heard.length).toBe(5);
  });
});

describe("a far end that leaves silence out itself", () => {
  it.each(["Voip", "RestrictedLowDelay"] as const)(
    "is heard from its first word on, and has lost nothing (%s)",
    async (application) => {
      const handle = await createEncoder({
        ...{ channels: 1, application: Application[application], bitrate: 24_000, dtx: true },
      });
      const conference = new Conference();
      const { phone, leg } = await conference.join({ codec: "opus" });
      await conference.join();
      const speak = (ms: number, pcm: () => Int16Array) => {
        let sent = 0;
        let pauses = false;
        for (let elapsed = 0; elapsed < ms; elapsed += 20) {
          const payload = Uint8Array.from(handle.encode(pcm()));
          // One or two bytes need not be sent (RFC 6716 §2.1.9); browsers send the first such packet.
          const empty = payload.length <= 2;
          if (!empty || !pauses) {
            phone.sendPacket({ payloadType: 107 }, payload);
            sent += 1;
          }
          pauses = empty;
          phone.timestamp += 960;
          conference.run(20);
        }
        return sent;
      };
      const tone = new Tone(hertz, 8000, 48_000);
      speak(1000, () => tone.next(960));
      const sent = speak(6000, () => new Int16Array(960));
      expect(sent).toBeLessThan(60);
      conference.parties[1]!.phone.takeAudio();
      speak(1000, () => tone.next(960));
      const heard = conference.parties[1]!.phone.takeAudio();
      expect(toneLevel(heard.subarray(heard.length / 2), hertz)).toBeGreaterThan(-15);
      expect(heard.findIndex((sample) => Math.abs(sample) > 1000)).toBeLessThan(8 * 150);
      expect(conference.engine.legStats(leg)).toMatchObject({ packetsLost: 0, packetsLate: 0 });
      expect(conference.engine.legStats(leg).concealedMs).toBeLessThan(100);
    },
  );
});

it.each([
  ["usedtx=1", true],
  ["minptime=10; UseDTX = 1;useinbandfec=1", true],
  ["usedtx=0", undefined],
  ["", undefined],
])("what the far end says of it is understood: %s", (parameters, useDtx) => {
  expect(readOpusPreferences([parameters]).useDtx).toBe(useDtx);
});
