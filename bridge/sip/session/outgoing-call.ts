// A call of ours from the first try to the session or the refusal (RFC 3261 §13.2): sends the INVITE, follows
// challenges and redirections, gives up by CANCEL. The dialogs that its responses make are kept in forks.ts.

import { Emitter, errorMessage, fail, type Logger, type Result, randomToken } from "#common";
import { formatMessage } from "../message/format.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { parseSipUri } from "../message/uri.ts";
import { type Attempt, failureOf } from "../routing/index.ts";
import type { ClientTransaction } from "../transaction/transaction.ts";
import type { Flow } from "../transport/transport.ts";
import { sdpType } from "./body.ts";
import type {
  AnsweredCall,
  CallAttempt,
  CallAttemptEvents,
  CallFailure,
  CallOptions,
} from "./call-attempt.ts";
import { exchange } from "./exchange.ts";
import { Forks } from "./forks.ts";
import { buildInvite, firstPlan, nextPlan, type Plan } from "./outgoing-invite.ts";
import type { Cause } from "./reason.ts";
import { phraseOf, reasonOf, sipReasonOf } from "./reason.ts";
import { addCapabilities, contactOf } from "./replies.ts";
import { requestHeaders } from "./session-timer.ts";
import { forgetPlacedInvite, recordPlacedInvite } from "./unanswered.ts";
import type { UserAgent } from "./user-agent.ts";

const defaultAnswerSeconds = 60;
/** Size of what Contact, capabilities and timer add to an INVITE. */
const ourLinesBytes = 250;
const unreachable: CallFailure = {
  status: 503,
  text: "The next hop cannot be reached",
  by: "failure",
};

/** One try: the final result, or the plan of the next try. */
type Try = { readonly result: Result<AnsweredCall, CallFailure> } | { readonly next: Plan };

export class OutgoingCall implements CallAttempt {
  readonly callId = randomToken(16);
  readonly events = new Emitter<CallAttemptEvents>();
  readonly outcome: Promise<Result<AnsweredCall, CallFailure>>;
  readonly #ua: UserAgent;
  readonly #options: CallOptions;
  readonly #tag = randomToken(8);
  readonly #log: Logger;
  #transaction: ClientTransaction | undefined;
  #gaveUp: CallFailure | undefined;

  constructor(ua: UserAgent, options: CallOptions) {
    this.#ua = ua;
    this.#options = options;
    this.#log = ua.log.child({ callId: this.callId });
    this.outcome = this.#run();
  }

  cancel(cause: Cause): void {
    if (this.#gaveUp) return;
    this.#gaveUp = { status: cause.status, text: cause.text, by: "local" };
    this.#transaction?.cancel(reasonOf(cause));
  }

  /** Cancels the call and waits until that is settled. */
  async close(cause: Cause): Promise<void> {
    this.cancel(cause);
    await this.outcome;
  }

  async #run(): Promise<Result<AnsweredCall, CallFailure>> {
    const { to, from, answerWithinSeconds = defaultAnswerSeconds } = this.#options;
    this.#log.info({ from: from.uri, to }, "call placed");
    const limit = this.#ua.clock.after(answerWithinSeconds * 1000, () =>
      this.cancel({ status: 408, text: "No answer" }),
    );
    const result = await this.#tries();
    limit.cancel();
    // Not before the owner has recorded the session, if there is one.
    setImmediate(() => forgetPlacedInvite(this.#ua.unanswered, this.callId));
    this.events.clear();
    if (result.ok) this.#log.info("call answered");
    else this.#log.info({ status: result.error.status, cause: result.error.text }, "call failed");
    return result;
  }

  async #tries(): Promise<Result<AnsweredCall, CallFailure>> {
    try {
      for (let plan = firstPlan(this.#options); ; ) {
        const done = await this.#try(plan);
        if ("result" in done) return done.result;
        plan = done.next;
      }
    } catch (error) {
      this.#log.error({ error: errorMessage(error) }, "the call could not be placed");
      return fail({ status: 500, text: errorMessage(error), by: "failure" });
    }
  }

  /** Tries one destination of the next hop after the other, until the outcome of one is final (RFC 3263 §4.3). */
  async #try(plan: Plan): Promise<Try> {
    const { flow, route } = this.#options;
    if (flow) return (await this.#send(plan, () => Promise.resolve(flow))).outcome;
    const { router } = this.#ua;
    const uri = parseSipUri(route ?? plan.uri);
    const destinations = await router.locate(uri).catch((error) => this.#unreachable(uri.host, error) ?? []);
    if (this.#gaveUp) return { result: fail(this.#gaveUp) };
    const done = await router.attempt(
      destinations,
      (destination) =>
        this.#send(plan, (request) => {
          // `transport=udp` is binding: some switches accept nothing else, even for large messages.
          const bytes = uri.params.has("transport") ? 0 : formatMessage(request).length + ourLinesBytes;
          return router.connect(destination, bytes);
        }),
      () => !this.#gaveUp,
    );
    return done ?? { result: fail(unreachable) };
  }

  async #send(plan: Plan, connect: (request: SipRequest) => Promise<Flow>): Promise<Attempt<Try>> {
    const request = buildInvite(this.#options, plan, { callId: this.callId, tag: this.#tag });
    const flow = await connect(request).catch((error) => this.#unreachable(plan.uri, error));
    if (this.#gaveUp) return { outcome: { result: fail(this.#gaveUp) }, failure: undefined };
    if (!flow) return { outcome: { result: fail(unreachable) }, failure: { kind: "unreachable" } };
    const contactUser = this.#describeUs(request, flow, plan);
    const { authenticate } = this.#options;
    const pinned = this.#options.flow !== undefined;
    const sent = { request, flow, pinned, contactUser, authenticate };
    const forks = new Forks(this.#ua, sent, {
      attempt: this,
      onOffer: this.#options.onOffer,
      log: this.#log,
      unwanted: () => this.#gaveUp,
      onProgress: (progress) => {
        this.#log.info({ status: progress.status }, "call progresses");
        this.events.emit("progress", progress);
      },
      giveUp: (cause) => this.close(cause),
    });
    let rang = false;
    const { transaction, outcome } = exchange(this.#ua, request, flow, {
      onProvisional: (response) => {
        rang ||= response.status > 100;
        forks.provisional(response);
      },
      onSuccess: (response) => forks.success(response),
    });
    this.#transaction = transaction;
    recordPlacedInvite(this.#ua.unanswered, transaction.request, { flow, pinned });
    const { status, reason, response } = await outcome;
    forks.forget();
    if (forks.result) return { outcome: { result: forks.result }, failure: undefined };
    if (this.#gaveUp) return { outcome: { result: fail(this.#gaveUp) }, failure: undefined };
    // A callee that may still be ringing is not called a second time.
    const failure = rang && !response ? undefined : failureOf(status, response);
    const next = response && nextPlan(plan, this.#options, { request, response });
    const refused = response ? refusalIn(response) : { status, text: reason, by: "failure" as const };
    return { outcome: next ? { next } : { result: fail(refused) }, failure };
  }

  #unreachable(to: string, error: unknown): undefined {
    this.#log.warn({ to, error: errorMessage(error) }, "next hop unreachable");
  }

  /** Adds Contact, capabilities and timer; returns the user part of our Contact. */
  #describeUs(request: SipRequest, flow: Flow, plan: Plan): string {
    const { headers } = request;
    const contactUser = parseSipUri(this.#options.from.uri, "From").user ?? "";
    headers.append("Contact", contactOf(this.#ua, { flow, user: contactUser, request }));
    addCapabilities(this.#ua, headers);
    const { sessionTimer } = this.#ua;
    for (const [name, value] of requestHeaders(sessionTimer, undefined, plan.intervalSeconds)) {
      headers.append(name, value);
    }
    headers.append("User-Agent", this.#ua.product).append("Content-Type", sdpType);
    return contactUser;
  }
}

/** The refusal of the callee's side, with its own text. */
function refusalIn(response: SipResponse): CallFailure {
  const sipReason = sipReasonOf(response.headers);
  const refusal = { status: response.status, text: phraseOf(response), by: "remote" as const };
  return sipReason === undefined ? refusal : { ...refusal, sipReason };
}
