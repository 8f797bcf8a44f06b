// The messages between the mixing thread and the writing thread of a media worker.
import type { RecordingId } from "#common";
import type { RecordedPicture, RecordingFormat } from "./encoding.ts";
import type { SharedRing } from "./ring.ts";

/** Of the frames in the ring. The mix keeps the time; voices have numbers above it. */
export const mixTrack = 0;
/** Frames before a change of the mix's rate: input for the resampling filters, not written to the file. */
export const preparationTrack = -1;

const endReasons = ["finished", "no-space", "write-failed"] as const;

/** How a recording came to its end. */
export interface Ending {
  readonly reason: (typeof endReasons)[number];
  /** In words, when it failed. */
  readonly message: string;
  /** Frames of 20 ms in its files, and how many of them had to be replaced by silence. */
  readonly frames: number;
  readonly missing: number;
}

export interface Order {
  /** Without the extension; tracks of their own get another part before it. */
  readonly path: string;
  readonly format: RecordingFormat;
  readonly rate: number;
  /** Of MP3, and of the audio in MP4. */
  readonly kbps: number;
  /** It goes on with the recording of a process that died, of which something is in another file. */
  readonly further?: boolean | undefined;
}

/** Pictures that the writing thread has taken, in the memory of both threads. */
export type PicturesConsumed = Int32Array<SharedArrayBuffer>;

export type ToThread =
  | {
      readonly kind: "start";
      readonly recording: RecordingId;
      readonly order: Order;
      readonly ring: SharedRing;
      readonly picturesTaken: PicturesConsumed;
    }
  | { readonly kind: "picture"; readonly recording: RecordingId; readonly picture: RecordedPicture }
  /** Frames of this track belong to this name. */
  | {
      readonly kind: "track";
      readonly recording: RecordingId;
      readonly track: number;
      readonly name: string;
    }
  | { readonly kind: "finish"; readonly recording: RecordingId }
  /** Finish everything, then end the thread. */
  | { readonly kind: "close" };

export type FromThread =
  | { readonly kind: "started"; readonly recording: RecordingId }
  | { readonly kind: "ended"; readonly recording: RecordingId; readonly ending: Ending };

/** Of a recording whose writing thread has died. */
export const endingOfThread = (reason: string): Ending => ({
  reason: "write-failed",
  message: reason,
  frames: 0,
  missing: 0,
});
