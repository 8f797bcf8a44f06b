// The options of a leg: its environment, its volumes, and a play.
import type { Clock, LegId } from "#common";
import type { Notification, NotificationName, VideoLimits } from "../protocol.ts";
import type { PortPool, SocketFactory } from "../rtp/index.ts";
import type { LocalEnd } from "../sdp/index.ts";
import type { SrtpCrypto } from "../srtp/index.ts";
import type { LegVideoListener } from "../video/stream/index.ts";
import type { DtlsIdentity } from "../webrtc/index.ts";
import type { PlaySource } from "./play-source.ts";
import type { QuietLegs } from "./quiet-legs.ts";
import type { Totals } from "./totals.ts";

/** Receives the notifications of a leg. */
export type NotificationSink = <Name extends NotificationName>(name: Name, data: Notification<Name>) => void;

export interface LegOptions {
  readonly id: LegId;
  readonly bindAddress: string;
  readonly clock: Clock;
  readonly ports: PortPool;
  readonly openSocket: SocketFactory;
  readonly srtpCrypto: SrtpCrypto;
  /** Our DTLS certificate; undefined: no DTLS. */
  readonly dtlsIdentity: DtlsIdentity | undefined;
  readonly tickMs: number;
  readonly totals: Totals;
  readonly quietLegs: QuietLegs;
  readonly notify: NotificationSink;
  readonly random: () => number;
  /** The default processing of voices, which a leg may override. */
  readonly sound: SoundOptions;
  /** Absent: the leg cannot have video. */
  readonly video?: LegVideoTerms | undefined;
  /** Set when the leg continues one of another process: the ports that it wants, and the names of its streams. */
  readonly place?: ResumedIdentity | undefined;
  /** The leg that this one replaces was on hold: while the far end only sends, it sends music on hold. */
  readonly held?: boolean;
}

export type ResumedIdentity = Pick<LocalEnd, "port" | "stream" | "video">;

export interface LegVideoTerms {
  /** The limits of video in both directions. */
  readonly limits: VideoLimits;
  /** The number of media lines that have their own ports from the beginning. */
  readonly pairs: number;
  readonly listener: LegVideoListener;
  /** Opens the sockets of media lines that are not bundled with the audio. Default: as those of the audio. */
  readonly openSocket?: SocketFactory | undefined;
}

export interface SoundOptions {
  /** Automatic gain: brings voices to a common level. */
  readonly agc: boolean;
  /** Lowers the noise between words. */
  readonly noiseGate: boolean;
}

/** The volumes of a leg in both directions, dB; absent fields are not changed. */
export interface LegVolume {
  readonly listenDb?: number;
  readonly speakDb?: number;
  readonly agc?: boolean;
}

/** A play to a leg; `id` is the number in the command. */
export interface LegPlay {
  readonly id: number;
  readonly source: PlaySource;
  /** Music, which pauses while something plays to the room. */
  readonly background: boolean;
}
