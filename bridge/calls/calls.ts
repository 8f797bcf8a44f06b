// All calls of this process: takes invitations in, places calls, counts, and ends everything when the process must.
import type { Visit } from "#bridge/rooms";
import type { AnsweredCall, CallAttempt, Cause, Invitation, Session, SipEndpoint } from "#bridge/sip";
import {
  type Clock,
  Emitter,
  errorCode,
  errorMessage,
  fail,
  type Logger,
  type Result,
  type RoomId,
} from "#common";
import { Call, CallEnded, type CallState } from "./call.ts";
import { type InboundOptions, takeIn } from "./inbound.ts";
import { callOut } from "./outbound.ts";
import { OutgoingLine, type Way } from "./outgoing-line.ts";
import { internalError, rejectionFor } from "./rejections.ts";

export interface CallsOptions extends Omit<InboundOptions, "callOf"> {
  readonly clock: Clock;
  readonly log: Logger;
  readonly sip: Pick<SipEndpoint, "call" | "flowTo">;
}

/** Who calls or is called. */
export interface CallTold {
  readonly direction: "in" | "out";
  readonly number: string;
  readonly displayName: string;
  readonly dialled: string;
  /** Where a call came from; null for one of ours. */
  readonly address: string | null;
  readonly room: RoomId | undefined;
}

export type CallsEvents = {
  /** Somebody is being called. */
  dialled: CallTold;
  /** What the callee's side says meanwhile: 180, 183 … */
  progress: CallTold & { readonly status: number };
  /** It ended before they were in a room. */
  failed: CallTold & Cause;
};

export interface PlaceOptions {
  /** Where whoever answers is brought. */
  readonly room: RoomId;
  readonly number: string;
  readonly displayName?: string | undefined;
  /** In the order in which they are tried. */
  readonly ways: readonly [Way, ...Way[]];
  readonly ringSeconds: number;
  /** Only whoever presses 1 is let in. */
  readonly confirm: boolean;
}

/** A call of ours; `outcome` is that of ringing. */
export interface PlacedCall extends Pick<CallAttempt, "events" | "cancel"> {
  readonly outcome: Promise<Result<AnsweredCall, Cause>>;
  /** Resolves when they are in the room, or with why they are not. */
  readonly entered: Promise<Result<void, Cause>>;
  /** Resolves when everything of the call is gone. */
  readonly closed: Promise<void>;
}

export interface Calls {
  readonly events: Emitter<CallsEvents>;
  /** For `SipEndpoint.onInvitation`. Never throws. */
  receive(invitation: Invitation): void;
  /** Calls somebody into a room. */
  place(options: PlaceOptions): PlacedCall;
  /** Where the party of that session is; undefined while they are in no room. */
  visitOf(session: Session): Visit | undefined;
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

  function keep(call: Call): void {
    calls.add(call);
    void call.closed.then(() => calls.delete(call));
  }

  /** Who hangs up while they are asked for a PIN has not failed. */
  function tellFailure(call: Call, told: CallTold): void {
    const tell = () => {
      const { cause, entered } = call;
      if (entered || !cause || cause.status < 300) return;
      const { status, text } = cause;
      events.emit("failed", { ...told, room: told.room ?? call.room, status, text });
    };
    call.ended.addEventListener("abort", tell, { once: true });
  }

  /** Ends the call when its way fails; answers undefined then. */
  async function run<T>(call: Call, way: Promise<T>): Promise<T | undefined> {
    try {
      return await way;
    } catch (error) {
      if (error instanceof CallEnded || call.state === "ended") return undefined;
      const rejection = rejectionFor(error);
      const why = { code: errorCode(error), why: errorMessage(error) };
      if (rejection) call.log.info(why, "the call failed");
      else call.log.error({ err: error }, "the call failed");
      await call.end(rejection ?? internalError);
      return undefined;
    }
  }

  return {
    events,

    receive(invitation) {
      const log = options.log.child({ callId: invitation.request.headers.get("Call-ID") });
      const { caller, flow } = invitation;
      const party = { ...caller, address: flow.remote.address };
      const call = new Call({ line: invitation, party, clock, log });
      keep(call);
      const { number, displayName } = call;
      const { address } = party;
      const dialled = invitation.dialledNumber;
      tellFailure(call, { direction: "in", number, displayName, dialled, address, room: undefined });
      void run(call, takeIn(call, invitation, { ...options, callOf }));
    },

    place({ room, number, displayName, ways, ringSeconds, confirm }) {
      const log = options.log.child({ dialled: number });
      const line = new OutgoingLine({ sip: options.sip, ways, ringSeconds });
      const call = new Call({ line, party: { number, displayName, address: "dialled" }, clock, log });
      keep(call);
      const told: CallTold = {
        direction: "out",
        number,
        displayName: call.displayName,
        dialled: number,
        address: null,
        room,
      };
      tellFailure(call, told);
      events.emit("dialled", told);
      line.events.on("progress", ({ status }) => events.emit("progress", { ...told, status }));
      const way = run(
        call,
        callOut(call, { room, line, confirm }, { ...options, flowTo: (uri) => options.sip.flowTo(uri) }),
      );
      return {
        events: line.events,
        outcome: line.outcome,
        entered: way.then((result) => result ?? fail(call.cause ?? internalError)),
        closed: call.closed,
        cancel: (cause) => void call.end(cause),
      };
    },

    visitOf(session) {
      const call = callOf(session);
      return call?.state === "talking" ? call.visit : undefined;
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
        ringing: 0,
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
