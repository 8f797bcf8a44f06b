// What calls tell the rest of the bridge: that somebody is being called, and that somebody who called or was called
// never got into a room.
import type { Cause } from "#bridge/sip";
import type { Emitter, ParticipantId, RoomId } from "#common";
import type { Call } from "./call.ts";

/** Who calls or is called. */
export interface CallTold {
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

export type CallsEvents = {
  /** Somebody is being called. */
  dialled: CallTold;
  /** What the callee's side says meanwhile: 180, 183 … */
  progress: CallTold & { readonly status: number };
  /** It ended before they were in a room. */
  failed: CallTold & Cause;
};

/** Who hangs up while they are asked for a PIN has not failed. */
export function tellFailure(call: Call, told: CallTold, events: Emitter<CallsEvents>): void {
  const tell = () => {
    const { cause, entered } = call;
    if (entered || !cause || cause.status < 300) return;
    const { status, text } = cause;
    events.emit("failed", { ...told, room: told.room ?? call.room, status, text });
  };
  call.ended.addEventListener("abort", tell, { once: true });
}
