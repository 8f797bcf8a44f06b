// What calls see of the rooms: a caller comes to a door (`Arrivals`), holds a place there (`Visit`), enters with
// a media leg and leaves. The other way round, the room asks one thing of a caller: to go.

import type { MeetingId, ParticipantId, Result, RoomId } from "#common";
import type { Sentence } from "#conference/speech";
import type { MediaLeg, MediaWorker } from "#media/client";
import type { Admission, Pass, PinVerdict, Refusal } from "../policy/admission.ts";
import type { SpokenName } from "../policy/left-names.ts";
import type { PinGuess } from "../policy/pin-guard.ts";
import type { Identity, Role, Room } from "../records/types.ts";
import type { LobbyPlace } from "./lobby.ts";

/** Why a room sends somebody away, in the words of SIP. */
export interface Dismissal {
  readonly status: number;
  readonly text: string;
  /** What they hear before the line is cut; undefined: cut it at once. */
  readonly words?: Sentence;
}

/** Why somebody could not go to another room, in the words of SIP. */
export interface MoveFailure {
  readonly status: number;
  readonly text: string;
}

/** How a caller is connected, as it is at this moment. */
export interface VisitorConnection {
  readonly transport: string;
  readonly codecs: readonly string[];
  /** How loud they hear, dB. */
  readonly volume: number;
}

/** A caller as the room knows them. */
export interface Visitor {
  readonly displayName: string;
  readonly number: string;
  /** Tells callers of one number apart who come from different places. */
  readonly source: string;
  /** Where the call comes from; for a call of ours, whom we call. */
  readonly address: string;
  /** It came by a trunk: behind one address are many people. */
  readonly trunk: boolean;
  readonly connection?: VisitorConnection;
  /** The room has something to say to this caller alone. */
  tell?(sentence: Sentence): void;
  /** They were alone inside, and are not any more; or are now. */
  accompanied?(accompanied: boolean): void;
  /** Another room expects them: takes them there. They stay where they are when it fails. */
  move?(to: Visit): Promise<Result<void, MoveFailure>>;
  /** The visit is over; end the connection in the background. Called at most once. */
  dismiss(dismissal: Dismissal): void;
}

/** Let in, but not before they have been asked for their name. */
export interface Introduction {
  readonly kind: "introduce";
  readonly pass: Pass;
}

export type EntryResult<Otherwise> =
  | { readonly kind: "entered"; readonly role: Role; readonly alone: boolean }
  | Exclude<Otherwise, { readonly kind: "enter" }>;

/** Of somebody whose right to enter is settled. */
export type Settled = Exclude<Admission, { readonly kind: "ask" }>;

/** Who somebody inside is to the room. */
export interface Standing {
  readonly role: Role;
  readonly chairman: boolean;
}

/** What the participant's own mute key came to; `held`: somebody else's reason holds and nothing changed. */
export type ToggleOutcome = "muted" | "unmuted" | "held";

/** One caller's place in one room, from the door until they are gone. */
export interface Visit {
  /** The participant's id once inside, and the leg's. */
  readonly id: ParticipantId;
  /** As it is now. */
  readonly room: Room;
  /** The one that runs, once somebody is inside. */
  readonly meeting: MeetingId | null;
  /** Where the leg must be made; another one after the room was relocated. */
  readonly worker: MediaWorker;
  /** There is a leg on that worker: the room is bound to it. */
  legMade(): void;
  /** Takes the room to a worker that is not one of these, which have no ports left; false when it must stay. */
  relocate(refused: ReadonlySet<MediaWorker>): boolean;
  /** Participants inside, this one included. */
  readonly present: number;
  /** No place is free for another participant. */
  readonly full: boolean;
  /** Whoever is inside is recorded. */
  readonly recorded: boolean;
  /** To be begun as soon as what is typed could be a PIN; it is weighed when it has its turn, unless the call has ended. */
  beginPin(ended: AbortSignal): PinGuess;
  /** What the door says at this moment. */
  admission(): Admission;
  /** The same, and whom it lets in holds a place in the room from then on, until they are inside or gone. */
  admit(): Admission;
  /** Decides again and, if nothing is in the way, puts the leg into the mix. Never rejects for a lost leg. */
  enter(leg: MediaLeg): Promise<EntryResult<Admission | Introduction>>;
  /** The same with what was typed. */
  enterWithPin(leg: MediaLeg, pin: string, guess: PinGuess): Promise<EntryResult<PinVerdict | Introduction>>;
  /** After an introduction, with the name that was said; undefined: none was. The name is the visit's from then on. */
  enterAs(leg: MediaLeg, name: SpokenName | undefined): Promise<EntryResult<Settled>>;
  /** Resolves when what the door says may have become something else. */
  doorChange(): Promise<void>;
  /** Undefined while not inside. */
  readonly standing: Standing | undefined;
  /** The participant's own key. Rejects when the media worker does not obey. */
  toggleMute(): Promise<ToggleOutcome>;
  /** The participant's own key, too: whether their hand is up now. */
  toggleHand(): boolean;
  /** A key that means nothing to us and may mean something to somebody else. */
  keyPressed(digit: string): void;
  /** Mutes everybody but the chairman and this participant, or nobody; whether they are muted now. */
  toggleMuteOthers(): Promise<boolean>;
  /** Whether the room is locked now. */
  toggleLock(): Promise<boolean>;
  /** Makes a host of the participant when the PIN is a host's. */
  becomeHost(pin: string, guess: PinGuess): Promise<boolean>;
  /** Sends everybody away, this participant too. */
  endMeeting(): Promise<void>;
  /** A transfer behind the caller's PBX: another person is at the phone, in the same place and with the same rights. */
  identify(who: Identity): void;
  /** The caller has gone, inside or not. Synchronous and idempotent; the leg is not touched. */
  leave(reason: string): void;
}

export interface Arrivals {
  /**
   * Looks the room up and holds a place on its worker; refuses with 404 or 503. `from`: their place in the lobby,
   * which is given up when there is such a room.
   */
  arrive(extensionNumber: string, visitor: Visitor, from?: LobbyPlace): Promise<Result<Visit, Refusal>>;
  /** For a caller who has not said yet which room they want. Refuses with 503. */
  standInLobby(visitor: Visitor): Result<LobbyPlace, Refusal>;
  /**
   * A place for somebody whom this room calls itself: no PIN, and no lock in the way. Refuses with 404 or 503.
   */
  bring(room: RoomId, visitor: Visitor): Promise<Result<Visit, Refusal>>;
  /**
   * A place for whoever is to take over from a participant, a transfer: entering asks for no PIN and passes lock and
   * capacity, and the participant's role, chair and mute go over; the old visit is then gone. Refuses with 404 when
   * that participant is not inside.
   */
  succeed(predecessor: Visit, visitor: Visitor): Promise<Result<Visit, Refusal>>;
}
