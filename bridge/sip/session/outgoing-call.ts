// A call of ours from the first try to the session or the refusal (RFC 3261 §13.2): sends the INVITE, follows
// challenges and redirections, gives up by CANCEL. What its responses make is kept in branches.ts.
import { Emitter, errorMessage, fail, type Logger, type Result, randomToken } from "#common";
import type { SipRequest } from "../message.ts";
import type { ClientTransaction } from "../transaction/transaction.ts";
import { connectFor } from "../transport/index.ts";
import type { Flow } from "../transport/transport.ts";
import { parseSipUri } from "../uri.ts";
import { sdpType } from "./body.ts";
import { Branches } from "./branches.ts";
import { exchange } from "./exchange.ts";
import { buildInvite, firstPlan, nextPlan, type Plan } from "./outgoing-invite.ts";
import { causeOf, reasonOf } from "./reason.ts";
import { addCapabilities, contactOf } from "./replies.ts";
import type { AnsweredCall, CallAttempt, CallAttemptEvents, CallOptions, Cause } from "./session.ts";
import { requestHeaders } from "./session-timer.ts";
import type { Stack } from "./stack.ts";

const defaultAnswerSeconds = 60;

/** One try: how it ended, and what to do next when that was not the end. */
type Try = { readonly result: Result<AnsweredCall, Cause> } | { readonly next: Plan };

export class OutgoingCall implements CallAttempt {
  readonly callId = randomToken(16);
  readonly events = new Emitter<CallAttemptEvents>();
  readonly outcome: Promise<Result<AnsweredCall, Cause>>;
  readonly #stack: Stack;
  readonly #options: CallOptions;
  readonly #tag = randomToken(8);
  readonly #log: Logger;
  #transaction: ClientTransaction | undefined;
  #gaveUp: Cause | undefined;

  constructor(stack: Stack, options: CallOptions) {
    this.#stack = stack;
    this.#options = options;
    this.#log = stack.log.child({ callId: this.callId });
    this.outcome = this.#run();
  }

  cancel(cause: Cause): void {
    if (this.#gaveUp) return;
    this.#gaveUp = cause;
    this.#transaction?.cancel(reasonOf(cause));
  }

  /** Gives up and waits until that is settled. */
  async close(cause: Cause): Promise<void> {
    this.cancel(cause);
    await this.outcome;
  }

  async #run(): Promise<Result<AnsweredCall, Cause>> {
    const { to, from, answerWithinSeconds = defaultAnswerSeconds } = this.#options;
    this.#log.info({ from: from.uri, to }, "call placed");
    const limit = this.#stack.clock.after(answerWithinSeconds * 1000, () =>
      this.cancel({ status: 408, text: "No answer" }),
    );
    const result = await this.#tries();
    limit.cancel();
    this.events.clear();
    if (result.ok) this.#log.info("call answered");
    else this.#log.info({ status: result.error.status, cause: result.error.text }, "call failed");
    return result;
  }

  async #tries(): Promise<Result<AnsweredCall, Cause>> {
    try {
      for (let plan = firstPlan(this.#options); ; ) {
        const done = await this.#try(plan);
        if ("result" in done) return done.result;
        plan = done.next;
      }
    } catch (error) {
      this.#log.error({ error: errorMessage(error) }, "the call could not be placed");
      return fail({ status: 500, text: errorMessage(error) });
    }
  }

  async #try(plan: Plan): Promise<Try> {
    const request = buildInvite(this.#options, plan, { callId: this.callId, tag: this.#tag });
    const flow = await this.#connect(plan, request);
    if (this.#gaveUp) return { result: fail(this.#gaveUp) };
    if (!flow) return { result: fail({ status: 503, text: "The next hop cannot be reached" }) };
    const contactUser = this.#describeUs(request, flow, plan);
    const { authenticate } = this.#options;
    const pinned = this.#options.flow !== undefined;
    const sent = { request, flow, pinned, credentials: plan.credentials, contactUser, authenticate };
    const branches = new Branches(this.#stack, sent, {
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
    const { transaction, outcome } = exchange(this.#stack, request, flow, {
      onProvisional: (response) => branches.provisional(response),
      onSuccess: (response) => branches.success(response),
    });
    this.#transaction = transaction;
    const { status, reason, response } = await outcome;
    branches.forget();
    if (branches.result) return { result: branches.result };
    if (this.#gaveUp) return { result: fail(this.#gaveUp) };
    const next = response && nextPlan(plan, this.#options, { request, response });
    if (next) return { next };
    const text = (response && causeOf(response.headers)?.text) || reason;
    return { result: fail({ status, text }) };
  }

  /** Contact, capabilities and timer; returns the user part of our Contact. */
  #describeUs(request: SipRequest, flow: Flow, plan: Plan): string {
    const { headers } = request;
    const contactUser = parseSipUri(this.#options.from.uri, "From").user ?? "";
    headers.append("Contact", contactOf(this.#stack, flow, contactUser));
    addCapabilities(this.#stack, headers);
    const { sessionTimer } = this.#stack;
    for (const [name, value] of requestHeaders(sessionTimer, undefined, plan.intervalSeconds)) {
      headers.append(name, value);
    }
    headers.append("User-Agent", this.#stack.product).append("Content-Type", sdpType);
    return contactUser;
  }

  async #connect(plan: Plan, request: SipRequest): Promise<Flow | undefined> {
    const { flow, route } = this.#options;
    if (flow) return flow;
    try {
      const uri = parseSipUri(route ?? plan.uri);
      const destination = await this.#stack.resolve(uri);
      if (!destination) return undefined;
      // `transport=udp` is an order: some switches take nothing else, however large the message is.
      const { transport, log: logger } = this.#stack;
      if (uri.params.has("transport")) return await transport.connect(destination);
      return await connectFor(request, destination, { transport, logger });
    } catch (error) {
      this.#log.warn({ to: route ?? plan.uri, error: errorMessage(error) }, "next hop unreachable");
      return undefined;
    }
  }
}
