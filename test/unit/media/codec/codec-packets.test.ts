// Packets of every length in every codec both ways, keys on every clock, and bytes that mean nothing.

import { describe, expect, it } from "vitest";
import {
  audioCodecNames,
  createDecoder,
  createEncoder,
  formatOf,
  prepareOpus,
} from "../../../../media/codec/index.ts";
import { claimedSilenceOf, samplesIn } from "../../../../media/codec/opus-packet.ts";
import { PathWatch, sendFormat } from "../../../../media/leg/index.ts";
import { Conference } from "../support/conference.ts";
import { seededRandom } from "../support/lossy-network.ts";
import { Phone, payloadTypes } from "../support/phone.ts";
import { peakLevel, Tone, toneLevel } from "../support/tones.ts";

const lengths = [10, 20, 30, 40, 60] as const;
const all = audioCodecNames.flatMap((codec) => lengths.map((ptimeMs) => [codec, ptimeMs] as const));

describe("packets", () => {
  it.each(all)("of %s are sent %s ms long, in one unbroken stream", async (codec, ptimeMs) => {
    const conference = new Conference();
    await conference.join({ tone: new Tone(1000, 6000) });
    await conference.join({ codec, plan: { ptimeMs } });
    conference.run(600);
    const { phone } = conference.parties[1]!;
    phone.heard.length = 0;
    conference.run(1200);
    const { rate, clockRate } = phone.format;
    const sentMs = codec === "opus" && ptimeMs === 30 ? 20 : ptimeMs;
    const units = new Set(
      phone.heard
        .slice(1)
        .map(({ header }, index) => (header.timestamp - phone.heard[index]!.header.timestamp) >>> 0),
    );
    expect([...units]).toEqual([(clockRate * sentMs) / 1000]);
    const heard = phone.takeAudio();
    expect(heard.length).toBe(1.2 * rate);
    expect(Math.abs(toneLevel(heard, 1000, rate) - peakLevel(6000))).toBeLessThan(1);
  });

  it.each(all)("of %s are taken %s ms long", async (codec, ptimeMs) => {
    const conference = new Conference();
    const sender = await conference.join({ codec });
    const listener = await conference.join();
    const { rate } = formatOf(codec);
    const tone = new Tone(1000, 6000, rate);
    let said = 0;
    const run = (ms: number): void => {
      for (let elapsed = 0; elapsed < ms; elapsed += 20) {
        for (; said < conference.clock.monotonic() + 20; said += ptimeMs) {
          // Opus has no frames of 30 ms: its senders make three of 10.
          const part = codec === "opus" && ptimeMs === 30 ? 10 : ptimeMs;
          for (let at = 0; at < ptimeMs; at += part) sender.phone.say(tone.next((rate * part) / 1000));
        }
        conference.run(20);
      }
    };
    said = conference.clock.monotonic();
    run(900);
    listener.phone.heard.length = 0;
    run(1200);
    const heard = listener.phone.takeAudio();
    expect(Math.abs(toneLevel(heard, 1000) - peakLevel(6000))).toBeLessThan(1);
    expect(conference.engine.legStats(sender.leg).concealedMs).toBe(0);
  });
});

describe("keys", () => {
  it.each([
    [101, 8],
    [102, 48],
  ])("by payload type %s last as long as their clock says", async (payloadType, unitsPerMs) => {
    const conference = new Conference();
    const { phone } = await conference.join({ codec: "opus" });
    conference.run(100);
    const duration = 80 * unitsPerMs;
    phone.sendPacket({ payloadType }, Uint8Array.of(7, 0x8a, duration >> 8, duration & 0xff));
    expect(conference.notificationsNamed("leg.dtmf")).toMatchObject([{ digit: "7", durationMs: 80 }]);
  });
});

describe("bytes that mean nothing", () => {
  it.each(audioCodecNames)("never break a decoder of %s", async (codec) => {
    await prepareOpus();
    const decoder = createDecoder(codec);
    const pcm = new Int16Array(5760);
    for (const seed of [1, 2, 3, 5, 8, 13, 21, 34]) {
      const random = seededRandom(seed);
      for (let round = 0; round < 150; round += 1) {
        const bytes = Uint8Array.from({ length: Math.floor(random() * 300) }, () => random() * 256);
        const samples = decoder.decode(bytes, pcm);
        expect(samples).toBeGreaterThanOrEqual(0);
        expect(samples).toBeLessThanOrEqual(pcm.length);
        decoder.repair?.conceal(pcm.subarray(0, 960));
        decoder.repair?.recover(bytes, pcm.subarray(0, 960));
        expect(decoder.durationOf?.(bytes) ?? 0).toBeLessThanOrEqual(5760);
      }
    }
    decoder.close();
    decoder.close();
    expect(codec === "opus" ? decoder.decode(Uint8Array.of(0x78, 1, 2, 3), pcm) : 0).toBe(0);
  });

  it("leave the tick and the others unharmed, with every codec changing at every packet", async () => {
    const conference = new Conference();
    const random = seededRandom(77);
    const { phone, leg } = await conference.join({ codec: "opus" });
    const other = await conference.join({ codec: "G722", tone: new Tone(1000, 6000, 16_000) });
    const listener = await conference.join();
    const types = Object.values(payloadTypes);
    for (let round = 0; round < 1500; round += 1) {
      const payloadType = types[Math.floor(random() * types.length)]!;
      const bytes = Uint8Array.from({ length: Math.floor(random() * 400) }, () => random() * 256);
      phone.sendPacket({ payloadType }, bytes);
      phone.timestamp += Math.floor(random() * 960);
      if (round % 2 === 0) conference.run(20);
    }
    conference.engine.muteLeg(leg, true);
    conference.run(400);
    listener.phone.heard.length = 0;
    conference.run(1000);
    expect(Math.abs(toneLevel(listener.phone.takeAudio(), 1000) - peakLevel(6000))).toBeLessThan(1);
    expect(conference.engine.legStats(other.leg).concealedMs).toBe(0);
  });
});

describe("an Opus packet says of itself", () => {
  it.each([
    [[0x78, 0x80, 1, 2], 960, "voice"],
    [[0x78, 0x00, 1, 2], 960, "silent"],
    [[0x78, 0x40, 1, 2], 960, "silent"],
    [[0x18, 0x40, 1, 2], 2880, "voice"],
    [[0x18, 0x10, 1, 2], 2880, "silent"],
    [[0xf8, 0x00, 1, 2], 960, "voice"],
    [[0x78], 960, "paused"],
    [[], 0, "paused"],
    [[0x7b, 0x3f, 0, 0], 0, "voice"],
  ] as const)("%j holds %i samples and %s", (bytes, samples, says) => {
    expect(samplesIn(Uint8Array.from(bytes), 48_000)).toBe(samples);
    expect(claimedSilenceOf(Uint8Array.from(bytes))).toBe(says);
  });
});

describe("a path that loses packets", () => {
  const plan = new Phone({ network: new Conference().network, address: "10.9.9.9", codec: "opus" }).plan();

  it("is worse at once and better after three reports without loss", () => {
    const watch = new PathWatch();
    const path = (loss: number) => {
      watch.report(loss);
      return watch.path;
    };
    expect([0, 3, 5, 20, 0, 0, 0, 0, 0, 1, 0, 0, 0].map(path)).toEqual([
      ...["clear", "lossy", "lossy", "bad", "bad", "bad", "lossy"],
      ...["lossy", "lossy", "lossy", "lossy", "lossy", "clear"],
    ]);
  });

  it("is sent repetitions at a lower bitrate, within what the far end allows", () => {
    expect(sendFormat(plan, "clear").tuning).toEqual({ bitrate: 40_000, lossPercent: 0 });
    expect(sendFormat(plan, "bad").tuning).toEqual({ bitrate: 24_000, lossPercent: 25 });
    const limited = { ...plan, opus: { maxAverageBitrate: 20_000, useInbandFec: false } };
    expect(sendFormat(limited, "lossy").tuning).toEqual({ bitrate: 16_000, lossPercent: 0 });
    const poor = { ...plan, opus: { maxAverageBitrate: 6000, useInbandFec: true } };
    expect(sendFormat(poor, "clear").tuning.bitrate).toBe(8000);
  });

  it("costs a G.711 leg no group of its own", () => {
    const narrow = { ...plan, codec: "PCMU" as const, ptimeMs: 60 as const };
    expect(sendFormat(narrow, "bad").key).toBe(sendFormat({ ...narrow, ptimeMs: 10 }, "clear").key);
  });
});

describe("an encoder", () => {
  it.each(audioCodecNames)("of %s can be closed twice", async (codec) => {
    await prepareOpus();
    const encoder = createEncoder(codec);
    const out = new Uint8Array(1500);
    expect(encoder.encode(new Int16Array(encoder.format.rate / 50), out)).toBeGreaterThan(0);
    encoder.close();
    encoder.close();
  });
});
