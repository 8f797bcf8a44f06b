// Sources that say they are silent, by what their packets hold or by an audio level: when they are believed, and for how long they
// can lie.
import { Application, createEncoder, createDecoder as createOpusDecoder, Signal } from "libopus-wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { ClaimedSilence } from "../../../../media/codec/claimed-silence.ts";
import { createDecoder, prepareOpus } from "../../../../media/codec/index.ts";
import { fromDbov, meanSquare, toDbov } from "../../../../media/dsp/index.ts";
import { Tone } from "../support/tones.ts";

const samples = 960;
const nothing = 127;
/** Packets, 20 ms each, that a lie may last: of an audio level, and of what is in a packet. */
const longestLie = 25;
const longestFalseFlags = 250;
const quiet = 100;
const loud = 100;

type Encode = (pcm: Int16Array) => Uint8Array;

/** `stereo`: packets of CELT whose bands are not read. */
type Kind = "CELT" | "SILK" | "stereo";

async function encoder(kind: Kind): Promise<Encode> {
  const channels = kind === "stereo" ? 2 : 1;
  const handle = await createEncoder({
    channels,
    application: Application[kind === "SILK" ? "Voip" : "RestrictedLowDelay"],
    signal: kind === "SILK" ? Signal.Voice : Signal.Music,
    bitrate: kind === "SILK" ? 20_000 : 48_000,
  });
  const spread = (pcm: Int16Array) =>
    Int16Array.from({ length: channels * samples }, (_, at) => pcm[Math.floor(at / channels)]!);
  return (pcm) => Uint8Array.from(handle.encode(spread(pcm)));
}

/** The faint noise of a room; and a voice. */
const noise = (seed: number) =>
  Int16Array.from({ length: samples }, (_, index) => (((index + seed) * 2_654_435_761) >>> 28) - 8);
const voice = () => new Tone(500, 6000, 48_000);

/** Silence, then a voice, as often as they are wanted. */
async function course(kind: Kind, times: number): Promise<readonly Uint8Array[]> {
  const encode = await encoder(kind);
  const tone = voice();
  return Array.from({ length: times * (quiet + loud) }, (_, index) =>
    encode(index % (quiet + loud) < quiet ? noise(index) : tone.next(samples)),
  );
}

beforeAll(async () => {
  for (let times = 0; times < 12; times += 1) await prepareOpus();
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

async function decodeAll(payloads: readonly Uint8Array[]): Promise<Int16Array[]> {
  const decoder = await createOpusDecoder({ channels: 1 });
  return payloads.map((payload) => Int16Array.from(decoder.decode(payload)));
}

const isRest = (frame: Int16Array) => frame.every((sample) => sample === 0);
const isLoud = (frame: Int16Array) => toDbov(meanSquare(frame)) > -30;
const unknown = () => undefined;

describe("packets that hold silence", () => {
  it.each(["CELT", "SILK"] as const)("are not decoded once that is certain (%s)", async (kind) => {
    const encode = await encoder(kind);
    const payloads = Array.from({ length: 200 }, (_, index) => encode(noise(index)));
    const { frames } = decode(payloads, unknown);
    expect(frames.slice(40).every(isRest)).toBe(true);
    expect(isRest(frames[5]!)).toBe(false);
  });

  it.each([
    ["CELT", unknown],
    ["CELT", (index: number) => (index < quiet ? 70 : 15)],
    ["SILK", unknown],
  ] as const)(
    "are followed by the voice that would have followed had they been decoded (%s, %s)",
    async (kind, levelOf) => {
      const payloads = (await course(kind, 1)).slice(0, quiet + 20);
      const whole = await decodeAll(payloads);
      const { frames } = decode(payloads, levelOf);
      expect(isRest(frames[quiet - 1]!)).toBe(true);
      const [errors, sound] = [0, 0].map(() => new Int16Array(20 * samples));
      for (let index = 0; index < 20; index += 1) {
        const [expected, heard] = [whole[quiet + index]!, frames[quiet + index]!];
        sound!.set(expected, index * samples);
        errors!.set(
          expected.map((sample, at) => sample - heard[at]!),
          index * samples,
        );
      }
      expect(toDbov(meanSquare(errors!)) - toDbov(meanSquare(sound!))).toBeLessThan(-20);
    },
  );

  it("by flags alone are decoded every five seconds to see", () => {
    const source = new ClaimedSilence();
    for (let packet = 0; packet < 20; packet += 1) {
      source.next("silent", undefined, undefined);
      source.heard(100);
    }
    expect(source.believed).toBe(true);
    for (let packet = 1; packet < longestFalseFlags; packet += 1) {
      source.next("silent", undefined, undefined);
      expect(source.mustCheck).toBe(false);
    }
    source.next("silent", undefined, undefined);
    expect(source.mustCheck).toBe(true);
    source.heard(fromDbov(-20));
    expect(source).toMatchObject({ believed: false, wrongLevels: 0 });
  });
});

describe("an audio level of silence", () => {
  it("on a voice keeps it from being heard for half a second, and never again", async () => {
    const payloads = await course("stereo", 2);
    const { frames, decoder } = decode(payloads, () => nothing);
    const first = frames.findIndex(isLoud);
    expect(first).toBeGreaterThan(quiet);
    expect(first).toBeLessThan(quiet + longestLie + 1);
    expect(frames.slice(first, quiet + loud).every(isLoud)).toBe(true);
    expect(frames.slice(2 * quiet + loud + 2).every(isLoud)).toBe(true);
    expect(decoder.wrongLevels).toBe(1);
  });

  it("on a voice in CELT, whose bands tell better, keeps nothing of it", async () => {
    const { frames, decoder } = decode(await course("CELT", 2), () => nothing);
    expect(frames.slice(quiet + 1, quiet + loud).every(isLoud)).toBe(true);
    expect(frames.slice(2 * quiet + loud + 1).every(isLoud)).toBe(true);
    expect(decoder.wrongLevels).toBe(1);
  });

  it("from the first word on is not believed", async () => {
    const payloads = (await course("stereo", 1)).slice(quiet);
    const { frames, decoder } = decode(payloads, () => nothing);
    expect(frames.slice(3).every(isLoud)).toBe(true);
    expect(decoder.wrongLevels).toBe(1);
  });

  it("spares decoding where a packet does not tell", async () => {
    const encode = await encoder("stereo");
    const payloads = Array.from({ length: 200 }, (_, index) => encode(noise(index)));
    const restsBy = (levelOf: () => number | undefined) =>
      decode(payloads, levelOf).frames.filter(isRest).length;
    expect(restsBy(() => 67)).toBeGreaterThan(180);
    expect(restsBy(() => 50)).toBe(0);
    expect(restsBy(unknown)).toBe(0);
  });
});

it("an audio level of loudness makes nothing loud", async () => {
  const encode = await encoder("CELT");
  const decoder = createDecoder("opus");
  const { meter } = decoder;
  meter!.begin();
  for (let index = 0; index < 50; index += 1) {
    const payload = encode(noise(index));
    const level = meter!.level(payload, 0, payload.length, fromDbov(-54), 0);
    expect(level).toBeLessThan(fromDbov(-54));
  }
  expect(decoder.wrongLevels).toBe(0);
});

it("a level is measured without decoding what is believed to be silent", async () => {
  const encode = await encoder("CELT");
  const { meter } = createDecoder("opus");
  meter!.begin();
  const levels = Array.from({ length: 40 }, (_, index) => {
    const payload = encode(noise(index));
    return meter!.level(payload, 0, payload.length, fromDbov(-54));
  });
  expect(levels.slice(0, 5).every((level) => level > 0)).toBe(true);
  expect(levels.slice(19).every((level) => level === 0)).toBe(true);
});
