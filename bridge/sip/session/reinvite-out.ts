// Our own re-INVITE (RFC 3261 §14.1): a new offer, or a session refresh where the peer knows no UPDATE. When
// both sides try at once (491), each waits a random time from ranges that do not overlap.

import { delay, fail, ok, type Result } from "#common";
import type { HeaderLines, SipMessage, SipRequest, SipResponse } from "../message/message.ts";
import { askSessionOwner, deliverAnswer } from "./ask-owner.ts";
import { descriptionOf, sdpType } from "./body.ts";
import { dialogLost } from "./bye.ts";
import { credentialsFor } from "./challenges.ts";
import type { SessionCore } from "./core.ts";
import { exchange, type Outcome } from "./exchange.ts";
import { failedToSend } from "./in-dialog.ts";
import { describe, rollBackOffer } from "./offer-answer.ts";
import { flowFor, unpinnedPath } from "./path.ts";
import type { Cause } from "./reason.ts";
import { contactOf } from "./replies.ts";
import { agreeAsClient, demandedSeconds, requestHeaders } from "./session-timer.ts";

/** Glare, a session interval, challenges and another path may each require another attempt. */
const maxAttempts = 8;
/** How often a re-INVITE is repeated that was answered 500 or 503 with a Retry-After of up to `longestWaitSeconds` (RFC 3261 §14.2). */
const maxWaits = 3;
const longestWaitSeconds = 10;
/** A re-INVITE without a final response by then is cancelled. */
const answerLimitMs = 60_000;

const gone: Cause = { status: 481, text: "The call has ended" };
const pending: Cause = { status: 491, text: "Request Pending" };

/** Runs in the session's queue: at most one of ours at a time. */
export async function reoffer(core: SessionCore): Promise<Result<void, Cause>> {
  let adjustments: Adjustments = {};
  let waits = 0;
  for (let attempt = 1; ; attempt += 1) {
    // Our re-INVITE must wait until the peer's INVITE is confirmed (§14.1).
    await core.acks.none;
    if (core.ended) return fail(gone);
    const result = await tryOnce(core, adjustments);
    if (result.ok) return ok(undefined);
    const { error, adjustments: learned } = result;
    if (attempt === maxAttempts || core.ended) return fail(error);
    if (error.status === 491) await delay(core.ua.clock, glareWait(core), core.over).catch(() => {});
    else if (!learned) return fail(error);
    const { waitMs, ...changes }: Adjustments = learned ?? {};
    if (waitMs !== undefined) {
      waits += 1;
      if (waits > maxWaits) return fail(error);
      await delay(core.ua.clock, waitMs, core.over).catch(() => {});
    }
    // Credentials are for the request that was challenged: their nonce count must not be used twice (RFC 7616 §3.4).
    const { credentials: _, ...lasting } = adjustments;
    adjustments = { ...lasting, ...changes };
  }
}

/** 2.1 to 4 s for the owner of the Call-ID, 0 to 2 s for the other side, in steps of 10 ms (§14.1). */
function glareWait(core: SessionCore): number {
  const { random } = core.ua;
  return core.outgoing ? 2100 + Math.floor(random() * 191) * 10 : Math.floor(random() * 201) * 10;
}

type Attempt =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: Cause; readonly adjustments?: Adjustments };

/** The differences of the next attempt: a longer session interval, credentials, another path, a delay. */
interface Adjustments {
  readonly waitMs?: number;
  readonly intervalSeconds?: number;
  readonly credentials?: HeaderLines;
}

async function tryOnce(core: SessionCore, adjustments: Adjustments): Promise<Attempt> {
  if (core.invite || core.negotiation.phase === "offered") return fail(pending);
  const offer = await askSessionOwner(core, async (owner) => ok(await owner.onOfferWanted()));
  if (!offer.ok) return offer;
  const flow = await flowFor(core.ua, core.dialog, core.path, offer.value.length);
  const step = describe(core.negotiation, "us", "INVITE");
  if (core.ended) return fail(gone);
  if (core.invite || !step.ok) return fail(pending);
  core.negotiation = step.next;
  core.invite = { by: "us" };

  const request = core.dialog.createRequest("INVITE", new TextEncoder().encode(offer.value));
  const { headers } = request;
  headers.append("Contact", contactOf(core.ua, { flow, user: core.contactUser, request }));
  // Without 100rel: provisional responses to a re-INVITE carry nothing essential.
  for (const method of core.ua.allow) headers.append("Allow", method);
  headers.append("Supported", "timer");
  const { intervalSeconds, credentials = [] } = adjustments;
  const timer = requestHeaders(core.ua.sessionTimer, core.timer.agreement, intervalSeconds);
  for (const [name, value] of [...timer, ...credentials]) headers.append(name, value);
  headers.append("User-Agent", core.ua.product).append("Content-Type", sdpType);
  let preview: string | undefined;
  const sent = exchange(core.ua, request, flow, {
    onProvisional: (response) => {
      const shown = descriptionOf(response);
      if (shown.kind === "sdp") preview ??= shown.sdp;
    },
    onSuccess: (response) => {
      core.dialog.refreshTarget(response);
      acknowledge(core, request, credentials);
    },
  });
  const limit = core.ua.clock.after(answerLimitMs, () => sent.transaction.cancel());
  const outcome = await sent.outcome;
  limit.cancel();
  return conclude(core, { request, preview }, outcome);
}

/** A re-INVITE of ours, and the description in an unreliable response to it. */
interface Sent {
  readonly request: SipRequest;
  readonly preview: string | undefined;
}

/** Every 2xx gets its ACK, also a repeated one: ours may have been lost (§13.2.2.4). */
export function acknowledge(
  core: SessionCore,
  invite: Pick<SipMessage, "cseq">,
  credentials: HeaderLines,
): void {
  const ack = core.dialog.createAck(invite);
  for (const [name, value] of credentials) ack.headers.append(name, value);
  void flowFor(core.ua, core.dialog, core.path).then((flow) => core.ua.transactions.sendAck(ack, flow));
}

async function conclude(core: SessionCore, { request, preview }: Sent, outcome: Outcome): Promise<Attempt> {
  if (core.ended) return fail(gone);
  const { status, reason, response } = outcome;
  if (status >= 300 || !response) {
    core.negotiation = rollBackOffer(core.negotiation);
    core.inviteConcluded();
    if (status === 481 || status === 408) dialogLost(core, status);
    else if (response) core.timer.refused();
    const adjustments = adjustmentsAfter(core, request, outcome);
    return { ...fail({ status, text: reason }), ...(adjustments && { adjustments }) };
  }
  core.timer.restart(agreeAsClient(response.headers, core.ua.sessionTimer));
  core.identify(response, core.path.flow);
  return takeAnswer(core, response, preview);
}

function adjustmentsAfter(core: SessionCore, request: SipRequest, outcome: Outcome): Adjustments | undefined {
  const { response } = outcome;
  const path = failedToSend(outcome) ? unpinnedPath(core.path) : undefined;
  if (path) {
    core.path = path;
    return {};
  }
  const intervalSeconds = response?.status === 422 ? demandedSeconds(response.headers) : undefined;
  if (intervalSeconds !== undefined) return { intervalSeconds };
  const seconds = outcome.status === 500 || outcome.status === 503 ? response?.retryAfterSeconds : undefined;
  if (seconds !== undefined && seconds <= longestWaitSeconds) return { waitMs: seconds * 1000 };
  const credentials = credentialsFor(core.authenticate, request, response);
  return credentials && { credentials };
}

async function takeAnswer(
  core: SessionCore,
  response: SipResponse,
  preview: string | undefined,
): Promise<Attempt> {
  const description = descriptionOf(response);
  const step = describe(core.negotiation, "them", "2xx");
  const answer = description.kind === "sdp" ? description.sdp : preview;
  if (answer === undefined || !step.ok) {
    core.negotiation = rollBackOffer(core.negotiation);
    core.inviteConcluded();
    return fail({ status: 488, text: "No answer to our offer" });
  }
  if (description.kind !== "sdp") core.ua.repairs.add("early_answer");
  core.negotiation = step.next;
  core.inviteConcluded();
  return deliverAnswer(core, answer);
}
