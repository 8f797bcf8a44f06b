// The common interface for joining the parts of a recording in each format.
import type { PartFile } from "./files.ts";

/** The position of a part in the recording: milliseconds of MP4, bytes of sound of the other formats. */
export interface Span {
  /** The length of the mix without the part; 0: nothing in that can be played. */
  readonly from: number;
  /** The length of the mix with the part. */
  readonly until: number;
}

/** How the files of a format are joined. A part that was joined is removed. */
export interface Joiner {
  /** In the unit of a span; 0: the file is missing, or nothing in it can be played. */
  length(path: string): Promise<number>;
  /**
   * Joins a part to a track at `from`, and extends the track to `until`; `like`: a file of the same encoding. `part` undefined: the
   * participant has no track in this part.
   */
  joinTrack(first: string, part: PartFile | undefined, at: Span & { readonly like: string }): Promise<void>;
  joinMix(first: string, part: PartFile, span: Span): Promise<void>;
  /**
   * For a part that was being joined to the mix when the process ended: true when the mix contains it. False: the mix is as it was
   * before, and the part can be joined again.
   */
  wasJoined(first: string, part: PartFile & { readonly joinedAt: number }): Promise<boolean>;
}
