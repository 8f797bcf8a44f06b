// The data of a participant as events and every API show them.
import type { MemberId, ParticipantId } from "#common";
import type { Finding } from "./finding.ts";
import type { Role } from "./options.ts";
import type { Permissions } from "./permissions.ts";

/** A participant is shown as `joined`, and as `left` in the event of leaving. */
export const shownStates = ["joined", "left"] as const;
export const muteReasons = ["self", "host", "room", "floor"] as const;

export type ShownState = (typeof shownStates)[number];
export type MuteReason = (typeof muteReasons)[number];

export const qualityClasses = ["good", "fair", "poor"] as const;
export type QualityClass = (typeof qualityClasses)[number];

/** The pictures of a participant's camera (received) and those that they are sent, at present. Counters are of the whole call. */
export interface VideoQuality {
  /** Null while no video is received, or sent. */
  readonly receivedCodec: string | null;
  /** Pixels; 0 before the first picture. */
  readonly receivedWidth: number;
  readonly receivedHeight: number;
  readonly receivedKbps: number;
  readonly receivedLossPercent: number;
  /** Pictures of the camera that could not be used, since the call began, and the fault of the last damaged one. */
  readonly framesDropped: number;
  readonly dropReason: string | null;
  readonly sentCodec: string | null;
  readonly sentWidth: number;
  readonly sentHeight: number;
  readonly sentKbps: number;
  /** As the phone reports it; null where it reports nothing. */
  readonly sentLossPercent: number | null;
  /** To the phone, and by it. */
  readonly keyFrameRequestsSent: number;
  readonly keyFrameRequestsReceived: number;
}

/** How good a connection is at present: the worse of its two directions. Null: not measured yet. */
export interface ParticipantQuality {
  /** Opinion score by the E-model, 1 … 4.5. */
  readonly mos: number | null;
  readonly lossPercent: number;
  readonly jitterMs: number;
  readonly roundTripMs: number | null;
  /** How long audio from the phone waits in the bridge until it is mixed. */
  readonly delayMs: number;
  /** The share of the phone's audio that conceals lost packets; since the call began: audio cut out or inserted, and clipped. */
  readonly concealedPercent: number;
  readonly correctedMs: number;
  readonly clippedMs: number;
  /** The present level of the audio: 0 is the loudest square wave. */
  readonly levelDbov: number;
  /** The phone's report about the stream that it receives; null where it reports nothing. */
  readonly remoteMos: number | null;
  readonly remoteLossPercent: number | null;
  readonly remoteJitterMs: number | null;
  /** Packets that this machine has refused to send since the call began, and the system's error code of the last one. */
  readonly packetsUnsent: number;
  readonly unsentReason: string | null;
  /** The participant's phone sends back what it hears. */
  readonly echo: boolean;
  /** Null: no video is negotiated. */
  readonly video: VideoQuality | null;
}

/** The pictures that a participant sends at this moment, seen by the others or not. */
export interface ParticipantVideo {
  readonly camera: boolean;
  readonly screen: boolean;
  /** Pictures of one of them are not decoded any more: the process that decodes has ended over them twice. */
  readonly refused: boolean;
}

/** The name and number that other participants see. */
export interface Identity {
  readonly displayName: string;
  readonly number: string;
}

/** The state of a participant at one moment. */
export interface ParticipantInfo {
  readonly id: ParticipantId;
  readonly displayName: string;
  readonly number: string;
  readonly role: Role;
  readonly chairman: boolean;
  readonly muted: boolean;
  readonly muteReasons: readonly MuteReason[];
  readonly talking: boolean;
  /** Their phone has put the conference on hold: they hear nothing and are not heard. */
  readonly held: boolean;
  /** They ask for the floor. */
  readonly handRaised: boolean;
  /** The cell of the picture that they are pinned to; −1: hidden, or not pinned. */
  readonly position: number;
  /** The cell they are pinned to, −1: they are hidden; null: the layout places them. */
  readonly pinnedTo: number | null;
  readonly video: ParticipantVideo;
  readonly joinedAt: string;
  readonly leftAt: string | null;
  readonly state: ShownState;
  /** The transport of SIP: UDP, TCP …; null when it is not known. */
  readonly transport: string | null;
  /** The codecs in use; empty until the first figures of their leg. */
  readonly codecs: readonly string[];
  /** The SRTP suite that encrypts their media; null: the media are not encrypted. */
  readonly mediaEncryption: string | null;
  /** The volume at which they hear the room, dB; 0: unchanged. */
  readonly volume: number;
  /** The id that the client's own system has for them; null for callers who came by phone. */
  readonly externalUserId: string | null;
  /** The id of the member of the room; null for participants who are no members. */
  readonly memberId: MemberId | null;
  readonly permissions: Permissions;
  /** Null until the first measurement, some seconds after joining. */
  readonly quality: ParticipantQuality | null;
  /** The present findings about their call, the worst first. */
  readonly findings: readonly Finding[];
}

/** A participant who is inside, with their cell in the picture. */
export interface PlacedParticipant extends ParticipantInfo {
  /** The cell that they are pinned to, or that the layout has given them at this moment; −1: none. */
  readonly cell: number;
}
