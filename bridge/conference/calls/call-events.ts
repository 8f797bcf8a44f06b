// What calls tell the rest of the bridge: that somebody is being called, and that somebody who called or was called
// never got into a room. What becomes of those who did is the rooms' to tell, so that every call has its event.

import type { Emitter, ParticipantId, RoomId } from "#common";
import type { CallEnder } from "#services/call-records";
import type { Cause } from "#sip";
import type { Call } from "./call.ts";

/** Who calls or is called. */
export interface CallEvent {
  readonly direction: "in" | "out";
  readonly number: string;
  readonly displayName: string;
  readonly dialled: string;
  /** Where a call came from; null for one of ours. */
  readonly address: string | null;
  readonly room: RoomId | undefined;
  /** The participant who had them called; null: the API, or they call themselves. */
  readonly invitedBy: ParticipantId | null;
}

export interface CallFailure {
  /** `remote`: the other side refused or gave up. `local`: we did. `failure`: something broke, or nothing answers. */
  readonly endedBy: CallEnder;
  /** The Reason or Warning of a refusal, as written. */
  readonly sipReason: string | null;
  readonly sipCallId: string | null;
  /** How far the call had come. */
  readonly state: string;
}

export type CallsEvents = {
  /** Somebody is being called. */
  dialled: CallEvent;
  /** What the callee's side says meanwhile: 180, 183 … */
  progress: CallEvent & { readonly status: number };
  /** It ended before they were in a room. */
  failed: CallEvent & Cause & CallFailure;
};

/** Also of who hangs up while they are asked for a PIN, and of one call whose place another one takes at the door. */
export function tellFailure(call: Call, told: CallEvent, events: Emitter<CallsEvents>): void {
  const tell = () => {
    const { cause, entered } = call;
    if (entered || !cause) return;
    const { status, text, sipReason = null } = cause;
    const { endedBy = "local", sipCallId = null, endedIn: state = "arriving" } = call;
    const failure = { status, text, endedBy, sipReason, sipCallId, state };
    events.emit("failed", { ...told, room: told.room ?? call.room, ...failure });
  };
  call.ended.addEventListener("abort", tell, { once: true });
}
