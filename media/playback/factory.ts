// Makes playbacks of what the controller asks for: prompts from the packs or their notes, named tones, silence,
// music on hold. Nothing here waits for a disk: what is in memory is heard at once, everything else is looked for, opened and
// decoded while its place in the playback is silent. Reading a playback is a copy.
//
//   item ── in memory? ──▶ track
//            └ no ─▶ late section ── job of the disk: find, open ──▶ track, or what takes its place
import { join } from "node:path";
import { type Clock, type Logger, unreachable } from "#common";
import type { PlayItem } from "../protocol.ts";
import { Disk } from "./disk.ts";
import { fallbackNotes, musicFallback } from "./fallback.ts";
import type { FileSource } from "./files.ts";
import { LateSection } from "./late-section.ts";
import { type DiskJob, TrackLibrary, type TrackLibraryOptions, type TrackRequest } from "./library.ts";
import { MusicFolder } from "./music.ts";
import { isPromptName, PromptPacks } from "./pack.ts";
import type { Playback, PlaybackFactory, PlaybackOptions } from "./playback.ts";
import { Playlist, type Section } from "./playlist.ts";
import { type Note, namedTones, renderNotes } from "./tones.ts";

export interface PromptPlayerOptions extends TrackLibraryOptions {
  readonly clock: Clock;
  readonly promptsPath: string;
  readonly musicPath: string;
  /** The bridge's own recordings; none when undefined. */
  readonly clipsPath?: string | undefined;
  /** The system's by default. */
  readonly files?: FileSource;
}

type Clip = Extract<PlayItem, { readonly kind: "clip" }>;

/** For the file of a section that is not in memory. */
interface Search {
  readonly disk: Disk;
  /** A job of the disk. Undefined: there is nothing. */
  readonly find: (job: DiskJob) => Promise<Section | undefined>;
  /** What takes the place of nothing, and of what is not found in time. */
  readonly otherwise: () => Section;
  /** For the log, when the disk fails. */
  readonly told: Readonly<Record<string, string>>;
}

/** As loud as speech on a good line. */
const promptDbov = -20;
/** Under speech: it is heard for long. */
const musicDbov = -26;
const maxRendered = 500;
const noSamples = new Int16Array(0);

export class PromptPlayer implements PlaybackFactory {
  readonly #log: Logger;
  readonly #library: TrackLibrary;
  readonly #packs: PromptPacks;
  readonly #music: MusicFolder;
  readonly #clipsPath: string | undefined;
  /** They may lie on different disks: one that hangs holds up nothing of the others. */
  readonly #disks: { readonly prompts: Disk; readonly music: Disk; readonly clips: Disk };
  readonly #rendered = new Map<string, Section>();
  readonly #reported = new Set<string>();
  #nextMusic = 0;

  constructor(options: PromptPlayerOptions) {
    this.#log = options.log;
    this.#library = new TrackLibrary(options);
    this.#packs = new PromptPacks(options.promptsPath);
    this.#music = new MusicFolder(options.musicPath);
    this.#clipsPath = options.clipsPath;
    this.#disks = { prompts: new Disk(options), music: new Disk(options), clips: new Disk(options) };
  }

  /**
   * Reads what folders there are, and decodes a prompt: the first decoding costs as much as fifty later ones. Resolves also
   * when the disk has not answered; what it could not tell is then asked for later.
   */
  async prepare(): Promise<void> {
    void this.#disks.music.ask((files) => this.#music.pieces(files));
    const section = this.#prompt("conf-getpin", "en", 8000);
    if (section instanceof LateSection) await section.found;
    if (this.#packs.areMissing) {
      this.#log.warn({ path: this.#packs.root }, "no prompt packs found: tones take the place of prompts");
    }
  }

  create(items: readonly PlayItem[], options: PlaybackOptions): Playback {
    const sections = items.map((item) => this.#section(item, options));
    const opening = sections.flatMap((section, index) =>
      section instanceof LateSection && isPassing(items[index]) ? [section.found] : [],
    );
    if (opening.length === 0) return new Playlist(sections, options);
    return new Playlist(sections, { ...options, opened: Promise.all(opening).then(() => {}) });
  }

  /** Resolves when nothing of it is read any more. */
  async close(): Promise<void> {
    this.#library.close();
    await Promise.all(Object.values(this.#disks).map((disk) => disk.idle()));
  }

  #section(item: PlayItem, { rate, language }: PlaybackOptions): Section {
    switch (item.kind) {
      case "prompt":
        return this.#prompt(item.name, language, rate);
      case "tone":
        return this.#notes(`tone ${item.name}`, namedTones[item.name], rate);
      case "silence":
        return silence(item.durationMs, rate);
      case "clip":
        return this.#clip(item, rate);
      case "music":
        return this.#nextPiece(rate);
      default:
        return unreachable(item);
    }
  }

  #prompt(name: string, language: string, rate: number): Section {
    const request = (path: string): TrackRequest => ({ path, rate, wantedDbov: promptDbov });
    const known = this.#packs.known(name, language);
    const track = known === undefined ? undefined : this.#library.known(request(known));
    if (track) return track;
    return this.#later({
      disk: this.#disks.prompts,
      find: async (job) => {
        const path = await this.#packs.locate(name, language, job.files);
        if (path !== undefined) return this.#library.open(request(path), job);
        this.#reportMissing(name, language);
        return undefined;
      },
      otherwise: () => this.#notes(name, fallbackNotes(name), rate),
      told: { prompt: name, language },
    });
  }

  /** Once each. Where no pack is installed that is no news. */
  #reportMissing(name: string, language: string): void {
    if (this.#packs.areMissing || this.#reported.has(name) || this.#reported.size >= maxRendered) return;
    this.#reported.add(name);
    this.#log.warn({ prompt: name, language }, "no prompt pack has this prompt: a tone takes its place");
  }

  /** Looked for each time: clips come and go. */
  #clip({ name, passing = false }: Clip, rate: number): Section {
    if (this.#clipsPath === undefined || !isPromptName(name)) return silence(0, rate);
    const path = join(this.#clipsPath, `${name}.wav`);
    const request: TrackRequest = { path, rate, wantedDbov: promptDbov };
    return this.#later({
      disk: this.#disks.clips,
      find: async (job) => {
        if (!(await job.files.isFile(path))) return undefined;
        return passing ? this.#library.openOnce(request, job) : this.#library.open(request, job);
      },
      otherwise: () => silence(0, rate),
      told: { clip: name },
    });
  }

  /** Each call begins with the next file. */
  #nextPiece(rate: number): Section {
    const turn = this.#nextMusic;
    this.#nextMusic += 1;
    const pieceOf = (pieces: readonly string[]): TrackRequest | undefined => {
      const path = pieces[turn % pieces.length];
      return path === undefined ? undefined : { path, rate, wantedDbov: musicDbov };
    };
    const known = this.#music.known && pieceOf(this.#music.known);
    const track = known && this.#library.known(known);
    if (track) return track;
    return this.#later({
      disk: this.#disks.music,
      find: async (job) => {
        const piece = pieceOf(await this.#music.pieces(job.files));
        return piece && this.#library.open(piece, job);
      },
      otherwise: () => this.#notes("music", musicFallback, rate),
      told: { path: this.#music.path },
    });
  }

  #later({ disk, find, otherwise, told }: Search): LateSection {
    const finding = disk.ask((files) => find({ disk, files }));
    return new LateSection(
      finding.then((found) => {
        if (!found.ok) this.#log.warn({ ...told, reason: found.error }, "an audio file is not played");
        return (found.ok ? found.value : undefined) ?? otherwise();
      }),
    );
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

const isPassing = (item: PlayItem | undefined): boolean => item?.kind === "clip" && item.passing === true;
