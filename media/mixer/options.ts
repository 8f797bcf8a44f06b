// What an engine is given, and what stands in for what it is not.
import type { Clock, Logger } from "#common";
import type { GcFigures, Precedence, TickerOptions } from "../clock/index.ts";
import type { NotificationSink, ResumedIdentity, SoundOptions } from "../leg/index.ts";
import type { PlaybackFactory } from "../playback/index.ts";
import type { VideoLimits } from "../protocol.ts";
import type { ClipFiles, WritingThread, WritingThreadListener } from "../record/index.ts";
import type { PortPool, SocketFactory } from "../rtp/index.ts";
import type { SrtpCrypto } from "../srtp/index.ts";
import type { Compositor, CompositorListener } from "../video/canvas/index.ts";
import type { DtlsIdentity } from "../webrtc/index.ts";
import type { LoadMeterOptions } from "./load-meter.ts";

export interface EngineOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly ports: PortPool;
  readonly playback: PlaybackFactory;
  readonly notify: NotificationSink;
  /** Opens a leg's sockets; UDP by default. */
  readonly openSocket?: SocketFactory;
  /** Opens the sockets of video that has its own; as those of audio by default. */
  readonly openVideoSocket?: SocketFactory;
  /** Reads those of video that are not read as packets come. */
  readonly pollVideoSockets?: () => void;
  /** What SRTP is computed by; node:crypto by default. */
  readonly srtpCrypto?: SrtpCrypto;
  /** Our certificate in DTLS; none by default, and legs that need one fail. */
  readonly dtlsIdentity?: DtlsIdentity | undefined;
  /** Reads the sockets, where the event loop does not: called before each tick. */
  readonly pollSockets?: () => void;
  /** What the ticker sleeps by, where the event loop does not read the sockets. */
  readonly sleep?: TickerOptions["sleep"];
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
  /** What measures the load; the thread and the machine by default. */
  readonly load?: Pick<LoadMeterOptions, "threadMs" | "machine">;
  /** Starts what composes the pictures of rooms; without, no room has one. */
  readonly startCompositor?: (listener: CompositorListener) => Compositor;
  /** Rooms have less of their pictures while the machine is near its limit; by default they have all. */
  readonly videoGuard?: boolean;
  /** How many legs may be among the quiet ones at once; the others go the ordinary way. */
  readonly maxQuietLegs?: number;
  /** Starts the thread that writes recordings; tests replace it. */
  readonly startWritingThread?: (listener: WritingThreadListener) => WritingThread;
}

/** What a leg is made with besides its name and address. */
export interface CreateLegOptions {
  /** It replaces a leg that is on hold. */
  readonly held?: boolean;
  /** It takes up a leg of another process: its ports, if they can be bound, and what names its streams. */
  readonly place?: ResumedIdentity;
  /** It may have video: of that size at most, and with so many pairs of ports of its own. */
  readonly video?: { readonly limits: VideoLimits; readonly pairs: number } | undefined;
}

export interface LegPlayOptions {
  readonly language: string;
  readonly loop: boolean;
}

export const unprocessed: SoundOptions = { agc: false, noiseGate: false };
export const noGc: GcFigures = { pauses: 0, totalMs: 0, takeLongestMs: () => 0 };
export const noPrecedence: Precedence = { active: false };
