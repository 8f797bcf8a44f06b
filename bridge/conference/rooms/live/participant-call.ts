// The call of a participant, as the room sees it: who calls or is called, and what the room asks of the call.
import type { Sentence } from "#conference/speech";
import type { ReasonCode } from "../policy/reason-codes.ts";
import type { Finding } from "../records/finding.ts";

/** Why a room sends a participant away, in the words of SIP. */
export interface Dismissal {
  readonly status: number;
  readonly text: string;
  readonly code: ReasonCode;
  /** What the participant hears before the call ends; undefined: it ends at once. */
  readonly words?: Sentence;
}

export const endedByHost: Dismissal = {
  status: 200,
  text: "Ended by the host",
  code: "ENDED_BY_HOST",
  words: "over",
};

/** Why a participant could not go to another room, in the words of SIP. */
export interface MoveFailure {
  readonly status: number;
  readonly text: string;
}

/** How the call is connected at this moment. */
export interface CallConnection {
  readonly transport: string;
  readonly codecs: readonly string[];
  /** Of what the participant hears, dB. */
  readonly volume: number;
  /** What is wrong with it, the worst first. */
  readonly findings: readonly Finding[];
}

export interface ParticipantCall {
  readonly displayName: string;
  readonly number: string;
  /** Differs between callers of one number who come from different places. */
  readonly source: string;
  /** Where the call comes from; for a call of ours, the number that we call. */
  readonly address: string;
  /** The trunk that it came by: many people call through it. */
  readonly trunk: string | undefined;
  readonly connection?: CallConnection;
  /** For this participant alone. */
  tell?(sentence: Sentence): void;
  /** The participant is alone inside, or is not any more. */
  aloneChanged?(alone: boolean): void;
  /** What the room knows of them has changed. */
  participantChanged?(): void;
  /** The room has a picture now, or has none any more. In the background. */
  followPicture?(): Promise<void>;
  /** The participant is gone; ends the call in the background. Called at most once. */
  dismiss(dismissal: Dismissal): void;
}
