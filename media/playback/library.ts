// Decoded files, shared by all that play them: the most recently used ones within a bound of memory.
// Decoding goes on in the background, one slice a turn of the event loop, each file in its turn.
import type { Logger } from "#common";
import { openAudioFile } from "./decode.ts";
import { Track } from "./track.ts";

export interface TrackLibraryOptions {
  readonly log: Logger;
  /** Runs the job soon, after whatever waits now; setImmediate but in tests. */
  readonly defer?: (job: () => void) => void;
  readonly maxBytes?: number;
}

export class TrackLibrary {
  readonly #log: Logger;
  readonly #defer: (job: () => void) => void;
  readonly #maxBytes: number;
  /** In order of use, oldest first. */
  readonly #tracks = new Map<string, Track>();
  readonly #unfinished: Track[] = [];
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

  /** The file at that rate, no louder than `wantedDbov`; undefined when it cannot be used, which is logged. */
  open(path: string, rate: number, wantedDbov: number): Track | undefined {
    if (this.#closed) return undefined;
    const key = `${rate} ${wantedDbov} ${path}`;
    const known = this.#tracks.get(key);
    if (known) {
      this.#tracks.delete(key);
      this.#tracks.set(key, known);
      return known;
    }
    const track = this.openOnce(path, rate, wantedDbov);
    if (!track) return undefined;
    this.#tracks.set(key, track);
    this.#bytes += track.bytes;
    this.#evict(track);
    return track;
  }

  /** The same, for one player: nothing of it stays here. */
  openOnce(path: string, rate: number, wantedDbov: number): Track | undefined {
    if (this.#closed) return undefined;
    const source = openAudioFile(path);
    if (!source.ok) {
      this.#log.warn({ path, reason: source.error }, "an audio file cannot be used");
      return undefined;
    }
    const track = new Track(source.value, rate, wantedDbov);
    this.#unfinished.push(track);
    this.#pump();
    return track;
  }

  /** Stops decoding and lets go of everything. */
  close(): void {
    this.#closed = true;
    for (const track of this.#unfinished.splice(0)) track.close();
    this.#tracks.clear();
    this.#bytes = 0;
  }

  /** Players keep what they hold; it is only no longer found. */
  #evict(newest: Track): void {
    for (const [key, track] of this.#tracks) {
      if (this.#bytes <= this.#maxBytes || track === newest) return;
      this.#tracks.delete(key);
      this.#bytes -= track.bytes;
    }
  }

  #pump(): void {
    if (this.#pumping || this.#unfinished.length === 0) return;
    this.#pumping = true;
    this.#defer(() => {
      this.#pumping = false;
      const track = this.#unfinished.shift();
      track?.advance();
      if (track && !track.complete) this.#unfinished.push(track);
      this.#pump();
    });
  }
}
