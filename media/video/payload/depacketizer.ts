// What the assembler asks of a payload format. It is given payloads that have come and never sees a packet.
import type { VideoFrame } from "../types.ts";

/** The result for the payloads of one timestamp. */
export type Depacketized =
  /** A picture. */
  | { readonly frame: Omit<VideoFrame, "timestamp"> }
  /** Nothing to show, and nothing wrong: parameter sets alone. */
  | "no picture"
  /** Against the payload format. */
  | "malformed"
  /** Packets of the interleaved mode, which is never agreed (RFC 6184 §6.4). */
  | "unsupported"
  /** A key frame whose parameter sets have never come. */
  | "no parameter sets";

/**
 * Where decoding may begin: at a key frame; also where a sender without key frames says that its pictures are whole some time later
 * (H.264's recovery point, ITU-T H.264 §D.2.8); or at any picture, of which what is missing is made up until it has been refreshed.
 */
export type DecodingStart = "key" | "recovery" | "any";

export interface Depacketizer {
  /** Payloads against the format that were understood all the same. */
  readonly mended: number;
  /** Two packets that begin a frame are of two frames, even when nothing else says so. */
  readonly startsAreCertain: boolean;
  /** A picture begins with this payload, as far as can be seen. Not empty. */
  startsFrame(payload: Uint8Array): boolean;
  /** Nothing of what this payload carries follows in the next, as far as it says. A frame does not end otherwise for its marker alone. */
  endsUnit(payload: Uint8Array): boolean;
  /** A payload of a frame that is given up: what it has for later ones is kept. */
  learn(payload: Uint8Array): void;
  /** The payloads of one frame, all of them, in order; empty ones are passed over. One at which decoding may begin is a key frame. */
  depacketize(payloads: readonly Uint8Array[], start: DecodingStart): Depacketized;
}
