// What a leg is made of and told: its environment, how loud it is, what plays to it.
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

/** Takes what a leg tells unasked. */
export type NotificationSink = <Name extends NotificationName>(name: Name, data: Notification<Name>) => void;

export interface LegOptions {
  readonly id: LegId;
  readonly bindAddress: string;
  readonly clock: Clock;
  readonly ports: PortPool;
  readonly openSocket: SocketFactory;
  readonly srtpCrypto: SrtpCrypto;
  /** Undefined: there is no DTLS. */
  readonly dtlsIdentity: DtlsIdentity | undefined;
  readonly tickMs: number;
  readonly totals: Totals;
  readonly quietLegs: QuietLegs;
  readonly notify: NotificationSink;
  readonly random: () => number;
  /** What is done to voices unless a leg is told otherwise. */
  readonly sound: SoundOptions;
  /** It may have video. */
  readonly video?: LegVideoTerms | undefined;
  /** That of a leg of another process that this one takes up: the ports that it wants, and what names its streams. */
  readonly place?: ResumedIdentity | undefined;
  /** The leg before this one was on hold: while the far end only sends, it is its music. */
  readonly held?: boolean;
}

export type ResumedIdentity = Pick<LocalEnd, "port" | "stream" | "video">;

export interface LegVideoTerms {
  /** What it sends, and is sent, at most. */
  readonly limits: VideoLimits;
  /** How many lines have ports of their own from the beginning. */
  readonly pairs: number;
  readonly listener: LegVideoListener;
  /** Opens the sockets of lines that are not bundled with the audio; those of the audio by default. */
  readonly openSocket?: SocketFactory | undefined;
}

export interface SoundOptions {
  /** Automatic gain: brings voices to a common level. */
  readonly agc: boolean;
  /** Lowers the noise between words. */
  readonly noiseGate: boolean;
}

/** How loud a leg hears and is heard, dB; what is absent stays as it is. */
export interface LegVolume {
  readonly listenDb?: number;
  readonly speakDb?: number;
  readonly agc?: boolean;
}

/** Something that plays to a leg; `id` is the command's. */
export interface LegPlay {
  readonly id: number;
  readonly source: PlaySource;
  /** Music, which pauses while something plays to the room. */
  readonly background: boolean;
}
