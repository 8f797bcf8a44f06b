// A whole leg against a far end that sends anything. Each seed is one run, the same every time, and stands in the
// test's name; a seed that once failed is kept for good. `PARLEY_FUZZ_RUNS=500` tries so many others.

import { expect, it } from "vitest";
import { type Logger, silentLogger } from "#common";
import type { AudioCodecName } from "../../../../media/codec/index.ts";
import { maxDelayMs } from "../../../../media/jitter/index.ts";
import { looksLikeRtcp } from "../../../../media/rtp/index.ts";
import { Conference } from "../support/conference.ts";
import { Hostile } from "../support/hostile.ts";
import { Tone, toneToNoise } from "../support/tones.ts";

/** 3 and 10 once left a leg deaf for good: a stream that began in another codec behind packets that still waited. */
const keptSeeds = [1, 2, 3, 4, 6, 10];
const firstFresh = Math.floor(Math.random() * 2 ** 31);
const freshSeeds = Array.from(
  { length: Number(process.env["PARLEY_FUZZ_RUNS"] ?? 0) },
  (_, index) => firstFresh + index,
);
const codecs: readonly AudioCodecName[] = ["PCMU", "PCMA", "G722", "opus"];
const hostileTicks = 120;
const spokenHertz = 700;
const otherHertz = 1100;

/** Tone to everything else, dB, in the worst 100 ms. */
function worstWindow(audio: Int16Array, hertz: number, rate: number): number {
  const window = rate / 10;
  let worst = Number.POSITIVE_INFINITY;
  for (let at = 0; at + window <= audio.length; at += window)
    worst = Math.min(worst, toneToNoise(audio.subarray(at, at + window), hertz, rate));
  return worst;
}

/** With clocks and key streams as faulty devices have them beside the rest. */
const clockSeeds = [21, 22, 23, 24];
const runs = [
  ...[...keptSeeds, ...freshSeeds].map((seed) => [seed, false] as const),
  ...[...clockSeeds, ...freshSeeds].map((seed) => [seed, true] as const),
];

it.each(runs)("a leg outlives whatever is sent to it: seed %i, faulty clocks: %s", async (seed, clocks) => {
  const codec = codecs[seed % codecs.length]!;
  const rtcpMux = seed % 3 === 0;
  const failures: unknown[] = [];
  const log: Logger = Object.create(silentLogger, {
    error: { value: (what: unknown) => failures.push(what) },
  });
  const conference = new Conference({ log });
  const { network, engine } = conference;
  const attacked = await conference.join({ codec, plan: { rtcpMux, voipMetrics: true } });
  const other = await conference.join({ tone: new Tone(otherHertz) });
  const { phone, leg } = attacked;
  const hostile = new Hostile({ seed, phone, network, clocks });
  conference.run(100);

  for (let tick = 0; tick < hostileTicks; tick += 1) {
    for (let silent = hostile.pause(); silent > 0; silent -= 1) conference.run(20);
    hostile.act();
    const before = phone.heard.length;
    conference.run(20);
    const stats = engine.legStats(leg);
    expect(stats.bufferMs).toBeLessThanOrEqual(maxDelayMs);
    for (const value of Object.values(stats)) expect(value).not.toBeNaN();
    expect(phone.heard.length - before).toBeLessThanOrEqual(1);
  }
  const { packetsReceived, packetsIgnored } = engine.legStats(leg);
  // RTCP by the port of RTP is read, agreed or not.
  const taken = hostile.sentLikeRtcp;
  expect(packetsReceived + packetsIgnored).toBeGreaterThanOrEqual(hostile.sent - taken);
  expect(packetsReceived + packetsIgnored).toBeLessThanOrEqual(hostile.sent + hostile.sentRtcp);
  expect(phone.heardRtcp.every((packet) => looksLikeRtcp(packet))).toBe(true);

  expect(failures).toEqual([]);

  attacked.tone = new Tone(spokenHertz, 8000, phone.format.rate);
  conference.run(2000);
  const [heardByAttacked, heardByOther] = conference.listen(1000);
  expect(worstWindow(heardByOther!, spokenHertz, other.phone.format.rate)).toBeGreaterThan(20);
  expect(worstWindow(heardByAttacked!, otherHertz, phone.format.rate)).toBeGreaterThan(15);
});
