import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { wavFile } from "#media/files";
import { FakeClock, settle } from "#test/support";
import { openAudioFile } from "../../../../media/playback/decode.ts";
import { Disk } from "../../../../media/playback/disk.ts";
import { fallbackNotes } from "../../../../media/playback/fallback.ts";
import { systemFiles } from "../../../../media/playback/files.ts";
import { PromptPlayer } from "../../../../media/playback/index.ts";
import { TrackLibrary } from "../../../../media/playback/library.ts";
import { activeLevelDbov } from "../../../../media/playback/loudness.ts";
import { renderNotes } from "../../../../media/playback/tones.ts";
import {
  amplitudeAt,
  g722File,
  inFolder,
  padded,
  player,
  prompt,
  put,
  sine,
  useFolder,
} from "../support/prompt-files.ts";

useFolder();

describe("playing files", () => {
  it.each([8000, 16_000, 48_000])("plays G.722 at %i Hz: the same tone, the same length", async (rate) => {
    put("sounds/en/beep.g722", g722File(sine(1000, 16_000, 1, 2000)));
    const heard = await player().hear([prompt("beep")], rate);
    expect(heard.length).toBe(rate);
    const level = amplitudeAt(heard.subarray(rate / 10, (rate * 9) / 10), 1000, rate);
    expect(20 * Math.log10(level / 2000)).toBeCloseTo(0, 0);
  });

  it.each([8000, 16_000, 48_000])("plays WAV of %i Hz at 8000", async (rate) => {
    put("sounds/en/tone.wav", wavFile(sine(700, rate, 1, 2000), rate));
    const heard = await player().hear([prompt("tone")]);
    expect(heard.length).toBe(8000);
    expect(amplitudeAt(heard.subarray(800, 7200), 700, 8000) / 2000).toBeCloseTo(1, 1);
  });

  it("is never louder than speech, and leaves quiet prompts alone", async () => {
    put("sounds/en/loud.wav", wavFile(sine(700, 8000, 5, 32_000), 8000));
    put("sounds/en/soft.wav", wavFile(sine(700, 8000, 5, 1000), 8000));
    expect(activeLevelDbov(await player().hear([prompt("loud")]), 8000)).toBeCloseTo(-20, 1);
    expect(activeLevelDbov(await player().hear([prompt("soft")]), 8000)).toBeCloseTo(-33.3, 1);
  });

  it("turns music down when it grows louder after a soft beginning", async () => {
    const soft = sine(500, 8000, 3, 500);
    const music = new Int16Array(8 * 8000);
    music.set(soft);
    music.set(sine(500, 8000, 5, 30_000), soft.length);
    put("moh/growing.wav", wavFile(music, 8000));
    const heard = await player().hear([{ kind: "music" }]);
    expect(heard.subarray(0, 16_000)).toEqual(soft.subarray(0, 16_000));
    expect(activeLevelDbov(heard.subarray(soft.length + 160), 8000)).toBeCloseTo(-26, 0);
  });

  it("measures speech, not the pauses in it", () => {
    const word = sine(700, 8000, 1, 8000);
    const spoken = new Int16Array(5 * 8000);
    spoken.set(word);
    expect(activeLevelDbov(spoken, 8000)).toBeCloseTo(activeLevelDbov(word, 8000), 1);
    expect(activeLevelDbov(new Int16Array(8000), 8000)).toBe(Number.NEGATIVE_INFINITY);
  });

  it("begins at once and decodes the rest of a long file meanwhile", async () => {
    put("sounds/en/long.wav", wavFile(sine(700, 8000, 20, 2000), 8000));
    const { player: made, files, jobs, finishDecoding } = player();
    const playback = made.create([prompt("long")], { rate: 8000, language: "en", loop: false });
    const frame = new Int16Array(160);
    await files.read();
    jobs.shift()?.();
    await files.read();
    for (let tick = 0; tick < 50; tick += 1) expect(playback.read(frame)).toBe(true);
    expect(frame.some((sample) => sample !== 0)).toBe(true);

    expect(playback.read(frame)).toBe(true);
    expect(
      frame.every((sample) => sample === 0),
      "waits in silence for what is not decoded",
    ).toBe(true);
    expect(jobs).toHaveLength(1);
    await finishDecoding();
    let ticks = 0;
    while (playback.read(frame)) ticks += 1;
    expect(ticks, "nothing was lost by waiting").toBe(19 * 50);
  });

  it("cuts a damaged file short and replaces one that is none by notes", async () => {
    const whole = wavFile(sine(700, 8000, 1, 2000), 8000);
    put("sounds/en/cut.wav", whole.subarray(0, 44 + 8000));
    put("sounds/en/beep.wav", "this is not a WAV file");
    expect(await player().hear([prompt("cut")])).toHaveLength(4000);
    expect(await player().hear([prompt("beep")])).toEqual(
      padded(renderNotes(fallbackNotes("beep"), 8000), 160),
    );
  });
});

describe("a WAV file of another format", () => {
  const good = wavFile(new Int16Array(80), 8000);
  const changed = (offset: number, value: number): Buffer => {
    const copy = Buffer.from(good);
    copy.writeUInt16LE(value, offset);
    return copy;
  };

  it.each([
    [changed(20, 7), "not 16-bit PCM"],
    [changed(34, 8), "not 16-bit PCM"],
    [changed(22, 2), "2 channels"],
    [changed(24, 44_100), "44100 Hz"],
    [good.subarray(0, 36), "no samples found"],
    [Buffer.alloc(4), "not a WAV file"],
  ])("is refused for a reason", async (file, reason) => {
    put("other.wav", file);
    expect(await openAudioFile(inFolder("other.wav"), systemFiles)).toEqual({
      ok: false,
      error: expect.stringContaining(reason),
    });
  });
});

describe("memory", () => {
  it("is bounded: the least recently used file is forgotten first", async () => {
    for (const name of ["a", "b", "c"]) put(`${name}.wav`, wavFile(sine(700, 8000, 1, 2000), 8000));
    const library = new TrackLibrary({ log: silentLogger, defer: () => {}, maxBytes: 40_000 });
    const disk = new Disk({ clock: new FakeClock() });
    const open = async (name: string) => {
      const request = { path: inFolder(`${name}.wav`), rate: 8000, wantedDbov: -20 };
      const opened = await disk.ask((files) => library.open(request, { disk, files }));
      return opened.ok ? opened.value : undefined;
    };
    const [a, b] = [await open("a"), await open("b")];
    expect(await open("a")).toBe(a);
    await open("c");
    expect(library.bytes).toBe(32_000);
    expect(await open("a")).toBe(a);
    expect(await open("b")).not.toBe(b);
    library.close();
    expect(library.bytes).toBe(0);
    expect(await open("a")).toBeUndefined();
    await disk.idle();
  });
});

describe.runIf(existsSync("/usr/share/asterisk/sounds/en_US_f_Allison/conf-getpin.g722"))(
  "the distribution's packs",
  () => {
    let real: PromptPlayer;
    beforeAll(() => {
      real = new PromptPlayer({
        ...{ clock: new FakeClock(), log: silentLogger },
        promptsPath: "/usr/share/asterisk/sounds",
        musicPath: "/usr/share/asterisk/moh",
        defer: (job) => job(),
      });
    });
    afterAll(() => real.close());

    it.each(["en", "fr-CA"])("speak %s as loud as speech", async (language) => {
      const playback = real.create([prompt("conf-getpin")], { rate: 8000, language, loop: false });
      const frame = new Int16Array(160);
      const heard: number[] = [];
      while (playback.read(frame)) {
        if (frame.some((sample) => sample !== 0)) heard.push(...frame);
        await settle();
      }
      const pcm = Int16Array.from(heard);
      expect(pcm.length).toBeGreaterThan(8000);
      expect(activeLevelDbov(pcm, 8000)).toBeGreaterThan(-23);
      expect(activeLevelDbov(pcm, 8000)).toBeLessThan(-19);
    });
  },
);
