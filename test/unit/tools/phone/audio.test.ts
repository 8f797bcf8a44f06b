import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { wavFile } from "#media/files";
import { describeAudio } from "../../../../tools/phone/hearing.ts";
import { keyTones } from "../../../../tools/phone/keys.ts";
import { readSpeech, WavRecorder } from "../../../../tools/phone/wav.ts";
import { readWav } from "../../../interop/wav.ts";
import { heardTones, levelDbov, sines, snrDb } from "../../../support/tones.ts";

describe("what the phone says that it hears", () => {
  it("is the frequency and level of a tone", () => {
    expect(describeAudio(sines([{ frequency: 443, levelDbov: -20 }], 8000))).toBe(
      "tone of 443 Hz, -20.0 dBov",
    );
    expect(describeAudio(sines([{ frequency: 1900, levelDbov: -41 }], 1600))).toBe(
      "tone of 1900 Hz, -41.0 dBov",
    );
  });

  it("is sound where there is no single tone", () => {
    const chord = [440, 1040, 1720].map((frequency) => ({ frequency, levelDbov: -20 }));

    expect(describeAudio(sines(chord, 8000))).toMatch(/^sound, -15\.\d dBov$/);
  });

  it("is silence, or no packets at all", () => {
    expect(describeAudio(new Int16Array(8000))).toBe("silence");
    expect(describeAudio(new Int16Array(0))).toBe("no packets");
  });
});

describe("what the phone plays", () => {
  it.each([8000, 16_000, 44_100, 48_000, 4000])("has the same tone when the file is of %i Hz", (rate) => {
    const file = wavFile(sines([{ frequency: 440, levelDbov: -20 }], rate, 0, rate), rate);
    const speech = readSpeech(file);

    expect(Math.abs(speech.length - 8000)).toBeLessThanOrEqual(1);
    expect(levelDbov(speech)).toBeCloseTo(-20, 0);
    expect(snrDb(speech, 440)).toBeGreaterThan(20);
  });

  it("is the mean of the channels", () => {
    const stereo = wavFile(
      Int16Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? 1000 : 3000)),
      8000,
    );
    stereo.writeUInt16LE(2, 22);

    expect([...new Set(readSpeech(stereo))]).toEqual([2000]);
  });

  it("is refused when it is not 16-bit PCM", () => {
    const alaw = wavFile(new Int16Array(80), 8000);
    alaw.writeUInt16LE(6, 20);

    expect(() => readSpeech(alaw)).toThrow("16-bit PCM");
    expect(() => readSpeech(Buffer.from("an MP3, perhaps"))).toThrow("no WAV");
  });

  it("of a key is its two tones", () => {
    const one = keyTones("1").subarray(0, 800);

    expect(heardTones(one, [697, 770, 1209, 1336], -40).map(({ frequency }) => frequency)).toEqual([
      697, 1209,
    ]);
  });
});

it("what the phone heard is a WAV file of that length", () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-phone-"));
  try {
    const path = join(folder, "heard.wav");
    writeFileSync(path, "something older and longer".repeat(100));
    const heard = sines([{ frequency: 440, levelDbov: -20 }], 320);
    const recorder = new WavRecorder(path);
    recorder.write(heard.subarray(0, 160));
    recorder.write(heard.subarray(160));
    recorder.close();
    const file = readFileSync(path);

    expect(file).toEqual(wavFile(heard, 8000));
    expect(readWav(file).samples).toEqual(heard);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
