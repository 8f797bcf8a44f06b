// A call that we place, as the line of a `Call`: tries one target after the other until one answers or refuses for good,
// and hands over the session. A call that is given up before its INVITE is never sent.

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
import type { Line } from "./call-line.ts";

/** One host of a trunk through which the callee is reached. */
export type DialTarget = Pick<CallOptions, "to" | "from" | "route" | "headers" | "authenticate"> & {
  /** What our offer holds, in this order. Undefined: everything we have. */
  readonly codecs?: LegCodecs | undefined;
  /** Whether its media are encrypted; absent: as everywhere. */
  readonly srtp?: SrtpSetting;
};

/** `inherit`: as everywhere. */
export type SrtpSetting = "inherit" | "forbid" | "allow" | "require";

export interface OutgoingLineOptions {
  readonly sip: Pick<SipEndpoint, "call">;
  /** In the order in which they are tried; at least one. */
  readonly targets: readonly [DialTarget, ...DialTarget[]];
  readonly ringSeconds: number;
}

/** A call of ours, for those who have it placed; `outcome` is that of ringing. */
export interface PlacedCall extends Pick<CallAttempt, "events" | "cancel"> {
  readonly outcome: Promise<Result<AnsweredCall, CallFailure>>;
  /** Resolves when the callee is in the room, or with why not. */
  readonly entered: Promise<Result<void, Cause>>;
  /** The callee is in the room, or has been. */
  readonly inside: boolean;
  /** Resolves when everything of the call is gone. */
  readonly closed: Promise<void>;
}

/** No target answered; `cause` as the last one gave it. */
export class NotAnswered extends Error {
  override readonly cause: CallFailure;

  constructor(cause: CallFailure) {
    super(`not answered: ${cause.status} ${cause.text}`);
    this.name = "NotAnswered";
    this.cause = cause;
  }
}

/** Statuses after which another host may do better. */
const elsewhere: ReadonlySet<number> = new Set([500, 502, 503, 504]);

export class OutgoingLine implements Line {
  readonly cancelled = new AbortController().signal;
  /** Statuses as the callee's side sends them. */
  readonly events = new Emitter<CallAttemptEvents>();
  /** Resolves once: answered, or why not. */
  readonly outcome: Promise<Result<AnsweredCall, CallFailure>>;
  /** Given the Call-ID of every attempt, before anything of it is sent. */
  onAttempt: (sipCallId: string) => void = () => {};
  onOffer: Line["onOffer"] = async () => fail({ status: 491, text: "Not answered yet" });
  readonly #options: OutgoingLineOptions;
  readonly #decide: (outcome: Result<AnsweredCall, CallFailure>) => void;
  #attempt: CallAttempt | undefined;
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
    const result = await this.#place(offer);
    this.events.clear();
    this.#decide(result);
    if (!result.ok) throw new NotAnswered(result.error);
    return result.value.session;
  }

  /** An outgoing call shows nothing before the answer. */
  progress(): void {}

  reject(cause: Cause): void {
    if (this.#givenUp) return;
    this.#givenUp = { status: cause.status, text: cause.text, by: "local" };
    if (this.#attempt) this.#attempt.cancel(cause);
    else this.#decide(fail(this.#givenUp));
  }

  async #place(offer: string): Promise<Result<AnsweredCall, CallFailure>> {
    const { sip, targets, ringSeconds } = this.#options;
    let result: Result<AnsweredCall, CallFailure> = fail({
      status: 503,
      text: "No target to call",
      by: "failure",
    });
    for (const target of targets) {
      if (this.#givenUp) return fail(this.#givenUp);
      const attempt = sip.call({
        ...target,
        offer,
        onOffer: (theirs) => this.onOffer(theirs),
        answerWithinSeconds: ringSeconds,
      });
      this.#attempt = attempt;
      this.onAttempt(attempt.callId);
      attempt.events.on("progress", (progress) => this.events.emit("progress", progress));
      result = await attempt.outcome;
      if (result.ok || !elsewhere.has(result.error.status)) break;
    }
    return result;
  }
}
