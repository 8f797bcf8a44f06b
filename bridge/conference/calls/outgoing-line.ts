// A call that we place, as the line of a `Call`; hands over the session that is answered. The hosts of a trunk are tried one
// after the other until one answers or finally refuses; the phones of an account ring at the same time, and the first
// that answers wins (RFC 3261 §16.7). A call that is given up before its INVITE is never sent.

import { Emitter, fail, type Result } from "#common";
import type { LegCodecs } from "#media/client";
import type {
  AnsweredCall,
  CallAttempt,
  CallAttemptEvents,
  CallFailure,
  CallOptions,
  Cause,
  Session,
  SipEndpoint,
} from "#sip";
import type { PendingInvite } from "./call-line.ts";

/** One host of a trunk, or one phone of an account, through which the callee is reached. */
export type DialTarget = Pick<
  CallOptions,
  "to" | "from" | "route" | "headers" | "authenticate" | "flow" | "maxRedirects"
> & {
  /** The codecs of our offer, in this order. Undefined: all. */
  readonly codecs?: LegCodecs | undefined;
  /** Whether its media are encrypted; absent: as configured for the bridge. */
  readonly srtp?: SrtpSetting;
};

/** `inherit`: as configured for the bridge. */
export type SrtpSetting = "inherit" | "forbid" | "allow" | "require";

export interface OutgoingLineOptions {
  readonly sip: Pick<SipEndpoint, "call">;
  /** In the order in which they are tried; at least one. */
  readonly targets: readonly [DialTarget, ...DialTarget[]];
  /** All are called at once. */
  readonly parallel?: boolean;
  readonly ringSeconds: number;
}

/** A call of ours as its requester sees it; `outcome` is that of ringing. */
export interface PlacedCall extends Pick<CallAttempt, "events" | "cancel"> {
  readonly outcome: Promise<Result<AnsweredCall, CallFailure>>;
  /** Resolves when the callee is in the room, or with the reason why not. */
  readonly entered: Promise<Result<void, Cause>>;
  /** The callee is in the room, or has been. */
  readonly inside: boolean;
  /** Resolves when all parts of the call are closed. */
  readonly closed: Promise<void>;
}

/** No target answered; `cause` is that of the last one. */
export class NotAnswered extends Error {
  override readonly cause: CallFailure;

  constructor(cause: CallFailure) {
    super(`not answered: ${cause.status} ${cause.text}`);
    this.name = "NotAnswered";
    this.cause = cause;
  }
}

/** RFC 3326: tells the other phones why they stop ringing. */
const elsewhereAnswered: Cause = { status: 200, text: "Call completed elsewhere" };

/** Statuses after which another host may do better. */
const elsewhere: ReadonlySet<number> = new Set([500, 502, 503, 504]);

export class OutgoingLine implements PendingInvite {
  readonly cancelled = new AbortController().signal;
  /** Provisional statuses of the callee's side. */
  readonly events = new Emitter<CallAttemptEvents>();
  /** Resolves once: answered, or the failure. */
  readonly outcome: Promise<Result<AnsweredCall, CallFailure>>;
  /** Called with the Call-ID of every attempt, before it is sent. */
  onAttempt: (sipCallId: string) => void = () => {};
  onOffer: PendingInvite["onOffer"] = async () => fail({ status: 491, text: "Not answered yet" });
  readonly #options: OutgoingLineOptions;
  readonly #decide: (outcome: Result<AnsweredCall, CallFailure>) => void;
  #attempts: readonly CallAttempt[] = [];
  #givenUp: CallFailure | undefined;

  constructor(options: OutgoingLineOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<Result<AnsweredCall, CallFailure>>();
    this.outcome = promise;
    this.#decide = resolve;
  }

  get targets(): OutgoingLineOptions["targets"] {
    return this.#options.targets;
  }

  /** Sends the INVITE with that offer. Rejects with NotAnswered. */
  async accept(offer: string): Promise<Session> {
    const result = await (this.#options.parallel ? this.#fork(offer) : this.#place(offer));
    this.events.clear();
    this.#decide(result);
    if (!result.ok) throw new NotAnswered(result.error);
    return result.value.session;
  }

  /** An outgoing call has no early media of ours. */
  progress(): void {}

  reject(cause: Cause): void {
    if (this.#givenUp) return;
    this.#givenUp = { status: cause.status, text: cause.text, by: "local" };
    for (const attempt of this.#attempts) attempt.cancel(cause);
    if (this.#attempts.length === 0) this.#decide(fail(this.#givenUp));
  }

  async #place(offer: string): Promise<Result<AnsweredCall, CallFailure>> {
    let result: Result<AnsweredCall, CallFailure> = fail({
      status: 503,
      text: "No target to call",
      by: "failure",
    });
    for (const target of this.targets) {
      if (this.#givenUp) return fail(this.#givenUp);
      const attempt = this.#call(target, offer, (theirs, answered) => this.onOffer(theirs, answered));
      this.#attempts = [attempt];
      let rang = false;
      attempt.events.on("progress", ({ status }) => {
        rang ||= status > 100;
      });
      result = await attempt.outcome;
      if (result.ok || !isForNext(result.error, rang)) break;
    }
    return result;
  }

  /** Resolves with the first answer, or with the best refusal once all have refused or one has declined for all. */
  async #fork(offer: string): Promise<Result<AnsweredCall, CallFailure>> {
    if (this.#givenUp) return fail(this.#givenUp);
    // Offers of a phone before the answer are not negotiated, because several phones share the leg.
    const attempts = this.targets.map((target) =>
      this.#call(target, offer, async () => fail({ status: 491, text: "Not answered yet" })),
    );
    this.#attempts = attempts;
    const { promise, resolve } = Promise.withResolvers<Result<AnsweredCall, CallFailure>>();
    const refusals: CallFailure[] = [];
    let answered = false;
    for (const attempt of attempts) {
      const others = attempts.filter((other) => other !== attempt);
      void attempt.outcome.then((result) => {
        if (!result.ok) {
          refusals.push(result.error);
          const declined = result.error.by === "remote" && result.error.status >= 600;
          if (declined) for (const other of others) other.cancel(result.error);
          if (refusals.length === attempts.length) resolve(fail(this.#givenUp ?? bestOf(refusals)));
          return;
        }
        // Two may answer before either CANCEL has arrived.
        if (answered) return void result.value.session.end(elsewhereAnswered);
        answered = true;
        this.#attempts = [attempt];
        for (const other of others) other.cancel(elsewhereAnswered);
        resolve(result);
      });
    }
    return promise;
  }

  #call(target: DialTarget, offer: string, onOffer: NonNullable<CallOptions["onOffer"]>): CallAttempt {
    const { sip, ringSeconds } = this.#options;
    const attempt = sip.call({ ...target, offer, onOffer, answerWithinSeconds: ringSeconds });
    this.onAttempt(attempt.callId);
    attempt.events.on("progress", (progress) => this.events.emit("progress", progress));
    return attempt;
  }
}

/**
 * Whether the next target is tried (RFC 3263 §4.3): this one could not be reached, or cannot serve. While a
 * phone may still be ringing, no second one is called.
 */
function isForNext({ by, status }: CallFailure, rang: boolean): boolean {
  if (by === "remote") return elsewhere.has(status);
  return by === "failure" && !rang && (status === 408 || elsewhere.has(status));
}

/** §16.7: a 6xx decides; otherwise the lowest class, and within a class a refusal by a person precedes one by a machine. */
const bestOf = (refusals: readonly CallFailure[]): CallFailure =>
  [...refusals].sort((a, b) => rankOf(a) - rankOf(b))[0]!;

function rankOf({ status, by }: CallFailure): number {
  if (status >= 600) return 0;
  return Math.floor(status / 100) * 10 + (status === 486 ? 0 : by === "remote" ? 1 : 2);
}
