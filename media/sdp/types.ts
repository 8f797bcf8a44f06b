// What offer/answer comes to for one leg: the part of SDP that the engine needs, and nothing of its spelling.
import type { AudioCodecName } from "../codec/index.ts";
import type { SrtpKeys } from "../srtp/index.ts";
import type { VideoCodecName, VideoContent, VideoFormat } from "../video/types.ts";
import type { PeerTerms } from "../webrtc/index.ts";

/** What the far end wants of Opus that is sent to it (RFC 7587 §6.1). */
export interface OpusPreferences {
  /** Bits a second; undefined sets no limit. */
  readonly maxAverageBitrate: number | undefined;
  readonly useInbandFec: boolean;
  /** Nothing need be sent during silence. */
  readonly useDtx?: boolean;
}

/** The directions in which media may be sent (RFC 3264 §6.1), seen from the side that writes the description. */
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** Lengths of a packet that we send. */
export type PtimeMs = 10 | 20 | 30 | 40 | 60;

export interface AudioPlan {
  readonly codec: AudioCodecName;
  /** The payload type we send. */
  readonly payloadType: number;
  /** Payload types accepted from the far end, each with its codec: it may switch among what was agreed. */
  readonly receive: ReadonlyMap<number, AudioCodecName>;
  readonly ptimeMs: PtimeMs;
  /** telephone-event (RFC 4733) that belongs to the codec we send; undefined when not agreed. */
  readonly telephoneEvent: number | undefined;
  /** Every payload type by which keys may come, with its clock rate: one for each clock among the codecs. */
  readonly events: ReadonlyMap<number, number>;
  /** When the codec is Opus. */
  readonly opus: OpusPreferences | undefined;
  /** Comfort noise (RFC 3389), payload type 13, when the far end offered it. */
  readonly comfortNoise: number | undefined;
  /**
   * As our side of the description says it. `recvonly` and `inactive`: the far end put us on hold, and what it
   * sends is its music, not speech. `sendonly`: the far end only listens.
   */
  readonly direction: Direction;
  /** Where RTP and RTCP go until latching learns better; address "0.0.0.0" is an old hold. */
  readonly remote: { readonly address: string; readonly port: number; readonly rtcpPort: number };
  readonly rtcpMux: boolean;
  /** By which RTP and RTCP are protected. Absent, as `dtls` is: in the clear. */
  readonly srtp?: SrtpKeys;
  /** They are protected by keys of a DTLS handshake. */
  readonly dtls?: DtlsPlan;
  /** Payload types of our offer that the answer replaced by others: they stay good for receiving (RFC 3264 §5.1). */
  readonly offered?: ReadonlySet<number>;
  /** What was wrong in the description and passed over or put right: lines, and host names that had to be looked up. */
  readonly mended?: { readonly lines: number; readonly names: number };
  /** What the far end's packets say in their header extensions. */
  readonly extensions?: HeaderExtensions;
  /** The far end announced VoIP metrics in RTCP extended reports (RFC 3611 §5). */
  readonly voipMetrics?: boolean;
}

/** Numbers of the header extensions of the far end's packets that are agreed (RFC 8285). */
export interface HeaderExtensions {
  /** RFC 6464. */
  readonly audioLevel?: number;
  /** The packet's number in its transport; the far end is told when each has come. */
  readonly transportSequence?: number;
  /** By what name a packet says that it is of this media description (RFC 9143 §15). */
  readonly mid?: { readonly id: number; readonly name: string };
}

/** DTLS as it was agreed, and ICE where the far end has it. */
export type DtlsPlan = Omit<PeerTerms, "remote" | "sipAddress">;

/** One line of video as it was agreed. */
export interface VideoPlan {
  readonly content: VideoContent;
  /** What we send, and by which payload type. */
  readonly format: VideoFormat;
  readonly payloadType: number;
  /** Payload types accepted from the far end. */
  readonly receive: ReadonlyMap<number, VideoCodecName>;
  /** The far end's parameter sets of H.264 where the description has them (`sprop-parameter-sets`), by payload type; NAL units. */
  readonly parameterSets: ReadonlyMap<number, readonly Uint8Array[]>;
  /** As our side of the description says it. */
  readonly direction: Direction;
  readonly remote: AudioPlan["remote"];
  readonly rtcpMux: boolean;
  readonly srtp?: SrtpKeys;
  /** Its packets go the way of the audio's, by the same transport and keys (RFC 9143). */
  readonly bundled: boolean;
  /** What the far end understands of us in RTCP (RFC 4585 §3.6, RFC 5104). PLI and FIR are always sent where nothing is agreed. */
  readonly feedback: VideoFeedback;
  /** Retransmission as streams of their own (RFC 4588). */
  readonly rtx?: {
    /** By which we send again. */
    readonly payloadType: number;
    /** Theirs, each with the payload type that it repeats. */
    readonly receive: ReadonlyMap<number, number>;
  };
  readonly extensions?: Pick<HeaderExtensions, "transportSequence" | "mid">;
}

export interface VideoFeedback {
  readonly nack: boolean;
  readonly pli: boolean;
  readonly fir: boolean;
  /** `goog-remb`. */
  readonly remb: boolean;
  readonly transportCc: boolean;
}

/** What we say of ourselves in DTLS and ICE: our certificate's fingerprint, and where we are reached, the best first. */
export interface LocalDtls {
  readonly fingerprint: string;
  readonly addresses: readonly string[];
}

/** Our end of a leg: the address to write, which behind NAT is not the one bound, and the ports. */
export interface LocalEnd {
  readonly address: string;
  readonly port: number;
  readonly rtcpPort: number;
  /** Digits; the same for the life of the leg. */
  readonly sessionId: string;
  /** Absent: there is no DTLS. */
  readonly dtls?: LocalDtls;
  /** By which our packets are known, in RTP and in RTCP; absent: they are not announced. */
  readonly stream?: { readonly ssrc: number; readonly cname: string } | undefined;
  /** Where video comes to and by what it is known, the camera's line first and then the screen's; absent: there is none. */
  readonly video?: readonly LocalVideo[];
  /** What the host names in the far end's description stand for here, in lower case; absent: none is known. */
  readonly names?: ReadonlyMap<string, string>;
  /** Our offer puts the far end on hold. */
  readonly hold?: boolean;
}

export interface LocalVideo {
  /** Those of the audio when it is bundled. */
  readonly port: number;
  readonly rtcpPort: number;
  readonly ssrc: number;
  /** Of what is sent again. */
  readonly rtxSsrc: number;
  readonly cname: string;
}
