// The events of calls: a number is being called, and a call ended before its party was in a room. For a party that was in a
// room, the rooms emit the events, so that every call has its event.

import type { Emitter, ParticipantId, RoomId } from "#common";
import type { EndedBy } from "#services/call-records";
import type { Cause } from "#sip";
import type { Call } from "./call.ts";

/** The party of a call. */
export interface CallEventData {
  readonly direction: "in" | "out";
  readonly number: string;
  readonly displayName: string;
  readonly dialled: string;
  /** The source of the call; null for a call of ours. */
  readonly address: string | null;
  readonly room: RoomId | undefined;
  /** The participant who had the number called; null: the API, or an inbound call. */
  readonly invitedBy: ParticipantId | null;
}

export interface CallFailureData {
  /** `remote`: the other side refused or gave up. `local`: we did. `failure`: something broke, or nothing answers. */
  readonly endedBy: EndedBy;
  /** The Reason or Warning of a refusal, as written. */
  readonly sipReason: string | null;
  readonly sipCallId: string | null;
  /** The state that the call had reached. */
  readonly state: string;
}

export type CallsEvents = {
  /** A number is being called. */
  dialled: CallEventData;
  /** A provisional status of the callee's side: 180, 183 … */
  progress: CallEventData & { readonly status: number };
  /** The call ended before its party was in a room. */
  failed: CallEventData & Cause & CallFailureData;
};

/** Includes callers who hang up at the PIN prompt, and a call that a transfer replaces before it joined. */
export function emitFailure(call: Call, data: CallEventData, events: Emitter<CallsEvents>): void {
  const emit = () => {
    const { cause, entered } = call;
    if (entered || !cause) return;
    const { status, text, sipReason = null } = cause;
    const { endedBy = "local", sipCallId = null, endedIn: state = "arriving" } = call;
    const failure = { status, text, endedBy, sipReason, sipCallId, state };
    events.emit("failed", { ...data, room: data.room ?? call.roomId, ...failure });
  };
  call.ended.addEventListener("abort", emit, { once: true });
}
