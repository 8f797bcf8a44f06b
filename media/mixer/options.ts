// The options of an engine, and their defaults.
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
  /** Opens the sockets of video that is not bundled; as those of audio by default. */
  readonly openVideoSocket?: SocketFactory;
  /** Reads the sockets of video, if the event loop does not. */
  readonly pollVideoSockets?: () => void;
  /** The implementation of SRTP's cryptography; node:crypto by default. */
  readonly srtpCrypto?: SrtpCrypto;
  /** Our DTLS certificate; without one, the default, legs that need DTLS fail. */
  readonly dtlsIdentity?: DtlsIdentity | undefined;
  /** Reads the sockets, if the event loop does not: called before each tick. */
  readonly pollSockets?: () => void;
  /** The ticker's sleep, if the event loop does not read the sockets. */
  readonly sleep?: TickerOptions["sleep"];
  /** 0 … 1, for RTCP's intervals. */
  readonly random?: () => number;
  /** The processing of voices; none by default. */
  readonly sound?: SoundOptions;
  /** The garbage collector's pauses. */
  readonly gc?: GcFigures;
  /** The store of captured clips; without it captures are refused. */
  readonly clips?: ClipFiles | undefined;
  /** Whether the tick has real-time priority. */
  readonly realTime?: Precedence;
  /** The measurements of load; those of the thread and the machine by default. */
  readonly load?: Pick<LoadMeterOptions, "threadMs" | "machine">;
  /** Starts the compositor of rooms' pictures; without it no room has a picture. */
  readonly startCompositor?: (listener: CompositorListener) => Compositor;
  /** Lowers the quality of pictures while the machine is near its limit; false by default. */
  readonly videoGuard?: boolean;
  /** The highest number of quiet legs at once. */
  readonly maxQuietLegs?: number;
  /** Starts the thread that writes recordings; tests replace it. */
  readonly startWritingThread?: (listener: WritingThreadListener) => WritingThread;
}

/** The options of a leg besides its id and address. */
export interface CreateLegOptions {
  /** It replaces a leg that is on hold. */
  readonly held?: boolean;
  /** Set when it continues a leg of another process: the ports, if they can be bound, and the names of its streams. */
  readonly place?: ResumedIdentity;
  /** The leg may have video, within these limits and with so many separate pairs of ports. */
  readonly video?: { readonly limits: VideoLimits; readonly pairs: number } | undefined;
}

export interface LegPlayOptions {
  readonly language: string;
  readonly loop: boolean;
}

export const unprocessed: SoundOptions = { agc: false, noiseGate: false };
export const noGc: GcFigures = { pauses: 0, totalMs: 0, takeLongestMs: () => 0 };
export const noPrecedence: Precedence = { active: false };
