// Several things to hear, one after the other, as a single playback.
import type { Playback } from "./playback.ts";

/** Samples that are, or are about to be, there: a finished array, or a track still being looked for or decoded. */
export interface Section {
  /** Empty for silence. */
  readonly pcm: Int16Array;
  /** Samples that may be read. */
  readonly ready: number;
  /** Samples in all; infinite while that is not known. */
  readonly length: number;
}

export interface PlaylistOptions {
  readonly loop: boolean;
  readonly opened?: Promise<void>;
}

export class Playlist implements Playback {
  readonly opened?: Promise<void>;
  readonly #sections: readonly Section[];
  readonly #loop: boolean;
  #section = 0;
  #position = 0;

  constructor(sections: readonly Section[], { loop, opened }: PlaylistOptions) {
    this.#sections = sections;
    this.#loop = loop;
    if (opened) this.opened = opened;
  }

  /** A section that is not found or decoded yet is waited for in silence; nothing of it is lost. */
  read(frame: Int16Array): boolean {
    let filled = 0;
    let waiting = false;
    while (filled < frame.length && !waiting) {
      const section = this.#current();
      if (!section) break;
      const available = Math.min(section.ready - this.#position, frame.length - filled);
      copy(section.pcm, this.#position, frame, filled, available);
      filled += available;
      this.#position += available;
      waiting = available === 0;
    }
    frame.fill(0, filled);
    return waiting || filled > 0;
  }

  /** The section to read from, past those that have been heard. */
  #current(): Section | undefined {
    for (let tried = 0; tried <= this.#sections.length; tried += 1) {
      if (this.#section >= this.#sections.length) {
        if (!this.#loop) return undefined;
        this.#section = 0;
      }
      const section = this.#sections[this.#section];
      if (section && this.#position < section.length) return section;
      this.#section += 1;
      this.#position = 0;
    }
    return undefined;
  }
}

function copy(pcm: Int16Array, from: number, frame: Int16Array, at: number, count: number): void {
  if (pcm.length === 0) frame.fill(0, at, at + count);
  else for (let index = 0; index < count; index += 1) frame[at + index] = pcm[from + index] as number;
}
