// Disks that answer late, or never: what is heard in the meantime, and that nothing waits for them but the piece itself.
import { beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { wavFile } from "#media/files";
import type { PlayItem } from "#media/protocol";
import { FakeClock, settle } from "#test/support";
import { answerLimitMs } from "../../../../media/playback/disk.ts";
import { fallbackNotes, musicFallback } from "../../../../media/playback/fallback.ts";
import { type Playback, PromptPlayer } from "../../../../media/playback/index.ts";
import { namedTones, renderNotes } from "../../../../media/playback/tones.ts";
import { HeldFiles } from "../support/held-files.ts";
import { prompt, sine } from "../support/prompt-files.ts";

const rate = 8000;
const word = sine(700, rate, 0.5, 1000);
const music: PlayItem = { kind: "music" };
const clip = (name: string, passing = false): PlayItem => ({ kind: "clip", name, passing });
const tone = renderNotes(namedTones.join, rate);

let disk: HeldFiles;
let clock: FakeClock;
let player: PromptPlayer;

beforeEach(() => {
  disk = new HeldFiles();
  clock = new FakeClock();
  const logged = { clock, log: silentLogger, files: disk };
  player = new PromptPlayer({ ...logged, promptsPath: "/sounds", musicPath: "/moh", clipsPath: "/clips" });
  disk.files.set("/sounds/en/word.wav", wavFile(word, rate));
  disk.files.set("/sounds/en/other.wav", wavFile(word, rate));
});

const play = (...items: PlayItem[]): Playback => player.create(items, { rate, language: "en", loop: false });

/** So much of it, at most; the disk may answer in the meantime. Fewer samples: it has ended. */
async function hear(playback: Playback, ticks = 1000): Promise<Int16Array> {
  const frames: number[] = [];
  const frame = new Int16Array(rate / 50);
  for (let tick = 0; tick < ticks && playback.read(frame); tick += 1) {
    frames.push(...frame);
    await settle();
  }
  return Int16Array.from(frames);
}

/** What waits for the disk, and what takes a turn of the event loop each, is done. */
async function settleAll(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await settle();
}

const isSilent = (pcm: Int16Array): boolean => pcm.every((sample) => sample === 0);
const beginsWith = (pcm: Int16Array, start: Int16Array): void => {
  expect(pcm.subarray(0, start.length)).toEqual(start);
};

describe("a disk that answers late", () => {
  it("is waited for in silence; nothing is lost, and the order of the items stays", async () => {
    disk.hangs = true;
    const playback = play({ kind: "tone", name: "join" }, prompt("word"), { kind: "tone", name: "join" });
    const before = await hear(playback, 50);
    beginsWith(before, tone);
    expect(isSilent(before.subarray(tone.length))).toBe(true);
    disk.answerAll();
    await settleAll();
    const after = await hear(playback);
    beginsWith(after, word);
    beginsWith(after.subarray(word.length), tone);
  });

  it("is asked one thing at a time, and not for what is no longer waited for", async () => {
    disk.hangs = true;
    for (let index = 0; index < 20; index += 1) play(prompt("word"), music, clip("one"));
    await settleAll();
    expect(disk.questions.map(({ text }) => text).sort()).toEqual([
      "isFile /clips/one.wav",
      "list /moh",
      "list /sounds",
    ]);
    await clock.run(answerLimitMs);
    const late = play(prompt("other"));
    disk.answerAll();
    await settleAll();
    expect(isSilent(await hear(late))).toBe(false);
  });

  it("may be found later by a worker that began without it", async () => {
    disk.hangs = true;
    const prepared = player.prepare();
    await clock.run(answerLimitMs);
    await prepared;
    disk.answerAll();
    await settleAll();
    const playback = play(prompt("word"));
    await settleAll();
    beginsWith(await hear(playback), word);
  });
});

describe("a disk that never answers", () => {
  beforeEach(() => {
    disk.hangs = true;
  });

  it("costs a prompt its words: after a limit the notes are heard, and the playback ends", async () => {
    const playback = play(prompt("word"));
    expect(isSilent(await hear(playback, 50))).toBe(true);
    await clock.run(answerLimitMs - 1);
    expect(isSilent(await hear(playback, 50))).toBe(true);
    await clock.run(1);
    const notes = renderNotes(fallbackNotes("word"), rate);
    const heard = await hear(playback);
    beginsWith(heard, notes);
    expect(heard.length - notes.length).toBeLessThan(rate / 50);
  });

  it("costs a clip its place, and music its pieces", async () => {
    const [clips, waiting] = [play(clip("one")), play(music)];
    await clock.run(answerLimitMs);
    expect(await hear(clips)).toHaveLength(0);
    beginsWith(await hear(waiting), renderNotes(musicFallback, rate));
  });

  it("holds up nothing of another disk", async () => {
    disk.hangs = false;
    const known = play(prompt("word"));
    await settleAll();
    beginsWith(await hear(known), word);
    disk.hangs = true;
    play(music);
    await settleAll();
    disk.hangs = false;
    const playback = play(prompt("other"));
    await settleAll();
    beginsWith(await hear(playback), word);
    expect(disk.questions).toHaveLength(1);
  });

  it("is not needed for a prompt or a piece that is in memory", async () => {
    disk.hangs = false;
    disk.files.set("/moh/one.wav", wavFile(word, rate));
    await hear(play(prompt("word"), music));
    await settleAll();
    disk.hangs = true;
    const playback = play(prompt("word"), music);
    beginsWith(await hear(playback), word);
    expect(disk.questions).toHaveLength(0);
  });

  it("in the middle of a file ends it where it broke off; the next player asks again", async () => {
    disk.hangs = false;
    const long = sine(700, rate, 3, 1000);
    disk.files.set("/sounds/en/long.wav", wavFile(long, rate));
    const playback = play(prompt("long"));
    // The first slice is fetched; the disk hangs with the second.
    while (!disk.questions.length) {
      await Promise.resolve();
      if (!isSilent(await hear(playback, 1))) disk.hangs = true;
    }
    await clock.run(answerLimitMs);
    await settleAll();
    expect((await hear(playback)).length).toBeLessThan(long.length);
    disk.answerAll();
    await settleAll();
    const again = play(prompt("long"));
    await settleAll();
    beginsWith(await hear(again), long);
  });

  it("keeps the end waiting, which therefore has a limit of its own", async () => {
    play(prompt("word"));
    await settleAll();
    let closed = false;
    const closing = player.close().then(() => {
      closed = true;
    });
    await settleAll();
    expect(closed).toBe(false);
    disk.answerAll();
    await closing;
    expect(clock.pending).toBe(0);
  });
});

describe("a clip", () => {
  it("that was not there a moment ago is found", async () => {
    const early = play(clip("names/one"));
    await settleAll();
    expect(await hear(early)).toHaveLength(0);
    disk.files.set("/clips/names/one.wav", wavFile(word, rate));
    const late = play(clip("names/one"));
    await settleAll();
    beginsWith(await hear(late), word);
  });

  it("that passes may be removed once it is open, and is heard all the same", async () => {
    disk.files.set("/clips/names/one.wav", wavFile(word, rate));
    disk.hangs = true;
    const playback = play(clip("names/one", true), prompt("word"));
    let opened = false;
    void playback.opened?.then(() => {
      opened = true;
    });
    await settleAll();
    expect(opened).toBe(false);
    disk.answerAll();
    await playback.opened;
    disk.files.delete("/clips/names/one.wav");
    await settleAll();
    const heard = await hear(playback);
    beginsWith(heard, word);
    beginsWith(heard.subarray(word.length), word);
  });

  it("that passes and cannot be opened is waited for no longer than the limit", async () => {
    disk.hangs = true;
    const { opened } = play(clip("names/one", true));
    await clock.run(answerLimitMs);
    await opened;
  });

  it("that stays keeps no reply waiting", () => {
    expect(play(clip("welcome"), prompt("word")).opened).toBeUndefined();
  });
});
