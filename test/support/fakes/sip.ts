// A caller as the SIP stack shows them: an invitation that remembers how it was answered, and the session that
// grows out of it. A test plays the far end: it cancels, acknowledges, sends offers, hangs up.

import { Emitter, fail, ok, ParleyError, type Result } from "#common";
import type {
  AnsweredCall,
  CallAttempt,
  CallAttemptEvents,
  Caller,
  CallFailure,
  CallOptions,
  Cause,
  Diversion,
  Flow,
  IdentityChange,
  InboundInvite,
  Liveness,
  Principal,
  Referral,
  Rejection,
  Session,
  SessionEnd,
  SessionEvents,
  SessionHandlers,
  SessionSnapshot,
} from "#sip";
import { Headers, SipRequest } from "../../../bridge/sip/message/message.ts";

export const fakeFlow: InboundInvite["flow"] = {
  protocol: "UDP",
  reliable: false,
  local: { address: "192.0.2.1", port: 5060 },
  remote: { address: "192.0.2.99", port: 5060 },
  id: "udp",
};

export interface FakeInvitationOptions {
  readonly dialled: string;
  readonly number?: string;
  readonly displayName?: string;
  /** `undefined`: a late offer. */
  readonly offer?: string | undefined;
  /** The answer that a late offer's ACK brings. */
  readonly lateAnswer?: string;
  /** `false`: the test acknowledges with `ack`, or refuses with `fail`. */
  readonly acknowledges?: boolean;
  readonly diversion?: Diversion;
  readonly replaces?: Session;
  readonly principal?: Principal;
}

export class FakeInvitation implements InboundInvite {
  readonly request: SipRequest;
  readonly flow = fakeFlow;
  readonly trusted = true;
  readonly principal: Principal | undefined;
  readonly caller: Caller;
  readonly dialledNumber: string;
  readonly diversion: Diversion | undefined;
  readonly replaces: Session | undefined;
  readonly picksUp = undefined;
  readonly offer: string | undefined;
  onOffer: InboundInvite["onOffer"] = () => Promise.reject(new Error("no handler is set"));
  authenticate: InboundInvite["authenticate"];
  readonly session: FakeSession;
  /** Everything that was answered, in order: `183 answer`, `200 answer`, `403 Conference locked`. */
  readonly answers: string[] = [];
  rejection: Rejection | undefined;
  readonly #cancelled = new AbortController();
  readonly #accepted = Promise.withResolvers<Session>();
  readonly #acknowledges: boolean;

  constructor(options: FakeInvitationOptions) {
    const { dialled, number = "100", displayName, lateAnswer, acknowledges = true } = options;
    const headers = new Headers().append("Call-ID", `${number}@fake`);
    this.request = new SipRequest("INVITE", `sip:${dialled}@192.0.2.1`, headers);
    this.caller = { displayName, number, uri: `sip:${number}@192.0.2.99`, anonymous: false };
    this.dialledNumber = dialled;
    this.diversion = options.diversion;
    this.replaces = options.replaces;
    this.principal = options.principal;
    this.offer = "offer" in options ? options.offer : "offer";
    this.session = new FakeSession(lateAnswer, `${number}@fake`);
    this.#acknowledges = acknowledges;
    this.#accepted.promise.catch(() => {});
  }

  get cancelled(): AbortSignal {
    return this.#cancelled.signal;
  }

  /** The status of the final answer. */
  get status(): number | undefined {
    const final = this.answers.map((answer) => Number(answer.slice(0, 3))).filter((status) => status >= 200);
    return final[0];
  }

  ring(): void {
    this.answers.push("180");
  }

  progress(sdp: string): void {
    this.answers.push(`183 ${sdp}`);
  }

  accept(sdp: string, onAnswered?: (session: Session) => void): Promise<Session> {
    if (this.status !== undefined) return Promise.reject(new ParleyError("CANCELLED", "already answered"));
    this.answers.push(`200 ${sdp}`);
    onAnswered?.(this.session);
    if (this.#acknowledges) this.ack();
    return this.#accepted.promise;
  }

  reject(rejection: Rejection): void {
    if (this.status !== undefined) return;
    this.rejection = rejection;
    this.answers.push(`${rejection.status} ${rejection.text}`);
  }

  /** CANCEL: the stack answers 487 by itself. */
  cancel(): void {
    this.reject({ status: 487, text: "Request Terminated" });
    this.#cancelled.abort();
  }

  ack(): void {
    this.#accepted.resolve(this.session);
  }

  /** What `accept` comes to when no ACK, or none that helps, arrives: a BYE has been sent. */
  fail(code: "NO_ACK" | "NO_ANSWER"): void {
    this.#accepted.reject(new ParleyError(code, code));
  }
}

const remoteUri = "sip:100@192.0.2.99";

export class FakeSession implements Session {
  readonly callId: string;
  readonly remoteAddress = "192.0.2.99";
  readonly lateAnswer: string | undefined;
  readonly events = new Emitter<SessionEvents>();
  ended = false;
  identified: IdentityChange | undefined;
  /** How often it was asked whether it is there, and what it answers: may wait. */
  asked = 0;
  liveness: () => Promise<Liveness> = async () => "alive";
  /** How many re-INVITEs of ours. */
  reoffers = 0;
  /** What the far end answers to them: may wait. */
  answerReoffer: () => Promise<Result<void, Cause>> = async () => ok(undefined);
  /** The Reason of each BYE of ours. */
  readonly byes: Cause[] = [];
  /** Resolves when the far end answers our BYE. */
  byeAnswered: Promise<void> = Promise.resolve();
  handlers: SessionHandlers = {
    onOffer: () => Promise.reject(new Error("no handler is set")),
    onOfferWanted: () => Promise.reject(new Error("no handler is set")),
    onAnswer: () => Promise.reject(new Error("no handler is set")),
    onInfo: () => 481,
  };

  constructor(lateAnswer: string | undefined, callId = "call") {
    this.lateAnswer = lateAnswer;
    this.callId = callId;
  }

  async end(cause: Cause): Promise<void> {
    if (this.ended) return;
    this.byes.push(cause);
    this.#finish({ by: "local", cause });
    await this.byeAnswered;
  }

  /** BYE from the far end. */
  hangUp(cause: Cause = { status: 200, text: "Normal call clearing" }): void {
    this.#finish({ by: "remote", cause });
  }

  /** The far end's PBX tells who is at the phone now. */
  identify(before: Partial<Caller>, now: Partial<Caller>): void {
    const whole = (caller: Partial<Caller>): Caller => ({
      ...{ displayName: undefined, number: "100", uri: "sip:100@192.0.2.99", anonymous: false },
      ...caller,
    });
    this.events.emit("identified", { before: whole(before), now: whole(now) });
  }

  async reoffer(): Promise<Result<void, Cause>> {
    this.reoffers += 1;
    return this.ended ? fail({ status: 481, text: "The call has ended" }) : this.answerReoffer();
  }

  async askIfAlive(): Promise<Liveness> {
    this.asked += 1;
    const liveness = await this.liveness();
    if (liveness === "gone") {
      this.#finish({
        by: "failure",
        cause: { status: 481, text: "The other side does not know the call any more" },
      });
    }
    return liveness;
  }

  async info(): Promise<number> {
    return 200;
  }

  async refer(): Promise<Result<Referral, Cause>> {
    return fail({ status: 603, text: "Declined" });
  }

  snapshot(): SessionSnapshot {
    const address = { address: "192.0.2.99", port: 5060 };
    const now = { number: "100", uri: remoteUri, anonymous: false };
    return {
      dialog: {
        ...{ callId: this.callId, localTag: "ours", remoteTag: "theirs" },
        ...{ local: "<sip:bridge@192.0.2.1>;tag=ours", remote: `<${remoteUri}>;tag=theirs` },
        ...{ localCSeq: 1, routeSet: [], remoteTarget: remoteUri },
      },
      ...{ inviteCSeq: 1, outgoing: false, contactUser: "700", pinned: false },
      flow: { protocol: "UDP", local: { address: "192.0.2.1", port: 5060 }, remote: address },
      identity: { now, asserted: true },
      ...{ peerUpdates: false, hadReferrals: false, unacknowledged: [], answerIsOwed: false },
    };
  }

  #finish(end: SessionEnd): void {
    if (this.ended) return;
    this.ended = true;
    this.events.emit("ended", end);
  }
}

/** The stack as a caller uses it: remembers every attempt, which a test lets ring, answer or fail. */
export class FakeCaller {
  readonly attempts: FakeAttempt[] = [];
  /** URIs without an address. */
  readonly unreachable = new Set<string>();

  get last(): FakeAttempt {
    const last = this.attempts.at(-1);
    if (!last) throw new Error("no call was placed");
    return last;
  }

  call(options: CallOptions): FakeAttempt {
    const attempt = new FakeAttempt(options);
    this.attempts.push(attempt);
    return attempt;
  }

  async flowTo(uri: string): Promise<Flow> {
    if (this.unreachable.has(uri)) throw new ParleyError("UNREACHABLE", `${uri} has no address`);
    return fakeFlow;
  }
}

export class FakeAttempt implements CallAttempt {
  readonly callId = "attempt";
  readonly options: CallOptions;
  readonly events = new Emitter<CallAttemptEvents>();
  readonly outcome: Promise<Result<AnsweredCall, CallFailure>>;
  readonly session = new FakeSession(undefined, this.callId);
  /** Why it was given up. */
  cancelled: Cause | undefined;
  readonly #decide: (outcome: Result<AnsweredCall, CallFailure>) => void;

  constructor(options: CallOptions) {
    this.options = options;
    const { promise, resolve } = Promise.withResolvers<Result<AnsweredCall, CallFailure>>();
    this.outcome = promise;
    this.#decide = resolve;
  }

  ring(): void {
    this.events.emit("progress", { status: 180, sdp: undefined });
  }

  answer(answer = "their answer"): void {
    this.#decide(ok({ session: this.session, answer }));
  }

  /** Offers something before it answers the call, after a reliable response with the answer to our offer. */
  offer(offer: string, answered = "their answer"): Promise<Result<string, Cause>> {
    const { onOffer } = this.options;
    if (!onOffer) throw new Error("no handler of offers");
    return onOffer(offer, answered);
  }

  refuse(status: number, text: string, sipReason?: string): void {
    this.#decide(fail({ status, text, by: "remote", ...(sipReason !== undefined && { sipReason }) }));
  }

  cancel(cause: Cause): void {
    this.cancelled ??= cause;
    this.#decide(fail({ ...cause, by: "local" }));
  }
}
