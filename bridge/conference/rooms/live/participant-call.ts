// The call of a participant, as the room uses it: the identity of the caller or callee, and the methods that the room calls.
import type { Sentence } from "#conference/speech";
import type { ReasonCode } from "../policy/reason-codes.ts";
import type { Finding } from "../records/finding.ts";

/** Why a room sends a participant away, as a SIP status and text. */
export interface Dismissal {
  readonly status: number;
  readonly text: string;
  readonly code: ReasonCode;
  /** The sentence that is played before the call ends; undefined: it ends at once. */
  readonly words?: Sentence;
}

export const endedByHost: Dismissal = {
  status: 200,
  text: "Ended by the host",
  code: "ENDED_BY_HOST",
  words: "over",
};

/** Why a participant could not go to another room, as a SIP status and text. */
export interface MoveFailure {
  readonly status: number;
  readonly text: string;
}

/** How the call is connected at this moment. */
export interface CallConnection {
  readonly transport: string;
  readonly codecs: readonly string[];
  /** The volume at which the participant hears the room, dB. */
  readonly volume: number;
  /** The findings about the connection, the worst first. */
  readonly findings: readonly Finding[];
}

export interface ParticipantCall {
  readonly displayName: string;
  readonly number: string;
  /** Tells apart callers with the same number from different origins. */
  readonly source: string;
  /** The address from which the call comes; for a call that the bridge makes, the number that it calls. */
  readonly address: string;
  /** The trunk by which it came: one trunk carries the calls of many callers. */
  readonly trunk: string | undefined;
  readonly connection?: CallConnection;
  /** Plays a sentence to this participant alone. */
  tell?(sentence: Sentence): void;
  /** Called when the participant has become the only one inside, or no longer is. */
  aloneChanged?(alone: boolean): void;
  /** Called when the room's data about the participant have changed. */
  participantChanged?(): void;
  /** Called when the room has got a picture or lost it; renegotiates the call in the background. */
  followPicture?(): Promise<void>;
  /** Ends the call in the background, after the participant has left. Called at most once. */
  dismiss(dismissal: Dismissal): void;
}
