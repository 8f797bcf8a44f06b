// Decoded files, shared by all that play them: the most recently used ones within a bound of memory.
// Decoding goes on in the background, one slice a turn of the event loop, each file in its turn; what a slice is made of is
// asked of the disk before.
import type { Logger } from "#common";
import { openAudioFile } from "./decode.ts";
import type { Disk } from "./disk.ts";
import type { FileSource } from "./files.ts";
import { Track } from "./track.ts";

export interface TrackLibraryOptions {
  readonly log: Logger;
  /** Runs the job soon, after whatever waits now; setImmediate but in tests. */
  readonly defer?: (job: () => void) => void;
  readonly maxBytes?: number;
}

export interface TrackRequest {
  readonly path: string;
  readonly rate: number;
  /** It is no louder than this. */
  readonly wantedDbov: number;
}

/** A job of this disk is under way, with these files. */
export interface DiskJob {
  readonly disk: Disk;
  readonly files: FileSource;
}

export class TrackLibrary {
  readonly #log: Logger;
  readonly #defer: (job: () => void) => void;
  readonly #maxBytes: number;
  /** In order of use, oldest first. */
  readonly #tracks = new Map<string, Track>();
  readonly #unfinished = new Set<Track>();
  /** Those whose next slice can be decoded. */
  readonly #waiting: (() => void)[] = [];
  #bytes = 0;
  #pumping = false;
  #closed = false;

  constructor(options: TrackLibraryOptions) {
    this.#log = options.log;
    this.#defer = options.defer ?? setImmediate;
    this.#maxBytes = options.maxBytes ?? 64 * 1024 * 1024;
  }

  /** Bytes of PCM that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What is kept of the file, without asking the disk. */
  known(request: TrackRequest): Track | undefined {
    const key = keyOf(request);
    const track = this.#tracks.get(key);
    if (!track) return undefined;
    this.#tracks.delete(key);
    this.#tracks.set(key, track);
    return track;
  }

  /** The file, kept for the next players; undefined when it cannot be used, which is logged. */
  async open(request: TrackRequest, job: DiskJob): Promise<Track | undefined> {
    const known = this.known(request);
    if (known) return known;
    const track = await this.openOnce(request, job);
    if (!track) return undefined;
    this.#tracks.set(keyOf(request), track);
    this.#bytes += track.bytes;
    this.#evict(track);
    return track;
  }

  /** The same, for one player: nothing of it stays here. */
  async openOnce({ path, rate, wantedDbov }: TrackRequest, job: DiskJob): Promise<Track | undefined> {
    if (this.#closed) return undefined;
    const source = await openAudioFile(path, job.files);
    if (!source.ok) {
      this.#log.warn({ path, reason: source.error }, "an audio file cannot be used");
      return undefined;
    }
    if (this.#closed) {
      source.value.close();
      return undefined;
    }
    const track = new Track(source.value, rate, wantedDbov);
    void this.#decode(track, path, job.disk);
    return track;
  }

  /** Stops decoding and lets go of everything. */
  close(): void {
    this.#closed = true;
    for (const track of this.#unfinished) track.close();
    this.#tracks.clear();
    this.#bytes = 0;
  }

  /** Players keep what they hold; it is only no longer found. */
  #evict(newest: Track): void {
    for (const [key, track] of this.#tracks) {
      if (this.#bytes <= this.#maxBytes || track === newest) return;
      this.#drop(key, track);
    }
  }

  #drop(key: string, track: Track): void {
    this.#tracks.delete(key);
    this.#bytes -= track.bytes;
  }

  /** To the end of the file, or as far as the disk gives it: then the next player asks again. */
  async #decode(track: Track, path: string, disk: Disk): Promise<void> {
    this.#unfinished.add(track);
    while (!track.complete) {
      const fetched = await disk.ask(() => track.fetch());
      await this.#turn();
      if (fetched.ok) track.advance(fetched.value);
      else {
        if (!track.complete) this.#log.warn({ path, reason: fetched.error }, "an audio file broke off");
        track.close();
        for (const [key, each] of this.#tracks) if (each === track) this.#drop(key, track);
      }
    }
    this.#unfinished.delete(track);
    track.close();
  }

  /** Resolves when a slice may be decoded. */
  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#pumping || this.#waiting.length === 0) return;
    this.#pumping = true;
    this.#defer(() => {
      this.#pumping = false;
      this.#waiting.shift()?.();
      this.#pump();
    });
  }
}

const keyOf = ({ path, rate, wantedDbov }: TrackRequest): string => `${rate} ${wantedDbov} ${path}`;
