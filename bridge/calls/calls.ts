// All calls of this process: takes invitations in, counts, and ends everything when the process must.
import type { Cause, Invitation, Session } from "#bridge/sip";
import { type Clock, Emitter, errorCode, errorMessage, type Logger, type RoomId } from "#common";
import { Call, CallEnded, type CallState } from "./call.ts";
import { type InboundOptions, takeIn } from "./inbound.ts";
import { internalError, rejectionFor } from "./rejections.ts";

export interface CallsOptions extends Omit<InboundOptions, "callOf"> {
  readonly clock: Clock;
  readonly log: Logger;
}

export type CallsEvents = {
  /** A caller who never got into a room. */
  failed: CallFailure;
};

export interface CallFailure {
  readonly number: string;
  readonly displayName: string;
  readonly dialled: string;
  /** Where the call came from. */
  readonly address: string;
  readonly room: RoomId | undefined;
  readonly status: number;
  readonly text: string;
}

export interface Calls {
  readonly events: Emitter<CallsEvents>;
  /** For `SipEndpoint.onInvitation`. Never throws. */
  receive(invitation: Invitation): void;
  /** Calls that still hold anything. */
  readonly count: number;
  /** Resolves when there is no call. */
  whenNone(): Promise<void>;
  /** Ends every call; resolves when their BYEs are answered and their ports free, at most `limitMs` later. */
  endAll(cause: Cause, limitMs?: number): Promise<void>;
  snapshot(): Readonly<Record<CallState, number>>;
}

const endAllMs = 5000;

export function createCalls(options: CallsOptions): Calls {
  const { clock } = options;
  const calls = new Set<Call>();
  const events = new Emitter<CallsEvents>();

  const callOf = (session: Session) => [...calls].find((call) => call.owns(session));

  async function run(call: Call, invitation: Invitation): Promise<void> {
    try {
      await takeIn(call, invitation, { ...options, callOf });
    } catch (error) {
      if (error instanceof CallEnded || call.state === "ended") return;
      const rejection = rejectionFor(error);
      const why = { code: errorCode(error), why: errorMessage(error) };
      if (rejection) call.log.info(why, "the call failed");
      else call.log.error({ err: error }, "the call failed");
      await call.end(rejection ?? internalError);
    }
  }

  /** Somebody who hung up while the PIN was asked for has not failed. */
  function report(call: Call): void {
    const { failure, number, displayName, room } = call;
    if (!failure || failure.status < 300) return;
    const { status, text } = failure;
    events.emit("failed", { number, displayName, room, status, text, ...call.path });
  }

  return {
    events,

    receive(invitation) {
      const log = options.log.child({ callId: invitation.request.headers.get("Call-ID") });
      const call = new Call({ invitation, clock, log });
      calls.add(call);
      void call.closed.then(() => calls.delete(call));
      call.ended.addEventListener("abort", () => report(call), { once: true });
      void run(call, invitation);
    },

    get count() {
      return calls.size;
    },

    async whenNone() {
      while (calls.size > 0) await Promise.all([...calls].map(({ closed }) => closed));
    },

    async endAll(cause, limitMs = endAllMs) {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = clock.after(limitMs, resolve);
      await Promise.race([late, Promise.all([...calls].map((call) => call.end(cause)))]);
      timer.cancel();
    },

    snapshot() {
      const states: Record<CallState, number> = {
        arriving: 0,
        refusing: 0,
        answering: 0,
        entering: 0,
        talking: 0,
        leaving: 0,
        ended: 0,
      };
      for (const { state } of calls) states[state] += 1;
      return states;
    },
  };
}
