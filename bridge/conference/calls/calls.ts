// All calls of this process: accepts invitations, places calls, counts, and ends all when the process stops.

import {
  type Clock,
  Emitter,
  errorCode,
  errorMessage,
  fail,
  type Logger,
  noStateRecords,
  type ParticipantId,
  type RoomId,
  type StateRecords,
  within,
} from "#common";
import { type Participant, PinGuard, refusals } from "#conference/rooms";
import { createVoice, type Voice } from "#conference/speech";
import type { CallRecorder } from "#services/call-records";
import type { Authenticate, Cause, InboundInvite, Principal, Session, SipEndpoint } from "#sip";
import { Call } from "./call.ts";
import { CallEndedError } from "./call-ended-error.ts";
import { type CallEventData, type CallsEvents, emitFailure } from "./call-events.ts";
import type { PendingInvite } from "./call-line.ts";
import { type CallState, countStates } from "./call-state.ts";
import { cdrStartOf, cdrStartTo } from "./cdr-start.ts";
import type { HostDialer, KeyDialling } from "./dial-by-keys.ts";
import { type InboundOptions, receiveCall } from "./inbound.ts";
import { defaultKeyPlan, type KeyPlan } from "./keys.ts";
import { runLobby } from "./lobby.ts";
import { placeCall } from "./outbound.ts";
import { type DialTarget, OutgoingLine, type PlacedCall } from "./outgoing-line.ts";
import { internalError, rejectionFor } from "./rejections.ts";
import type { ResumableCall } from "./resumable-call.ts";
import { adoptSession, type CallResumption, resumePlace } from "./resume.ts";

export interface CallsOptions
  extends Omit<InboundOptions, "callOf" | "keys" | "musicWhenAlone" | "dialling"> {
  /** The sentences that callers hear; default: every language. */
  readonly voice?: Voice;
  readonly keys?: KeyPlan;
  readonly musicWhenAlone?: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly sip: Pick<SipEndpoint, "call" | "flowTo">;
  readonly records: CallRecorder;
  /** The trunk that an invitation came through. */
  readonly trunkOf: (invitation: InboundInvite) => string | undefined;
  /** How our requests within calls of that trunk answer challenges: its provider may challenge these, too. */
  readonly authenticate?: (trunk: string) => Authenticate | undefined;
  /** Records for the next process; default: nothing is kept. */
  readonly stateRecords?: StateRecords<ResumableCall>;
}

/** Calls of the previous process that were resumed. */
export interface Resumed {
  /** Resumed calls of ours over trunks. */
  readonly placed: readonly { readonly trunk: string; readonly closed: Promise<void> }[];
  /** To be called once SIP listens: callers who were entering start again, and calls that cannot continue are hung up. */
  goOn(): void;
}

export interface PlaceOptions {
  /** The room that the callee joins. */
  readonly room: RoomId;
  readonly number: string;
  readonly displayName?: string | undefined;
  readonly trunk?: string | undefined;
  /** The participant who had the number called; undefined: the API. */
  readonly invitedBy?: ParticipantId | undefined;
  /** In the order in which they are tried. */
  readonly targets: readonly [DialTarget, ...DialTarget[]];
  /** All are called at once, and the first that answers is connected. */
  readonly parallel?: boolean;
  readonly ringSeconds: number;
  /** The callee is let in after pressing 1. */
  readonly confirm: boolean;
}

export interface Calls {
  readonly events: Emitter<CallsEvents>;
  /** For `SipEndpoint.onInvite`. Never throws. */
  receive(invitation: InboundInvite): void;
  /** Places the calls of hosts who dial by keys; undefined: no host may. */
  hostDialer: HostDialer | undefined;
  /** Calls a number for a room. */
  place(options: PlaceOptions): PlacedCall;
  /**
   * Resumes the calls of the previous process; `insideFirst`: participants who were inside rooms, in order of joining. Before
   * SIP listens. Never rejects: a call that cannot continue is ended.
   */
  resume(resumption: CallResumption, insideFirst: readonly ParticipantId[]): Promise<Resumed>;
  /** The participant whose session it is; undefined while not inside a room. */
  participantOf(session: Session): Participant | undefined;
  /** Ends the calls made with these credentials; resolves when their BYEs are answered, at most a second later. */
  endCallsOf(revokes: (principal: Principal) => boolean, cause: Cause): Promise<void>;
  /** Calls with a part that is not closed yet. */
  readonly count: number;
  /** Resolves when there is no call. */
  whenNone(): Promise<void>;
  /** Ends every call; resolves when their BYEs are answered and their ports free, at most `limitMs` later. */
  endAll(cause: Cause, limitMs?: number): Promise<void>;
  snapshot(): Readonly<Record<CallState, number>>;
}

/** The line of an answered call, whose invitation is settled. */
const noLine = (): PendingInvite => ({
  cancelled: new AbortController().signal,
  onOffer: async () => fail(internalError),
  progress: () => {},
  accept: () => Promise.reject(new CallEndedError()),
  reject: () => {},
});

const endAllMs = 5000;
const revokedMs = 1000;

export function createCalls(options: CallsOptions): Calls {
  const { clock, records, trunkOf, voice = createVoice() } = options;
  const { keys = defaultKeyPlan, musicWhenAlone = false } = options;
  const { language = "en" } = options.lobby ?? {};
  const calls = new Set<Call>();
  /** The holder of the credentials of each call. */
  const principals = new WeakMap<Call, Principal>();
  const events = new Emitter<CallsEvents>();
  const stateRecords = options.stateRecords ?? noStateRecords<ResumableCall>();
  const onChange = (call: Call) => stateRecords.changed(call.recordId, () => call.snapshot);
  const wrongNumbers = new PinGuard({ clock: options.clock });
  const dialling: KeyDialling = {
    wrongNumbers,
    get dialer() {
      return made.hostDialer;
    },
  };

  const callOf = (session: Session) => [...calls].find((call) => call.owns(session));

  function keep(call: Call): void {
    calls.add(call);
    void call.closed.then(() => calls.delete(call));
  }

  /** Ends the call when `course` fails; resolves with undefined then. */
  async function run<T>(call: Call, course: Promise<T>): Promise<T | undefined> {
    try {
      return await course;
    } catch (error) {
      if (error instanceof CallEndedError || call.state === "ended") return undefined;
      const rejection = rejectionFor(error);
      const why = { code: errorCode(error), why: errorMessage(error) };
      if (rejection) call.log.info(why, "the call failed");
      else call.log.error({ err: error }, "the call failed");
      await call.end(rejection ?? internalError, "failure");
      return undefined;
    }
  }

  /** Undefined when the call cannot even be ended. */
  async function resumeOne(
    before: ResumableCall,
    { resumption, later }: { readonly resumption: CallResumption; readonly later: (() => void)[] },
  ): Promise<Call | undefined> {
    const { record } = before.entry;
    const log = options.log.child({ callId: record.sipCallId });
    const { trunk } = record;
    const authenticate = trunk === null ? undefined : options.authenticate?.(trunk);
    const session = adoptSession(before, { sip: resumption.sip, authenticate }, log);
    if (!session) return undefined;
    const leg = resumption.leg(before.leg);
    if (!leg) {
      const cause = before.leaving?.cause ?? refusals.mediaFailed;
      later.push(() => void session.end(cause).catch(() => {}));
      return undefined;
    }
    const { party } = before;
    const call = new Call({
      ...{ line: noLine(), party, voice, language, clock, log, records, cdrStart: record, onChange, before },
    });
    call.resume(session, leg, before);
    keep(call);
    if (session.principal) principals.set(call, session.principal);
    const { direction, to, roomId } = record;
    const { number, displayName } = call;
    const inward = direction === "inbound";
    const address = inward ? party.address : null;
    const about = { number, displayName, dialled: to, address, room: roomId ?? undefined, invitedBy: null };
    emitFailure(call, { direction: inward ? "in" : "out", ...about }, events);
    const own = { ...options, keys, musicWhenAlone, ...(inward && { dialling }) };
    const rest = await run(call, resumePlace(call, before, own));
    if (rest) later.push(() => void run(call, rest()));
    return call;
  }

  const made: Calls = {
    events,
    hostDialer: undefined,

    receive(invitation) {
      const log = options.log.child({ callId: invitation.request.headers.get("Call-ID") });
      const { caller, flow } = invitation;
      const party = { ...caller, address: flow.remote.address };
      const trunk = trunkOf(invitation);
      if (trunk !== undefined) invitation.authenticate = options.authenticate?.(trunk);
      const cdrStart = cdrStartOf(invitation, trunk);
      const parts = { party, voice, language, clock, log, records, cdrStart, onChange };
      const call = new Call({ line: invitation, ...parts });
      keep(call);
      if (invitation.principal) principals.set(call, invitation.principal);
      const { number, displayName } = call;
      const from = {
        address: party.address,
        dialled: invitation.dialledNumber,
        room: undefined,
        invitedBy: null,
      };
      emitFailure(call, { direction: "in", number, displayName, ...from }, events);
      const inbound = { ...options, callOf, keys, musicWhenAlone, dialling };
      const enter = async () => {
        const { dialledNumber, replaces } = invitation;
        // A transfer leads to the room of the call that it replaces, for any dialled number.
        const isLobby = dialledNumber === options.lobby?.extension && replaces === undefined;
        // Credentials for one room open no other.
        const toLobby = isLobby && (await options.termsOf?.(invitation)) === undefined;
        await (toLobby ? runLobby : receiveCall)(call, invitation, inbound);
      };
      void run(call, enter());
    },

    place(wanted) {
      const { room, number, displayName, targets, ringSeconds, confirm, invitedBy = null } = wanted;
      const { parallel = false } = wanted;
      const log = options.log.child({ dialled: number });
      const line = new OutgoingLine({ sip: options.sip, targets, parallel, ringSeconds });
      const party = { number, displayName, address: `dialled ${number}` };
      const cdrStart = cdrStartTo(wanted);
      const call = new Call({ line, party, voice, language, clock, log, records, cdrStart, onChange });
      keep(call);
      line.onAttempt = (sipCallId) => call.placed(sipCallId);
      const data: CallEventData = {
        ...{ direction: "out", number, displayName: call.displayName },
        ...{ dialled: number, address: null, room, invitedBy },
      };
      emitFailure(call, data, events);
      events.emit("dialled", data);
      line.events.on("progress", ({ status }) => events.emit("progress", { ...data, status }));
      const flowTo = (uri: string) => options.sip.flowTo(uri);
      const course = run(
        call,
        placeCall(call, { room, line, confirm }, { ...options, keys, musicWhenAlone, flowTo }),
      );
      return {
        events: line.events,
        outcome: line.outcome,
        get inside() {
          return call.entered;
        },
        entered: course.then((result) => result ?? fail(call.cause ?? internalError)),
        closed: call.closed,
        cancel: (cause) => void call.end(cause),
      };
    },

    async resume(resumption, insideFirst) {
      const later: (() => void)[] = [];
      const placed: { readonly trunk: string; readonly closed: Promise<void> }[] = [];
      const place = (before: ResumableCall): number => {
        const { participant } = before;
        const at = participant?.inside ? insideFirst.indexOf(participant.id) : -1;
        return at < 0 ? Number.POSITIVE_INFINITY : at;
      };
      const all = [...stateRecords.previous].map(([id, before]) => ({ id, before, at: place(before) }));
      for (const { id, before } of all.sort((a, b) => (a.at === b.at ? 0 : a.at - b.at))) {
        const { direction, trunk } = before.entry.record;
        const call = await resumeOne(before, { resumption, later });
        if (!call) stateRecords.delete(id);
        else if (direction === "outbound" && trunk !== null) placed.push({ trunk, closed: call.closed });
      }
      return {
        placed,
        goOn() {
          for (const next of later.splice(0)) next();
        },
      };
    },

    participantOf(session) {
      const call = callOf(session);
      return call?.state === "talking" ? call.participant : undefined;
    },

    async endCallsOf(revokes, cause) {
      const revoked = [...calls].filter((call) => {
        const principal = principals.get(call);
        return principal && revokes(principal);
      });
      await within(Promise.all(revoked.map((call) => call.end(cause))), { clock, limitMs: revokedMs });
    },

    get count() {
      return calls.size;
    },

    async whenNone() {
      while (calls.size > 0) await Promise.all([...calls].map(({ closed }) => closed));
    },

    async endAll(cause, limitMs = endAllMs) {
      await within(Promise.all([...calls].map((call) => call.end(cause))), { clock, limitMs });
    },

    snapshot: () => countStates(calls),
  };
  return made;
}
