// What the assembler asks of a payload format. It is given payloads that have come and never sees a packet.
import type { VideoFrame } from "../types.ts";

/** What the payloads of one timestamp were. */
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

export interface Depacketizer {
  /** Two packets that begin a frame are of two frames, even when nothing else says so. */
  readonly startsAreCertain: boolean;
  /** A picture begins with this payload, as far as can be seen. Not empty. */
  startsFrame(payload: Uint8Array): boolean;
  /** A payload of a frame that is given up: what it has for later ones is kept. */
  learn(payload: Uint8Array): void;
  /** The payloads of one frame, all of them, in order; empty ones are passed over. */
  depacketize(payloads: readonly Uint8Array[]): Depacketized;
}
