// What an engine is given, and what stands in for what it is not.
import type { Clock, Logger } from "#common";
import type { GcFigures, Precedence } from "../clock/index.ts";
import type { NotificationSink, SoundOptions } from "../leg/index.ts";
import type { PlaybackFactory } from "../playback/index.ts";
import type { ClipFiles, WritingThread, WritingThreadListener } from "../record/index.ts";
import type { PortPool, SocketFactory } from "../rtp/index.ts";
import type { SrtpCrypto } from "../srtp/index.ts";
import type { DtlsIdentity } from "../webrtc/index.ts";

export interface EngineOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly ports: PortPool;
  readonly playback: PlaybackFactory;
  readonly notify: NotificationSink;
  /** Opens a leg's sockets; UDP by default. */
  readonly openSocket?: SocketFactory;
  /** What SRTP is computed by; node:crypto by default. */
  readonly srtpCrypto?: SrtpCrypto;
  /** Our certificate in DTLS; none by default, and legs that need one fail. */
  readonly dtlsIdentity?: DtlsIdentity | undefined;
  /** Reads the sockets, where the event loop does not: called before each tick. */
  readonly pollSockets?: () => void;
  /** 0 … 1, for RTCP's intervals. */
  readonly random?: () => number;
  /** What is done to voices; nothing by default. */
  readonly sound?: SoundOptions;
  /** Pauses of this process. */
  readonly gc?: GcFigures;
  /** Where captured clips go; without, nothing is captured. */
  readonly clips?: ClipFiles | undefined;
  /** Whether the tick goes before other work of the machine. */
  readonly realTime?: Precedence;
  /** How many legs may be among the quiet ones at once; the others go the ordinary way. */
  readonly mostQuietLegs?: number;
  /** Starts the thread that writes recordings; tests replace it. */
  readonly startWritingThread?: (listener: WritingThreadListener) => WritingThread;
}

export interface LegPlayOptions {
  readonly language: string;
  readonly loop: boolean;
}

export const asItComes: SoundOptions = { agc: false, noiseGate: false };
export const noGc: GcFigures = { pauses: 0, totalMs: 0, takeLongestMs: () => 0 };
export const noPrecedence: Precedence = { active: false };
