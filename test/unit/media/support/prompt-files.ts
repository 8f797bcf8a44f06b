// Prompt packs made on the spot: files in a folder of the test's own, WAV and G.722 of pure tones, and a player
// whose background work is done when it is told to.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AV_CHANNEL_LAYOUT_MONO, AV_CODEC_ID_ADPCM_G722, AV_SAMPLE_FMT_S16 } from "node-av/constants";
import { Codec, CodecContext, Frame, Packet } from "node-av/lib";
import { afterEach, beforeEach, expect } from "vitest";
import { silentLogger } from "#common";
import type { PlayItem } from "#media/protocol";
import { FakeClock, settle } from "#test/support";
import { type AudioFile, type FileSource, systemFiles } from "../../../../media/playback/files.ts";
import { PromptPlayer } from "../../../../media/playback/index.ts";

let root = "";

/** Gives each test of the file a folder of its own. */
export function useFolder(): void {
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "parley-prompts-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));
}

export const inFolder = (path: string): string => join(root, path);

export function put(path: string, content: Buffer | string = ""): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), content);
}

export const sine = (hz: number, rate: number, seconds: number, amplitude: number): Int16Array =>
  Int16Array.from({ length: rate * seconds }, (_, n) => amplitude * Math.sin((2 * Math.PI * hz * n) / rate));

export function g722File(pcm: Int16Array): Buffer {
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
export function amplitudeAt(pcm: Int16Array, hz: number, rate: number): number {
  let [re, im] = [0, 0];
  for (let n = 0; n < pcm.length; n += 1) {
    const window = 1 - Math.cos((2 * Math.PI * n) / pcm.length);
    re += (pcm[n] as number) * window * Math.cos((2 * Math.PI * hz * n) / rate);
    im += (pcm[n] as number) * window * Math.sin((2 * Math.PI * hz * n) / rate);
  }
  return (2 * Math.hypot(re, im)) / pcm.length;
}

export const padded = (pcm: Int16Array, frame: number): Int16Array => {
  const result = new Int16Array(Math.ceil(pcm.length / frame) * frame);
  result.set(pcm);
  return result;
};

/** The system's files, and how many answers of theirs are waited for. */
class CountedFiles implements FileSource {
  underWay = 0;

  list = (folder: string) => this.#count(systemFiles.list(folder));
  isFile = (path: string) => this.#count(systemFiles.isFile(path));
  isFolder = (path: string) => this.#count(systemFiles.isFolder(path));

  async open(path: string): Promise<AudioFile> {
    const file = await this.#count(systemFiles.open(path));
    return {
      size: file.size,
      read: (position, bytes) => this.#count(file.read(position, bytes)),
      close: () => file.close(),
    };
  }

  /** Resolves when all that was asked of the disk has been answered, and nothing more is asked. */
  async read(): Promise<void> {
    do await settle();
    while (this.underWay > 0);
  }

  async #count<T>(answer: Promise<T>): Promise<T> {
    this.underWay += 1;
    return answer.finally(() => {
      this.underWay -= 1;
    });
  }
}

/** A player whose background work is done when told to, and what it plays to the end. */
export function player(folders: { prompts?: string; music?: string; clips?: string } = {}) {
  const jobs: (() => void)[] = [];
  const files = new CountedFiles();
  const made = new PromptPlayer({
    ...{ clock: new FakeClock(), log: silentLogger, files },
    ...(folders.clips !== undefined && { clipsPath: join(root, folders.clips) }),
    promptsPath: join(root, folders.prompts ?? "sounds"),
    musicPath: join(root, folders.music ?? "moh"),
    defer: (job) => void jobs.push(job),
  });
  const finishDecoding = async (): Promise<void> => {
    for (await files.read(); jobs.length > 0; await files.read()) jobs.shift()?.();
  };
  const hear = async (items: readonly PlayItem[], rate = 8000, language = "en"): Promise<Int16Array> => {
    const playback = made.create(items, { rate, language, loop: false });
    await finishDecoding();
    const frames: number[] = [];
    const frame = new Int16Array(rate / 50);
    while (playback.read(frame)) frames.push(...frame);
    return Int16Array.from(frames);
  };
  return { player: made, files, jobs, finishDecoding, hear };
}

export const prompt = (name: string): PlayItem => ({ kind: "prompt", name });
