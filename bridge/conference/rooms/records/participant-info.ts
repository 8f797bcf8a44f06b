// A participant as events and every API show them.
import type { MemberId, ParticipantId } from "#common";
import type { Finding } from "./finding.ts";
import type { Role } from "./options.ts";
import type { Permissions } from "./permissions.ts";

/** A participant is shown as `joined`; the event that says that they went has `left`. */
export const shownStates = ["joined", "left"] as const;
export const muteReasons = ["self", "host", "room", "floor"] as const;

export type ShownState = (typeof shownStates)[number];
export type MuteReason = (typeof muteReasons)[number];

export const qualityClasses = ["good", "fair", "poor"] as const;
export type QualityClass = (typeof qualityClasses)[number];

/** The pictures of a participant's camera (received) and those that they are sent, at present. Counters are of the whole call. */
export interface VideoQuality {
  /** Null while nothing comes, or goes. */
  readonly receivedCodec: string | null;
  /** Pixels; 0 before the first picture. */
  readonly receivedWidth: number;
  readonly receivedHeight: number;
  readonly receivedKbps: number;
  readonly receivedLossPercent: number;
  /** Pictures of the camera that could not be used, since the call began; and why the last one that was damaged itself could not. */
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
  /** How long what comes from the phone waits here until it is heard. */
  readonly delayMs: number;
  /** Of what is heard from the phone: the share that is made up for lost packets. Since the call began: cut out or put in, and clipped. */
  readonly concealedPercent: number;
  readonly correctedMs: number;
  readonly clippedMs: number;
  /** How loud it is now: 0 is the loudest square wave. */
  readonly levelDbov: number;
  /** What the phone reports of the stream that it hears; null where it reports nothing. */
  readonly remoteMos: number | null;
  readonly remoteLossPercent: number | null;
  readonly remoteJitterMs: number | null;
  /** Packets that this machine has refused to send since the call began, and why the last one: the system's name for it. */
  readonly packetsUnsent: number;
  readonly unsentReason: string | null;
  /** The participant's phone sends back what it hears. */
  readonly echo: boolean;
  /** Null: no video is agreed on. */
  readonly video: VideoQuality | null;
}

/** The pictures that a participant sends at this moment, seen by the others or not. */
export interface ParticipantVideo {
  readonly camera: boolean;
  readonly screen: boolean;
  /** Pictures of one of them are not decoded any more: the process that decodes has ended over them twice. */
  readonly refused: boolean;
}

/** Who a participant is to the others. */
export interface Identity {
  readonly displayName: string;
  readonly number: string;
}

/** At one moment. */
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
  /** By which SIP reaches them: UDP, TCP …; null when it is not known. */
  readonly transport: string | null;
  /** What is spoken with them; empty until the first figures of their leg. */
  readonly codecs: readonly string[];
  /** The suite of SRTP that their media are encrypted by; null: they pass in the clear. */
  readonly mediaEncryption: string | null;
  /** How loud they hear the room, dB; 0: as it is. */
  readonly volume: number;
  /** The client's own id of them; null for those who came by phone. */
  readonly externalUserId: string | null;
  /** Whom the room has known in advance; null for all others. */
  readonly memberId: MemberId | null;
  readonly permissions: Permissions;
  /** Null for the first seconds. */
  readonly quality: ParticipantQuality | null;
  /** What is wrong with their call at present, the worst first. */
  readonly findings: readonly Finding[];
}

/** A participant who is inside, with their cell in the picture. */
export interface PlacedParticipant extends ParticipantInfo {
  /** The cell that they are pinned to, or that the layout has given them at this moment; −1: none. */
  readonly cell: number;
}
