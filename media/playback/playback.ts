// Something that can be heard: a prompt, a tone, music, a list of them. The mixer pulls one frame a tick.

import type { PlayItem } from "../protocol.ts";

export interface Playback {
  /**
   * Fills `frame` with the next samples (signed 16 bit, at the rate the playback was made for) and pads the
   * last frame with zeros. Returns false, leaving the frame silent, once everything has been heard.
   * Never allocates.
   */
  read(frame: Int16Array): boolean;
  /** Resolves once the clips that pass are open, so that their files may be removed. Absent: there are none. */
  readonly opened?: Promise<void>;
}

/** Makes playbacks for a rate, without waiting for a disk: what is read from one is silence until it is there. */
export interface PlaybackFactory {
  create(items: readonly PlayItem[], options: PlaybackOptions): Playback;
}

export interface PlaybackOptions {
  /** Samples a second: 8000, 16000 or 48000. */
  readonly rate: number;
  /** BCP 47, with fallback to what is installed. */
  readonly language: string;
  readonly loop: boolean;
}
