// The common interface for joining the parts of a recording in each format.
import type { PartFile } from "./files.ts";

/** The position of a part in the recording: milliseconds of MP4, bytes of sound of the other formats. */
export interface Span {
  /** The length of the mix without it; 0: nothing of that can be played. */
  readonly from: number;
  /** The length of the mix with it. */
  readonly until: number;
}

/** How the files of a format are joined. A part that was joined is removed. */
export interface Joiner {
  /** In the unit of a span; 0: the file is missing, or nothing in it can be played. */
  length(path: string): Promise<number>;
  /** Makes the track as long as the span; `like`: a file of the same encoding. `part` undefined: the track has nothing of this part. */
  joinTrack(first: string, part: PartFile | undefined, at: Span & { readonly like: string }): Promise<void>;
  joinMix(first: string, part: PartFile, span: Span): Promise<void>;
  /**
   * For a part that was being joined to the mix when the process ended: true when the mix contains it. Otherwise the mix is restored
   * to its state before.
   */
  wasJoined(first: string, part: PartFile & { readonly joinedAt: number }): Promise<boolean>;
}
