// Sources that say they are silent, by SILK's flags or by an audio level: when they are believed, and for how long they can lie.
import { Application, createEncoder, Signal } from "libopus-wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { createDecoder, prepareOpus } from "../../../../media/codec/index.ts";
import { fromDbov, meanSquare, toDbov } from "../../../../media/dsp/index.ts";
import { Tone } from "../support/tones.ts";

const samples = 960;
const voice = () => new Tone(500, 6000, 48_000);
const silence = 127;
/** Packets, 20 ms each, that a lie may last. */
const longestLie = 25;

type Encode = (pcm: Int16Array) => Uint8Array;

/** `application`: packets of CELT alone, or of SILK, whose flags tell of a voice. */
async function encoder(application: keyof typeof Application): Promise<Encode> {
  const signal = application === "Voip" ? Signal.Voice : Signal.Music;
  const handle = await createEncoder({
    ...{ channels: 1, application: Application[application], signal },
    bitrate: application === "Voip" ? 20_000 : 48_000,
  });
  return (pcm) => Uint8Array.from(handle.encode(pcm));
}

/** The faint noise of a room. */
const noise = (seed: number) =>
  Int16Array.from({ length: samples }, (_, index) => (((index + seed) * 2_654_435_761) >>> 28) - 8);

beforeAll(async () => {
  for (let times = 0; times < 4; times += 1) await prepareOpus();
});

function decode(payloads: readonly Uint8Array[], levelOf: (index: number) => number | undefined) {
  const decoder = createDecoder("opus");
  const frames = payloads.map((payload, index) => {
    const pcm = new Int16Array(samples);
    expect(decoder.decode(payload, pcm, levelOf(index))).toBe(samples);
    return pcm;
  });
  return { frames, decoder };
}

const isRest = (frame: Int16Array) => frame.every((sample) => sample === 0);
const loudnessOf = (frame: Int16Array) => toDbov(meanSquare(frame));

describe("packets of CELT alone", () => {
  it("are not decoded while their audio levels say silence", async () => {
    const encode = await encoder("RestrictedLowDelay");
    const payloads = Array.from({ length: 200 }, (_, index) => encode(noise(index)));
    const { frames } = decode(payloads, () => 70);
    expect(frames.slice(11).every(isRest)).toBe(true);
    expect(
      decode(payloads, () => undefined)
        .frames.slice(11)
        .some(isRest),
    ).toBe(false);
    expect(
      decode(payloads, () => 50)
        .frames.slice(11)
        .some(isRest),
    ).toBe(false);
  });

  it("are as they would have been from the first that has a voice", async () => {
    const encode = await encoder("RestrictedLowDelay");
    const tone = voice();
    const quiet = 120;
    const payloads = Array.from({ length: quiet + 20 }, (_, index) =>
      encode(index < quiet ? noise(index) : tone.next(samples)),
    );
    const { frames } = decode(payloads, (index) => (index < quiet ? 70 : 15));
    const { frames: whole } = decode(payloads, () => undefined);
    expect(isRest(frames[quiet - 1]!)).toBe(true);
    for (let index = quiet; index < payloads.length; index += 1) {
      const errors = whole[index]!.map((sample, at) => sample - frames[index]![at]!);
      expect(loudnessOf(errors) - loudnessOf(whole[index]!)).toBeLessThan(-20);
    }
  });

  it("that say silence and hold a voice are heard after half a second, and ever after", async () => {
    const encode = await encoder("RestrictedLowDelay");
    const tone = voice();
    const [quiet, loud] = [100, 100];
    const payloads = Array.from({ length: 2 * (quiet + loud) }, (_, index) =>
      encode(index % (quiet + loud) < quiet ? noise(index) : tone.next(samples)),
    );
    const { frames, decoder } = decode(payloads, () => silence);
    const first = frames.findIndex((frame) => loudnessOf(frame) > -30);
    expect(first).toBeGreaterThanOrEqual(quiet);
    expect(first).toBeLessThan(quiet + longestLie);
    expect(frames.slice(first).some(isRest)).toBe(false);
    expect(frames.slice(first, quiet + loud).every((frame) => loudnessOf(frame) > -30)).toBe(true);
    expect(frames.slice(2 * quiet + loud + 1).every((frame) => loudnessOf(frame) > -30)).toBe(true);
    expect(decoder.wrongLevels).toBe(1);
  });

  it("that say silence from their first word on are heard from it", async () => {
    const encode = await encoder("RestrictedLowDelay");
    const tone = voice();
    const payloads = Array.from({ length: 50 }, () => encode(tone.next(samples)));
    const { frames, decoder } = decode(payloads, () => silence);
    expect(frames.slice(1).every((frame) => loudnessOf(frame) > -30)).toBe(true);
    expect(decoder.wrongLevels).toBe(1);
  });

  it("that say they are loud are measured all the same", async () => {
    const encode = await encoder("RestrictedLowDelay");
    const payloads = Array.from({ length: 50 }, (_, index) => encode(noise(index)));
    const decoder = createDecoder("opus");
    const { meter } = decoder;
    meter!.begin();
    for (const payload of payloads) {
      const level = meter!.level(payload, 0, payload.length, fromDbov(-54), 0);
      expect(level).toBeLessThan(fromDbov(-54));
    }
    expect(decoder.wrongLevels).toBe(0);
  });
});

describe("packets of SILK", () => {
  it("whose flags deny the voice that is in them are heard after half a second", async () => {
    const encode = await encoder("Voip");
    const tone = voice();
    const quiet = 100;
    const payloads = Array.from({ length: quiet + 100 }, (_, index) =>
      encode(index < quiet ? new Int16Array(samples) : tone.next(samples)),
    );
    for (const payload of payloads) payload[1]! &= 0x3f;
    const { frames, decoder } = decode(payloads, () => undefined);
    expect(isRest(frames[quiet - 1]!)).toBe(true);
    const first = frames.findIndex((frame, index) => index >= quiet && !isRest(frame));
    expect(first).toBeLessThan(quiet + longestLie + 1);
    expect(decoder.wrongLevels).toBe(0);
  });
});

it("a level is measured without decoding what is believed to be silent", async () => {
  const encode = await encoder("RestrictedLowDelay");
  const decoder = createDecoder("opus");
  const { meter } = decoder;
  meter!.begin();
  const levels = Array.from({ length: 40 }, (_, index) => {
    const payload = encode(noise(index));
    return meter!.level(payload, 0, payload.length, fromDbov(-54), 70);
  });
  expect(levels.slice(0, 5).every((level) => level > 0)).toBe(true);
  expect(levels.slice(11).every((level) => level === 0)).toBe(true);
});
