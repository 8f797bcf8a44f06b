// The level of packets of CELT by their bands, beside that of what libopus decodes of them.
import { Application, createDecoder, createEncoder, Signal } from "libopus-wasm";
import { describe, expect, it } from "vitest";
import { CeltLevel } from "../../../../media/codec/celt-level.ts";
import { fromDbov, meanSquare, toDbov } from "../../../../media/dsp/index.ts";
import { seededRandom } from "../support/lossy-network.ts";

const samples = 960;
const packets = 80;

type Sound = (seconds: number, random: () => number) => number;

async function measure(bitrate: number, sound: Sound) {
  const handle = await createEncoder({
    ...{ channels: 1, application: Application.RestrictedLowDelay, signal: Signal.Music, bitrate },
  });
  const decoder = await createDecoder({ channels: 1 });
  const level = new CeltLevel();
  const random = seededRandom(bitrate);
  return Array.from({ length: packets }, (_, packet) => {
    const pcm = Int16Array.from({ length: samples }, (_, at) =>
      Math.round(sound((packet * samples + at) / 48_000, random)),
    );
    const payload = Uint8Array.from(handle.encode(pcm));
    const decoded = Int16Array.from(decoder.decode(payload));
    const estimate = level.next(payload);
    return {
      estimate: estimate === undefined ? undefined : toDbov(estimate),
      truth: toDbov(meanSquare(decoded)),
    };
  });
}

const noise =
  (amplitude: number): Sound =>
  (_, random) =>
    amplitude * (2 * random() - 1);
const syllables =
  (amplitude: number): Sound =>
  (seconds) => {
    const tone = (hertz: number) => Math.sin(2 * Math.PI * hertz * seconds);
    return amplitude * Math.abs(tone(1.5)) * (tone(180) + 0.5 * tone(540) + 0.3 * tone(2500));
  };

describe("the level of a packet of CELT", () => {
  it.each([
    [24_000, 60],
    [24_000, 3000],
    [48_000, 4],
    [48_000, 16],
    [48_000, 300],
    [96_000, 3000],
  ])("is that of noise, to some decibels, at %i bit/s (amplitude %i)", async (bitrate, amplitude) => {
    const found = (await measure(bitrate, noise(amplitude))).slice(15);
    for (const { estimate, truth } of found) {
      expect(estimate! - truth).toBeGreaterThan(0);
      expect(estimate! - truth).toBeLessThan(7);
    }
  });

  it.each([24_000, 48_000, 96_000])("never makes a voice silent, at %i bit/s", async (bitrate) => {
    for (const amplitude of [16, 60, 300, 3000, 15_000]) {
      const found = await measure(bitrate, syllables(amplitude));
      for (const { estimate, truth } of found.slice(15)) {
        if (truth > -50) expect(estimate ?? 0).toBeGreaterThan(-53);
      }
    }
  });

  it("is that of what follows, too, when a voice begins", async () => {
    const begins = 1;
    const found = await measure(48_000, (seconds, random) =>
      seconds < begins ? noise(16)(seconds, random) : syllables(6000)(seconds, random),
    );
    for (const { estimate, truth } of found.slice(50))
      if (truth > -45) expect(estimate ?? 0).toBeGreaterThan(-50);
  });

  it("is not known of the first packets, nor after others that were not read", async () => {
    const found = await measure(48_000, noise(16));
    expect(found.findIndex(({ estimate }) => estimate !== undefined)).toBe(8);
    const level = new CeltLevel();
    const packet = Uint8Array.from({ length: 60 }, (_, index) => (index === 0 ? 31 << 3 : 37 * index));
    for (let times = 0; times < 20; times += 1) level.next(packet);
    level.interrupt();
    expect(level.next(packet)).toBeUndefined();
  });

  it.each([
    ["SILK", 1 << 3],
    ["hybrid", 15 << 3],
    ["10 ms", 30 << 3],
    ["stereo", (31 << 3) | 4],
    ["two frames", (31 << 3) | 1],
  ])("is not told by packets of another kind: %s", (_name, toc) => {
    const level = new CeltLevel();
    for (let times = 0; times < 20; times += 1)
      expect(level.next(Uint8Array.of(toc, 1, 2, 3))).toBeUndefined();
  });

  it("is a number whatever the bytes are", () => {
    const level = new CeltLevel();
    const random = seededRandom(5);
    for (let times = 0; times < 5000; times += 1) {
      const packet = Uint8Array.from({ length: 1 + Math.floor(40 * random()) }, () => 256 * random());
      packet[0] = (16 + 4 * (times & 3) + 3) << 3;
      const found = level.next(packet);
      if (found !== undefined) expect(found).toBeGreaterThanOrEqual(fromDbov(-127));
    }
  });
});
