// Makes playbacks of what the controller asks for: prompts from the packs or their notes, named tones, silence,
// music on hold. Work is done here, at the start of a playback, so that reading it is a copy.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Logger, unreachable } from "#common";
import type { PlayItem } from "../protocol.ts";
import { fallbackNotes, musicFallback } from "./fallback.ts";
import { TrackLibrary, type TrackLibraryOptions } from "./library.ts";
import { audioExtensions, findPacks, isFile, isPromptName, type PromptPacks } from "./pack.ts";
import type { Playback, PlaybackFactory, PlaybackOptions } from "./playback.ts";
import { Playlist, type Section } from "./playlist.ts";
import { type Note, namedTones, renderNotes } from "./tones.ts";
import { Track } from "./track.ts";

export interface PromptPlayerOptions extends TrackLibraryOptions {
  readonly promptsPath: string;
  readonly musicPath: string;
  /** The bridge's own recordings; none when undefined. */
  readonly clipsPath?: string | undefined;
}

type Clip = Extract<PlayItem, { readonly kind: "clip" }>;

/** As loud as speech on a good line. */
const promptDbov = -20;
/** Under speech: it is heard for long. */
const musicDbov = -26;
const maxMusicFiles = 100;
const maxRendered = 500;
const noSamples = new Int16Array(0);

export class PromptPlayer implements PlaybackFactory {
  readonly #packs: PromptPacks;
  readonly #library: TrackLibrary;
  readonly #clipsPath: string | undefined;
  readonly #log: Logger;
  readonly #music: readonly string[];
  readonly #rendered = new Map<string, Section>();
  readonly #reported = new Set<string>();
  #nextMusic = 0;

  constructor(options: PromptPlayerOptions) {
    this.#log = options.log;
    this.#clipsPath = options.clipsPath;
    this.#packs = findPacks(options.promptsPath);
    this.#library = new TrackLibrary(options);
    this.#music = findMusic(options.musicPath);
    if (this.#packs.folders.length === 0) {
      this.#log.warn({ path: options.promptsPath }, "no prompt packs found: tones take the place of prompts");
    }
  }

  create(items: readonly PlayItem[], options: PlaybackOptions): Playback {
    const sections = items.map((item) => this.#section(item, options));
    // The first words are there at once; what follows is decoded while they are heard.
    const first = sections[0];
    if (first instanceof Track && first.ready === 0) first.advance();
    return new Playlist(sections, options.loop);
  }

  close(): void {
    this.#library.close();
  }

  #section(item: PlayItem, { rate, language }: PlaybackOptions): Section {
    switch (item.kind) {
      case "prompt":
        return (
          this.#prompt(item.name, language, rate) ?? this.#notes(item.name, fallbackNotes(item.name), rate)
        );
      case "tone":
        return this.#notes(`tone ${item.name}`, namedTones[item.name], rate);
      case "silence":
        return silence(item.durationMs, rate);
      case "clip":
        return this.#clip(item, rate) ?? silence(0, rate);
      case "music":
        return this.#nextPiece(rate) ?? this.#notes("music", musicFallback, rate);
      default:
        return unreachable(item);
    }
  }

  #prompt(name: string, language: string, rate: number): Section | undefined {
    const file = this.#packs.locate(name, language);
    if (file !== undefined) return this.#library.open(file, rate, promptDbov);
    if (this.#packs.folders.length > 0 && !this.#reported.has(name) && this.#reported.size < maxRendered) {
      this.#reported.add(name);
      this.#log.warn({ prompt: name, language }, "no prompt pack has this prompt: a tone takes its place");
    }
    return undefined;
  }

  #clip({ name, passing = false }: Clip, rate: number): Section | undefined {
    if (this.#clipsPath === undefined || !isPromptName(name)) return undefined;
    const file = join(this.#clipsPath, `${name}.wav`);
    if (!isFile(file)) return undefined;
    return passing
      ? this.#library.openOnce(file, rate, promptDbov)
      : this.#library.open(file, rate, promptDbov);
  }

  /** Each call begins with the next file. */
  #nextPiece(rate: number): Section | undefined {
    const file = this.#music[this.#nextMusic % this.#music.length];
    this.#nextMusic += 1;
    return file === undefined ? undefined : this.#library.open(file, rate, musicDbov);
  }

  #notes(key: string, notes: readonly Note[], rate: number): Section {
    const known = this.#rendered.get(`${rate} ${key}`);
    if (known) return known;
    const pcm = renderNotes(notes, rate);
    const section = { pcm, ready: pcm.length, length: pcm.length };
    if (this.#rendered.size < maxRendered) this.#rendered.set(`${rate} ${key}`, section);
    return section;
  }
}

function silence(durationMs: number, rate: number): Section {
  const length = Math.round((durationMs * rate) / 1000);
  return { pcm: noSamples, ready: length, length };
}

function findMusic(path: string): string[] {
  try {
    return readdirSync(path)
      .filter((name) => audioExtensions.some((extension) => name.endsWith(extension)))
      .sort()
      .slice(0, maxMusicFiles)
      .map((name) => join(path, name));
  } catch {
    return [];
  }
}
