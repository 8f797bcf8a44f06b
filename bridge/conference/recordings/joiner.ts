// What the formats have in common where the parts of a recording are joined.
import type { PartFile } from "./files.ts";

/** Where a part belongs in the recording: milliseconds of MP4, bytes of sound of the other formats. */
export interface Span {
  /** As long as the mix is without it; 0: nothing of that can be played. */
  readonly from: number;
  /** As long as the mix is with it. */
  readonly until: number;
}

/** How the files of a format are joined. What is joined is removed from its own place. */
export interface Joiner {
  /** In the unit of a span; 0: it is not there, or nothing in it can be played. */
  length(path: string): Promise<number>;
  /** The track is as long as the span afterwards; `like`: a file of the same encoding. Undefined: it has nothing of this part. */
  joinTrack(first: string, part: PartFile | undefined, at: Span & { readonly like: string }): Promise<void>;
  joinMix(first: string, part: PartFile, span: Span): Promise<void>;
  /**
   * A part that was being joined to the mix when the process ended: true when it is in there. Otherwise the mix is afterwards as it was
   * before.
   */
  wasJoined(first: string, part: PartFile & { readonly joinedAt: number }): Promise<boolean>;
}
