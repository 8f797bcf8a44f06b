// An answered call as plain data for the next process. Unanswered calls are kept by the SIP stack alone, as their INVITE.
import type { LegId } from "#common";
import type { ParticipantSnapshot } from "#conference/rooms";
import type { CallEntry } from "#services/call-records";
import type { Cause, SessionSnapshot } from "#sip";
import type { RemoteParty } from "./call-line.ts";
import type { CallState } from "./call-state.ts";
import type { LegRequest } from "./leg-request.ts";

/** How an answered call joins its room. Stored in the live state under the name `way`. */
export interface JoinSettings {
  /** For a leg on another worker. */
  readonly request: Omit<LegRequest, "offer">;
  /** The callee is let in after pressing 1. */
  readonly confirm: boolean;
  /** The participant may be asked for their name. */
  readonly introduces: boolean;
}

export function joinSettingsOf(
  { offer: _, ...request }: LegRequest,
  how: Omit<JoinSettings, "request">,
): JoinSettings {
  return { request, ...how };
}

/** A call that a room has sent away, while the farewell is heard. */
export interface Leaving {
  readonly cause: Cause;
  /** The state before. */
  readonly from: CallState;
}

export interface ResumableCall {
  readonly entry: ReturnType<CallEntry["snapshot"]>;
  readonly party: RemoteParty;
  readonly session: SessionSnapshot;
  readonly leg: LegId;
  readonly way: JoinSettings;
  readonly state: CallState;
  readonly codec: string | null;
  /** The listening volume, dB. */
  readonly listenDb: number;
  /** Absent in the lobby. */
  readonly participant?: ParticipantSnapshot;
  /** Set: the call only has to be ended. */
  readonly leaving?: Leaving;
}
