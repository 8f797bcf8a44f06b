import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AV_CHANNEL_LAYOUT_MONO, AV_CODEC_ID_ADPCM_G722, AV_SAMPLE_FMT_S16 } from "node-av/constants";
import { Codec, CodecContext, Frame, Packet } from "node-av/lib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import type { PlayItem } from "#media/protocol";
import { fallbackNotes } from "../../../media/prompts/fallback.ts";
import { PromptPlayer } from "../../../media/prompts/index.ts";
import { TrackLibrary } from "../../../media/prompts/library.ts";
import { activeLevelDbov } from "../../../media/prompts/loudness.ts";
import { findPacks } from "../../../media/prompts/pack.ts";
import { namedTones, renderNotes } from "../../../media/prompts/tones.ts";
import { parseWavHead } from "../../../media/prompts/wav.ts";

const sine = (hz: number, rate: number, seconds: number, amplitude: number): Int16Array =>
  Int16Array.from({ length: rate * seconds }, (_, n) => amplitude * Math.sin((2 * Math.PI * hz * n) / rate));

function wavFile(pcm: Int16Array, rate: number, channels = 1): Buffer {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(36 + pcm.byteLength, 4);
  head.write("WAVEfmt ", 8, "latin1");
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2 * channels, 28);
  head.writeUInt16LE(2 * channels, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36, "latin1");
  head.writeUInt32LE(pcm.byteLength, 40);
  return Buffer.concat([head, Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength)]);
}

function g722File(pcm: Int16Array): Buffer {
  const codec = Codec.findEncoder(AV_CODEC_ID_ADPCM_G722);
  if (!codec) throw new Error("no G.722 encoder");
  using context = new CodecContext();
  context.allocContext3(codec);
  context.sampleRate = 16_000;
  context.sampleFormat = AV_SAMPLE_FMT_S16;
  context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
  expect(context.open2Sync(codec)).toBeGreaterThanOrEqual(0);
  using packet = new Packet();
  packet.alloc();
  const parts: Buffer[] = [];
  for (let at = 0; at + 320 <= pcm.length; at += 320) {
    const samples = Buffer.from(pcm.buffer, pcm.byteOffset + 2 * at, 640);
    using frame = Frame.fromAudioBuffer(samples, {
      sampleRate: 16_000,
      format: AV_SAMPLE_FMT_S16,
      channelLayout: AV_CHANNEL_LAYOUT_MONO,
      nbSamples: 320,
    });
    expect(context.sendFrameSync(frame)).toBeGreaterThanOrEqual(0);
    while (context.receivePacketSync(packet) >= 0) {
      parts.push(Buffer.from(packet.data ?? []));
      packet.unref();
    }
  }
  return Buffer.concat(parts);
}

/** Amplitude of one frequency in the middle of the signal. */
function amplitudeAt(pcm: Int16Array, hz: number, rate: number): number {
  let [re, im] = [0, 0];
  for (let n = 0; n < pcm.length; n += 1) {
    const window = 1 - Math.cos((2 * Math.PI * n) / pcm.length);
    re += (pcm[n] as number) * window * Math.cos((2 * Math.PI * hz * n) / rate);
    im += (pcm[n] as number) * window * Math.sin((2 * Math.PI * hz * n) / rate);
  }
  return (2 * Math.hypot(re, im)) / pcm.length;
}

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "parley-prompts-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, content: Buffer | string = ""): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** A player whose background work is done when told to, and what it plays to the end. */
function player(folders: { prompts?: string; music?: string } = {}) {
  const jobs: (() => void)[] = [];
  const made = new PromptPlayer({
    log: silentLogger,
    promptsPath: join(root, folders.prompts ?? "sounds"),
    musicPath: join(root, folders.music ?? "moh"),
    defer: (job) => void jobs.push(job),
  });
  const finishDecoding = (): void => {
    for (let job = jobs.shift(); job; job = jobs.shift()) job();
  };
  const hear = (items: readonly PlayItem[], rate = 8000, language = "en"): Int16Array => {
    const playback = made.create(items, { rate, language, loop: false });
    finishDecoding();
    const frames: number[] = [];
    const frame = new Int16Array(rate / 50);
    while (playback.read(frame)) frames.push(...frame);
    return Int16Array.from(frames);
  };
  return { player: made, jobs, finishDecoding, hear };
}

const prompt = (name: string): PlayItem => ({ kind: "prompt", name });

describe("finding prompts", () => {
  beforeEach(() => {
    for (const folder of ["en_US_f_Allison", "en_GB_m_Tom", "fr_CA_f_June", "es_MX_f_Allison"]) {
      put(`sounds/${folder}/conf-getpin.g722`);
    }
    put("sounds/en_US_f_Allison/digits/3.g722");
    put("sounds/en_GB_m_Tom/conf-full.g722");
    symlinkSync("en_GB_m_Tom", join(root, "sounds/en"));
    put("secret.g722");
  });

  const locate = (name: string, language: string): string | undefined =>
    findPacks(join(root, "sounds"))
      .locate(name, language)
      ?.slice(join(root, "sounds").length + 1);

  it.each([
    ["en", "en/conf-getpin.g722"],
    ["en-US", "en_US_f_Allison/conf-getpin.g722"],
    ["en-AU", "en/conf-getpin.g722"],
    ["fr-CA", "fr_CA_f_June/conf-getpin.g722"],
    ["fr", "fr_CA_f_June/conf-getpin.g722"],
    ["fr-FR", "fr_CA_f_June/conf-getpin.g722"],
    ["FR_ca", "fr_CA_f_June/conf-getpin.g722"],
    ["es-419", "es_MX_f_Allison/conf-getpin.g722"],
    ["de-DE", "en/conf-getpin.g722"],
    ["zh-Hant-TW", "en/conf-getpin.g722"],
    ["", "en/conf-getpin.g722"],
  ])("speaks %s with what is installed", (language, file) => {
    expect(locate("conf-getpin", language)).toBe(file);
  });

  it("falls back to English prompt by prompt", () => {
    expect(locate("digits/3", "fr-CA")).toBe("en_US_f_Allison/digits/3.g722");
    expect(locate("conf-unheard-of", "fr-CA")).toBeUndefined();
  });

  it("prefers a WAV of the administrator's to what the distribution brought", () => {
    put("sounds/fr_CA_f_June/conf-getpin.wav");
    expect(locate("conf-getpin", "fr")).toBe("fr_CA_f_June/conf-getpin.wav");
  });

  it("finds prompts that lie in the root itself", () => {
    put("sounds/welcome.wav");
    expect(locate("welcome", "it")).toBe("welcome.wav");
  });

  it.each([
    "../secret",
    "../../etc/passwd",
    "/etc/passwd",
    "digits//3",
    "digits/../digits/3",
    "Conf-Getpin",
    "",
    "a.b",
  ])("opens nothing for the name %j", (name) => {
    expect(locate(name, "en")).toBeUndefined();
  });

  it("lives without any folder", () => {
    expect(findPacks(join(root, "nowhere")).locate("conf-getpin", "en")).toBeUndefined();
  });
});

describe("playing files", () => {
  it.each([8000, 16_000, 48_000])("plays G.722 at %i Hz: the same tone, the same length", (rate) => {
    put("sounds/en/beep.g722", g722File(sine(1000, 16_000, 1, 2000)));
    const heard = player().hear([prompt("beep")], rate);
    expect(heard.length).toBe(rate);
    const level = amplitudeAt(heard.subarray(rate / 10, (rate * 9) / 10), 1000, rate);
    expect(20 * Math.log10(level / 2000)).toBeCloseTo(0, 0);
  });

  it.each([8000, 16_000, 48_000])("plays WAV of %i Hz at 8000", (rate) => {
    put("sounds/en/tone.wav", wavFile(sine(700, rate, 1, 2000), rate));
    const heard = player().hear([prompt("tone")]);
    expect(heard.length).toBe(8000);
    expect(amplitudeAt(heard.subarray(800, 7200), 700, 8000) / 2000).toBeCloseTo(1, 1);
  });

  it("is never louder than speech, and leaves quiet prompts alone", () => {
    put("sounds/en/loud.wav", wavFile(sine(700, 8000, 5, 32_000), 8000));
    put("sounds/en/soft.wav", wavFile(sine(700, 8000, 5, 1000), 8000));
    expect(activeLevelDbov(player().hear([prompt("loud")]), 8000)).toBeCloseTo(-20, 1);
    expect(activeLevelDbov(player().hear([prompt("soft")]), 8000)).toBeCloseTo(-33.3, 1);
  });

  it("measures speech, not the pauses in it", () => {
    const word = sine(700, 8000, 1, 8000);
    const spoken = new Int16Array(5 * 8000);
    spoken.set(word);
    expect(activeLevelDbov(spoken, 8000)).toBeCloseTo(activeLevelDbov(word, 8000), 1);
    expect(activeLevelDbov(new Int16Array(8000), 8000)).toBe(Number.NEGATIVE_INFINITY);
  });

  it("begins at once and decodes the rest of a long file meanwhile", () => {
    put("sounds/en/long.wav", wavFile(sine(700, 8000, 20, 2000), 8000));
    const { player: made, jobs, finishDecoding } = player();
    const playback = made.create([prompt("long")], { rate: 8000, language: "en", loop: false });
    const frame = new Int16Array(160);
    for (let tick = 0; tick < 100; tick += 1) expect(playback.read(frame)).toBe(true);
    expect(frame.some((sample) => sample !== 0)).toBe(true);

    expect(playback.read(frame)).toBe(true);
    expect(
      frame.every((sample) => sample === 0),
      "waits in silence for what is not decoded",
    ).toBe(true);
    expect(jobs).toHaveLength(1);
    finishDecoding();
    let ticks = 0;
    while (playback.read(frame)) ticks += 1;
    expect(ticks, "nothing was lost by waiting").toBe(18 * 50);
  });

  it("cuts a damaged file short and replaces one that is none by notes", () => {
    const whole = wavFile(sine(700, 8000, 1, 2000), 8000);
    put("sounds/en/cut.wav", whole.subarray(0, 44 + 8000));
    put("sounds/en/beep.wav", "this is not a WAV file");
    expect(player().hear([prompt("cut")]).length).toBe(4000);
    expect(player().hear([prompt("beep")])).toEqual(padded(renderNotes(fallbackNotes("beep"), 8000), 160));
  });
});

const padded = (pcm: Int16Array, frame: number): Int16Array => {
  const result = new Int16Array(Math.ceil(pcm.length / frame) * frame);
  result.set(pcm);
  return result;
};

describe("the head of a WAV file", () => {
  const good = wavFile(new Int16Array(80), 8000);
  const changed = (offset: number, value: number): Buffer => {
    const copy = Buffer.from(good);
    copy.writeUInt16LE(value, offset);
    return copy;
  };

  it("says where the samples are", () => {
    expect(parseWavHead(good)).toEqual({ ok: true, value: { rate: 8000, offset: 44, bytes: 160 } });
  });

  it.each([
    [changed(20, 7), "not 16-bit PCM"],
    [changed(34, 8), "not 16-bit PCM"],
    [changed(22, 2), "2 channels"],
    [changed(24, 44_100), "44100 Hz"],
    [good.subarray(0, 20), "a short format chunk"],
    [good.subarray(0, 36), "no samples found"],
    [Buffer.alloc(4), "not a WAV file"],
    [Buffer.concat([good.subarray(0, 12), good.subarray(36)]), "samples before their format"],
  ])("is refused for a reason", (head, reason) => {
    expect(parseWavHead(head)).toEqual({ ok: false, error: expect.stringContaining(reason) });
  });
});

describe("memory", () => {
  it("is bounded: the least recently used file is forgotten first", () => {
    for (const name of ["a", "b", "c"]) put(`${name}.wav`, wavFile(sine(700, 8000, 1, 2000), 8000));
    const library = new TrackLibrary({ log: silentLogger, defer: () => {}, maxBytes: 40_000 });
    const open = (name: string) => library.open(join(root, `${name}.wav`), 8000, -20);
    const [a, b] = [open("a"), open("b")];
    expect(open("a")).toBe(a);
    open("c");
    expect(library.bytes).toBe(32_000);
    expect(open("a")).toBe(a);
    expect(open("b")).not.toBe(b);
    library.close();
    expect(library.bytes).toBe(0);
    expect(open("a")).toBeUndefined();
  });
});

describe("tones", () => {
  it.each(Object.entries(namedTones))("%s does not click, is as loud as speech and no louder", (_, notes) => {
    const pcm = renderNotes(notes, 48_000);
    let step = 0;
    for (let n = 1; n < pcm.length; n += 1)
      step = Math.max(step, Math.abs((pcm[n] as number) - (pcm[n - 1] as number)));
    expect(pcm[0]).toBe(0);
    expect(pcm.at(-1)).toBe(0);
    expect(step).toBeLessThan(4634 * ((2 * Math.PI * 900) / 48_000) * 1.1);
    expect(activeLevelDbov(pcm, 48_000)).toBeGreaterThan(-22);
    expect(activeLevelDbov(pcm, 48_000)).toBeLessThanOrEqual(-19.9);
  });

  it("tell the prompts that callers must not confuse apart", () => {
    const names = [
      "conf-getpin",
      "conf-getconfno",
      "conf-invalidpin",
      "conf-locked",
      "conf-full",
      "conf-kicked",
    ];
    names.push("conf-muted", "conf-unmuted", "conf-lockednow", "conf-unlockednow", "conf-waitforleader");
    names.push(
      "conf-onlyperson",
      "conf-now-recording",
      "conf-hasjoin",
      "conf-hasleft",
      "vm-goodbye",
      "unheard-of",
    );
    const patterns = names.map((name) => JSON.stringify(fallbackNotes(name)));
    expect(new Set(patterns).size).toBe(names.length);
  });

  it.each([
    [0, 10, 0],
    [3, 3, 0],
    [10, 0, 1],
    [21, 1, 2],
  ])("count to %i", (value, short, long) => {
    const beeps = fallbackNotes(`digits/${value}`).filter(({ hz }) => hz.length > 0);
    expect(beeps.filter(({ ms }) => ms < 200)).toHaveLength(short);
    expect(beeps.filter(({ ms }) => ms >= 200)).toHaveLength(long);
  });
});

describe("a playlist", () => {
  it("plays its items one after the other, in frames, the last one padded", () => {
    const heard = player().hear([
      { kind: "tone", name: "join" },
      { kind: "silence", durationMs: 50 },
      { kind: "tone", name: "leave" },
    ]);
    const tone = renderNotes(namedTones.join, 8000);
    expect(heard.length).toBe(padded(new Int16Array(2 * tone.length + 400), 160).length);
    expect(heard.subarray(0, tone.length)).toEqual(tone);
    expect(heard.subarray(tone.length, tone.length + 400).every((sample) => sample === 0)).toBe(true);
  });

  it("ends for good, leaving the frame silent", () => {
    const playback = player().player.create([{ kind: "silence", durationMs: 20 }], {
      rate: 8000,
      language: "en",
      loop: false,
    });
    const frame = new Int16Array(160).fill(7);
    expect(playback.read(frame)).toBe(true);
    frame.fill(7);
    expect(playback.read(frame)).toBe(false);
    expect(playback.read(frame)).toBe(false);
    expect(frame.every((sample) => sample === 0)).toBe(true);
  });

  it("loops without a gap, and not at all when there is nothing to hear", () => {
    const { player: made } = player();
    const tone = renderNotes(namedTones.join, 8000);
    const looped = made.create([{ kind: "tone", name: "join" }], { rate: 8000, language: "en", loop: true });
    const frame = new Int16Array(2 * tone.length);
    expect(looped.read(frame)).toBe(true);
    expect(frame.subarray(tone.length)).toEqual(tone);
    const empty = made.create([{ kind: "silence", durationMs: 0 }], {
      rate: 8000,
      language: "en",
      loop: true,
    });
    expect(empty.read(frame)).toBe(false);
  });

  it("plays another piece of music each time, softer than speech, or two soft notes without any", () => {
    put("moh/a.wav", wavFile(sine(500, 8000, 1, 20_000), 8000));
    put("moh/b.wav", wavFile(sine(900, 8000, 1, 20_000), 8000));
    const { hear } = player();
    const [first, second] = [hear([{ kind: "music" }]), hear([{ kind: "music" }])];
    expect(amplitudeAt(first, 500, 8000)).toBeGreaterThan(10 * amplitudeAt(first, 900, 8000));
    expect(amplitudeAt(second, 900, 8000)).toBeGreaterThan(10 * amplitudeAt(second, 500, 8000));
    expect(activeLevelDbov(first, 8000)).toBeCloseTo(-26, 1);
    expect(player({ music: "none" }).hear([{ kind: "music" }]).length).toBe(5000 * 8);
  });
});

describe.runIf(existsSync("/usr/share/asterisk/sounds/en/conf-getpin.g722"))(
  "the distribution's packs",
  () => {
    let real: PromptPlayer;
    beforeAll(() => {
      real = new PromptPlayer({
        log: silentLogger,
        promptsPath: "/usr/share/asterisk/sounds",
        musicPath: "/usr/share/asterisk/moh",
        defer: (job) => job(),
      });
    });
    afterAll(() => real.close());

    it.each(["en", "fr-CA"])("speak %s as loud as speech", (language) => {
      const playback = real.create([prompt("conf-getpin")], { rate: 8000, language, loop: false });
      const pcm = new Int16Array(8000 * 10);
      expect(playback.read(pcm)).toBe(true);
      expect(activeLevelDbov(pcm, 8000)).toBeGreaterThan(-23);
      expect(activeLevelDbov(pcm, 8000)).toBeLessThan(-19);
    });
  },
);
