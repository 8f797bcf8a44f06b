import { describe, expect, it } from "vitest";
import { wavFile } from "#media/files";
import type { PlayItem } from "#media/protocol";
import { fallbackNotes } from "../../../../media/playback/fallback.ts";
import { activeLevelDbov } from "../../../../media/playback/loudness.ts";
import { namedTones, renderNotes } from "../../../../media/playback/tones.ts";
import { amplitudeAt, padded, player, put, sine, useFolder } from "../support/prompt-files.ts";

useFolder();

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

  it("ring for a second in every five", async () => {
    const turn: PlayItem = { kind: "tone", name: "ringback" };
    const heard = await player().hear([turn, turn]);
    const level = (from: number) => amplitudeAt(heard.slice(from * 8000, (from + 0.5) * 8000), 425, 8000);
    expect(level(0.25)).toBeGreaterThan(4000);
    expect([1.5, 3, 4.4].map(level).every((amplitude) => amplitude < 1)).toBe(true);
    expect(level(5.25)).toBeGreaterThan(4000);
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
  it("plays its items one after the other, in frames, the last one padded", async () => {
    const heard = await player().hear([
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

  it("plays another piece of music each time, softer than speech, or two soft notes without any", async () => {
    put("moh/a.wav", wavFile(sine(500, 8000, 1, 20_000), 8000));
    put("moh/b.wav", wavFile(sine(900, 8000, 1, 20_000), 8000));
    const { hear } = player();
    const [first, second] = [await hear([{ kind: "music" }]), await hear([{ kind: "music" }])];
    expect(amplitudeAt(first, 500, 8000)).toBeGreaterThan(10 * amplitudeAt(first, 900, 8000));
    expect(amplitudeAt(second, 900, 8000)).toBeGreaterThan(10 * amplitudeAt(second, 500, 8000));
    expect(activeLevelDbov(first, 8000)).toBeCloseTo(-26, 1);
    expect(await player({ music: "none" }).hear([{ kind: "music" }])).toHaveLength(5000 * 8);
  });
});
