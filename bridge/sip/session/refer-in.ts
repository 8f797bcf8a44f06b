// Answers a REFER (RFC 3515 §2.4): the owner places the call or refuses; the progress of the call is then reported
// in NOTIFYs until it has been answered or has failed. Inside a call the subscription uses the call's dialog;
// outside it has one of its own.
import { errorMessage, fail, type Result, within } from "#common";
import { formatNameAddr, parseNameAddr, parseReplaces } from "../message/headers.ts";
import type { HeaderLines, SipRequest } from "../message/message.ts";
import { SipSyntaxError } from "../message/syntax-error.ts";
import { formatUri, parseUri } from "../message/uri.ts";
import { type EndReason, matchesEvent, Subscription, SubscriptionDialog } from "../subscription/index.ts";
import type { Notifier } from "../subscription/notifier.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { SessionCore, Usage } from "./core.ts";
import { callerOf, dialledOf } from "./identity.ts";
import type { ReferredCall } from "./questions.ts";
import type { Cause, Rejection } from "./reason.ts";
import { refuse, reply, retrySoon } from "./replies.ts";
import type { Session } from "./session.ts";
import { formatSipfrag, sipfragType } from "./sipfrag.ts";
import type { UserAgent } from "./user-agent.ts";

/** Limit per call. */
const maxReferrals = 4;
/** Limit of the owner's decision: the sender of the REFER waits for 32 s (timer F) at most. */
const decisionLimitMs = 10_000;
/** Longer than a call may ring. */
const subscriptionSeconds = 180;
const limits = { defaultSeconds: subscriptionSeconds, maxSeconds: 3600 };

/** Answers a REFER inside a call. */
export async function answerRefer(
  core: SessionCore,
  session: Session,
  transaction: ServerTransaction,
): Promise<void> {
  const { ua } = core;
  const asked = readOrRefuse(ua, transaction);
  if (!asked) return;
  if (core.usages.length + core.pendingRefers >= maxReferrals) {
    return reply(ua, transaction, 500, { headers: retrySoon(ua) });
  }
  core.pendingRefers += 1;
  const decision = await decide(ua, transaction, { asked, session });
  core.pendingRefers -= 1;
  if (!decision.ok) return refuse(ua, transaction, decision.error);
  core.follow(transaction.request, transaction);
  accept(ua, transaction, { asked, contactUser: core.contactUser });
  if (asked.silent) return;
  // Several in one call are distinguished by the CSeq of their REFER (§2.4.6).
  const first = !core.hadReferrals;
  core.hadReferrals = true;
  const event = first ? "refer" : `refer;id=${transaction.request.cseq.number}`;
  const subscription = new Subscription({
    sender: () => core.sender,
    event,
    seconds: subscriptionSeconds,
    onEnded: () => core.removeUsage(usage),
  });
  const usage: Usage = {
    matches: (request) => request.method === "SUBSCRIBE" && matchesEvent(request, event),
    onRequest: (refresh) => renew(core, refresh, subscription),
  };
  core.addUsage(usage);
  report(decision.value, subscription);
}

/** Answers a REFER outside of calls. */
export async function answerStandaloneRefer(
  ua: UserAgent,
  transaction: ServerTransaction,
  notifier: Notifier,
): Promise<void> {
  const asked = readOrRefuse(ua, transaction);
  if (!asked) return;
  if (!transaction.request.contact) return reply(ua, transaction, 400);
  if (notifier.full) return reply(ua, transaction, 503, { headers: [["Retry-After", "60"]] });
  const decision = await decide(ua, transaction, { asked, session: undefined });
  if (!decision.ok) return refuse(ua, transaction, decision.error);
  const contactUser = dialledOf(transaction.request);
  if (asked.silent) return accept(ua, transaction, { asked, contactUser });
  const dialog = new SubscriptionDialog(ua, transaction, {
    event: "refer",
    seconds: subscriptionSeconds,
    contactUser,
    grant: (request) => Math.min(request.expires ?? limits.defaultSeconds, limits.maxSeconds),
    state: () => undefined,
    onEnded: () => notifier.forget(dialog),
  });
  notifier.keep(dialog);
  accept(ua, transaction, { asked, contactUser, toTag: dialog.localTag });
  report(decision.value, dialog.subscription);
}

function readOrRefuse(ua: UserAgent, transaction: ServerTransaction): ReferTarget | undefined {
  const asked = readRefer(transaction.request);
  if (asked.kind === "accepted") {
    if (asked.repaired) ua.repairs.add("address");
    return asked;
  }
  refuse(ua, transaction, asked.cause);
  return undefined;
}

async function decide(
  ua: UserAgent,
  { request, flow }: ServerTransaction,
  { asked, session }: { readonly asked: ReferTarget; readonly session: Session | undefined },
): Promise<Result<ReferredCall, Rejection>> {
  const trusted = ua.trusted(flow);
  const caller = callerOf(request, trusted);
  const { to, headers } = asked;
  ua.log.info({ callId: request.callId, from: caller.number, to }, "REFER received");
  const deciding = (async () => ua.questions.onRefer({ request, session, caller, trusted, to, headers }))();
  try {
    const decision = await within(deciding, { clock: ua.clock, limitMs: decisionLimitMs });
    if (decision) return decision;
    void deciding.then(
      (late) => late.ok && late.value.cancel({ status: 503, text: "Decided too late" }),
      () => {},
    );
    return fail({ status: 503, text: "No decision in time" });
  } catch (error) {
    ua.log.error({ error: errorMessage(error) }, "a REFER was not handled");
    return fail({ status: 500, text: "Internal error" });
  }
}

function accept(
  ua: UserAgent,
  transaction: ServerTransaction,
  { asked, contactUser, toTag }: { asked: ReferTarget; contactUser: string; toTag?: string },
): void {
  const headers: HeaderLines = asked.silent ? [["Refer-Sub", "false"]] : [];
  reply(ua, transaction, 202, { contactUser, toTag, headers });
}

/** Sends the first NOTIFY at once, then one for each progress of the call, and one for its end, which ends the subscription. */
function report(call: ReferredCall, subscription: Subscription): void {
  const content = (status: number, reason?: string) => ({
    type: sipfragType,
    body: formatSipfrag(status, reason),
  });
  const off = call.events.on("progress", ({ status }) => subscription.notify(content(status)));
  const finish = (reason: EndReason, status: number, text?: string) => {
    off();
    subscription.end(reason, content(status, text));
  };
  subscription.notify(content(100));
  call.outcome.then(
    (result) =>
      result.ok
        ? finish("noresource", 200)
        : finish("noresource", result.error.status, result.error.text || undefined),
    () => finish("noresource", 500),
  );
}

/** A refresh of the subscription, or its end, inside the call's dialog. */
function renew(core: SessionCore, transaction: ServerTransaction, subscription: Subscription): void {
  const { request } = transaction;
  const seconds = Math.min(request.expires ?? limits.defaultSeconds, limits.maxSeconds);
  const { ua, contactUser } = core;
  reply(ua, transaction, 200, { contactUser, headers: [["Expires", String(seconds)]] });
  if (seconds === 0) subscription.end("timeout");
  else subscription.renew(seconds);
}

/** The target of a REFER (§2.4.2), with Refer-Sub of RFC 4488. */
export interface ReferTarget {
  readonly kind: "accepted";
  readonly to: string;
  readonly headers: HeaderLines;
  /** `Refer-Sub: false`: no NOTIFY is to be sent. */
  readonly silent: boolean;
  /** Its Refer-To has a URI with headers but without angle brackets, or a number or address without a scheme. */
  readonly repaired: boolean;
}

type ReferRequest = ReferTarget | { readonly kind: "refused"; readonly cause: Cause };

/**
 * What the REFER asks for, or why it is refused. Of the headers in a Refer-To URI only Replaces is used:
 * the others would let a peer put headers into our requests.
 */
function readRefer(request: SipRequest): ReferRequest {
  try {
    return read(request);
  } catch (error) {
    if (error instanceof SipSyntaxError) return refused(400, error.message);
    throw error;
  }
}

function read(request: SipRequest): ReferRequest {
  const values = request.headers.all("Refer-To");
  if (values.length !== 1) return refused(400, "There must be one Refer-To");
  const value = values[0]!;
  const meant = referTo(value);
  const repaired = meant !== value;
  const uri = parseUri(parseNameAddr(meant, "Refer-To").uri, "Refer-To");
  if (uri.kind === "other") return refused(416, "Only SIP and tel URIs can be called");
  const { referredBy } = request;
  const headers: (readonly [string, string])[] = [];
  if (referredBy) {
    const written = request.headers.get("Referred-By")!;
    headers.push(["Referred-By", referredBy.repaired ? formatNameAddr(referredBy) : written]);
  }
  const silent = request.headers.get("Refer-Sub")?.trim().toLowerCase().startsWith("false") === true;
  if (uri.kind === "tel") return { kind: "accepted", to: formatUri(uri), headers, silent, repaired };

  const method = uri.params.get("method")?.toUpperCase() ?? "INVITE";
  if (method !== "INVITE") return refused(403, "Only calls can be referred");
  const replaces = uri.headers.get("replaces");
  if (replaces !== undefined) {
    parseReplaces(replaces);
    headers.push(["Replaces", replaces], ["Require", "replaces"]);
  }
  const params = new Map(uri.params);
  params.delete("method");
  const to = formatUri({ ...uri, params, headers: new Map() });
  return { kind: "accepted", to, headers, silent, repaired };
}

/** A bare telephone number, in the place of a host or without any scheme: some phones write what was dialled. */
const bareNumber = /^[ \t]*<?(?:sips?:)?(\+?[\d*#-]{1,64})>?[ \t]*$/i;
/** An address without its scheme. */
const bareAddress = /^[ \t]*<?([^\s<>:;"@]{1,128}@[^\s<>"@]+?)>?[ \t]*$/;

/** A Refer-To in its correct form; a correct one is returned unchanged. */
function referTo(value: string): string {
  const number = bareNumber.exec(value)?.[1];
  if (number !== undefined) return `<tel:${number}>`;
  const address = bareAddress.exec(value)?.[1];
  if (address !== undefined) return `<sip:${address}>`;
  // The whole value is the URI: where headers follow, a semicolon after the `?` belongs to Replaces (RFC 3261 §20.10).
  return !value.includes("<") && value.includes("?") ? `<${value}>` : value;
}

const refused = (status: number, text: string): ReferRequest => ({
  kind: "refused",
  cause: { status, text },
});
