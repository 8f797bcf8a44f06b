// Several things to hear, one after the other, as a single playback.
import type { Playback } from "./playback.ts";

/** Samples that are, or are about to be, there: a finished array or a track still being decoded. */
export interface Section {
  /** Empty for silence. */
  readonly pcm: Int16Array;
  /** Samples that may be read. */
  readonly ready: number;
  /** Samples in all. */
  readonly length: number;
}

export class Playlist implements Playback {
  readonly #sections: readonly Section[];
  readonly #loop: boolean;
  #section = 0;
  #position = 0;

  constructor(sections: readonly Section[], loop: boolean) {
    this.#sections = sections;
    this.#loop = loop;
  }

  /** A section that is not decoded yet is waited for in silence; nothing of it is lost. */
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
