// Whose phone sends back what it hears: a delayed, fainter copy is suspected; people who merely talk are not.
import { describe, expect, it } from "vitest";
import { EchoDetector, meanSquare } from "../../../../media/dsp/index.ts";
import { framesOf, noisy, toPcm } from "../support/keys.ts";
import { english, french, german, hasSpeech, scaled, spanish, speech } from "../support/speech.ts";

const levels = (pcm: Int16Array): number[] => [...framesOf(pcm, 160)].map((frame) => meanSquare(frame));

/** Runs heard against sent and tells when it was first suspected, in seconds; undefined: never. */
function suspectedAfter(heard: readonly number[], sent: readonly number[], detector = new EchoDetector(20)) {
  let first: number | undefined;
  for (let at = 0; at < Math.min(heard.length, sent.length); at += 1) {
    detector.update(heard[at]!, sent[at]!);
    if (detector.suspected) first ??= at / 50;
  }
  return first;
}

const delayed = (pcm: Int16Array, ms: number): Int16Array => {
  const out = new Int16Array(pcm.length);
  out.set(pcm.subarray(0, pcm.length - ms * 8), ms * 8);
  return out;
};

describe.skipIf(!hasSpeech)("echo", () => {
  const minute = 8000 * 60;

  it.each([
    [60, -6],
    [133, -20],
    [300, -30],
    [470, -12],
  ])(
    "is suspected within 12 s when speech comes back %i ms later at %i dB",
    { timeout: 60_000 },
    (ms, db) => {
      const sent = speech(english, { voice: "en" }).subarray(0, minute);
      const heard = toPcm(noisy(Float64Array.from(scaled(delayed(sent, ms), db)), -65));
      const detector = new EchoDetector(20);
      expect(suspectedAfter(levels(heard), levels(sent), detector)).toBeLessThan(12);
      expect(Math.abs(detector.delayMs - ms)).toBeLessThanOrEqual(40);
    },
  );

  it("is no longer suspected when it has gone", { timeout: 60_000 }, () => {
    const sent = levels(speech(english, { voice: "en" }).subarray(0, minute));
    const other = levels(speech(german, { voice: "de" }));
    const detector = new EchoDetector(20);
    suspectedAfter([0, 0, 0, 0, 0, ...sent.map((level) => level / 100)], sent, detector);
    expect(detector.suspected).toBe(true);
    suspectedAfter(other, sent, detector);
    expect(detector.suspected).toBe(false);
  });

  it("is not suspected of different people, at once or by turns", { timeout: 120_000 }, () => {
    const voices = [
      speech(english, { voice: "en" }),
      speech(english, { voice: "en+f4", pitch: 70, speed: 190 }),
      speech(english, { voice: "en-us", pitch: 30, speed: 140 }),
      speech(french, { voice: "fr+f2" }),
      speech(german, { voice: "de", pitch: 40 }),
      speech(spanish, { voice: "es+f3", pitch: 60 }),
    ].map(levels);
    for (const heard of voices) {
      for (const sent of voices) {
        if (heard === sent) continue;
        expect(suspectedAfter(heard, sent)).toBeUndefined();
        const turns = heard.map((level, at) => (Math.floor(at / 150) % 2 === 0 ? level : 10));
        const others = sent.map((level, at) => (Math.floor(at / 150) % 2 === 1 ? level : 10));
        expect(suspectedAfter(turns, others)).toBeUndefined();
      }
    }
  });
});

describe("silence", () => {
  it("is no echo, on either side", () => {
    const none = new Array<number>(2000).fill(0);
    const hum = new Array<number>(2000).fill(90_000);
    expect(suspectedAfter(none, none)).toBeUndefined();
    expect(suspectedAfter(hum, none)).toBeUndefined();
    expect(suspectedAfter(none, hum)).toBeUndefined();
    expect(suspectedAfter(hum, hum)).toBeUndefined();
  });
});
