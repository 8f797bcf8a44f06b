// Who hears whom when codecs and rates differ: every party has a tone of its own.

import { describe, expect, it } from "vitest";
import { type AudioCodecName, audioCodecNames } from "../../../../media/codec/index.ts";
import { Conference } from "../support/conference.ts";
import { peakLevel, Tone, toneLevel } from "../support/tones.ts";

const amplitude = 6000;
const inaudible = -50;
const pairs = audioCodecNames.flatMap((from) => audioCodecNames.map((to) => [from, to] as const));

const rateOf = (codec: AudioCodecName): number =>
  ({ opus: 48_000, G722: 16_000, PCMA: 8000, PCMU: 8000 })[codec];

const toneOf = (codec: AudioCodecName, hertz: number, peak = amplitude): Tone =>
  new Tone(hertz, peak, rateOf(codec));

describe("every pair of codecs", () => {
  it.each(pairs)("%s is heard in %s at its level", async (from, to) => {
    const conference = new Conference();
    await conference.join({ codec: from, tone: toneOf(from, 1000) });
    await conference.join({ codec: to });
    conference.run(600);
    const [, heard] = conference.listen(1000);
    expect(heard!.length).toBe(rateOf(to));
    expect(Math.abs(toneLevel(heard!, 1000, rateOf(to)) - peakLevel(amplitude))).toBeLessThan(1);
  });
});

describe("a room of three", () => {
  it.each(audioCodecNames)("gives no leg back its own voice (%s among others)", async (codec) => {
    const conference = new Conference();
    const party = [codec, "PCMU", "opus"] as const;
    const tones = [500, 850, 1350];
    for (const [index, each] of party.entries()) {
      await conference.join({ codec: each, tone: toneOf(each, tones[index]!) });
    }
    conference.run(800);
    conference.listen(1000).forEach((audio, listener) => {
      const rate = rateOf(party[listener]!);
      tones.forEach((hertz, speaker) => {
        const level = toneLevel(audio, hertz, rate);
        if (speaker === listener) expect(level).toBeLessThan(inaudible);
        else expect(Math.abs(level - peakLevel(amplitude))).toBeLessThan(1);
      });
    });
  });
});

describe("a room of forty", () => {
  it("mixes five speakers of four codecs for all others, and for the speakers without themselves", async () => {
    const conference = new Conference();
    const codecs = Array.from({ length: 40 }, (_, index) => audioCodecNames[index % 4]!);
    const speakers = [400, 600, 900, 1250, 1700];
    for (const [index, codec] of codecs.entries()) {
      const hertz = speakers[index];
      await conference.join({ codec, ...(hertz && { tone: toneOf(codec, hertz, 3000) }) });
    }
    conference.run(600);
    conference.listen(1000).forEach((audio, listener) => {
      speakers.forEach((hertz, speaker) => {
        const level = toneLevel(audio, hertz, rateOf(codecs[listener]!));
        if (speaker === listener) expect(level).toBeLessThan(inaudible);
        else expect(Math.abs(level - peakLevel(3000)), `${speaker} at ${listener}`).toBeLessThan(1);
      });
    });
  }, 30_000);
});

describe("wideband", () => {
  it("carries 6 kHz between Opus and G.722, and keeps it from G.711 without an image", async () => {
    const conference = new Conference();
    await conference.join({ codec: "opus", tone: toneOf("opus", 6000) });
    await conference.join({ codec: "G722" });
    await conference.join({ codec: "PCMU" });
    conference.run(600);
    const [, wide, narrow] = conference.listen(1000);
    expect(toneLevel(wide!, 6000, 16_000)).toBeGreaterThan(peakLevel(amplitude) - 1.5);
    expect(toneLevel(narrow!, 2000)).toBeLessThan(-55);
  });
});
