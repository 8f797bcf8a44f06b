// A REFER of ours inside a call (RFC 3515 §2.4.1): asks the peer to place a call, and reads the progress from the peer's
// NOTIFYs. The last status counts; without a final one it is 408.

import { Emitter, fail, ok, type Result, type Timer } from "#common";
import {
  formatReplaces,
  parseEvent,
  parseSubscriptionState,
  type SubscriptionState,
} from "../message/headers.ts";
import type { SipRequest } from "../message/message.ts";
import { ifReadable } from "../message/syntax-error.ts";
import { formatUri, parseUri } from "../message/uri.ts";
import { transactionTimeout } from "../transaction/timers.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { SessionCore, Usage } from "./core.ts";
import type { Cause } from "./reason.ts";
import { reply } from "./replies.ts";
import type { ReferOptions, ReferProgress, Referral } from "./session.ts";
import { parseSipfrag } from "./sipfrag.ts";

const maxReferrals = 4;
const referEvent = parseEvent("refer");
const isSipfrag = (contentType: string): boolean => /^message\/sipfrag\b/i.test(contentType);
/** The period of a NOTIFY that names none, and the limit of the wait for the first one. */
const defaultSeconds = 180;
const maxSeconds = 3600;

/** The dialog to be replaced, with the tags from our side (RFC 3891 §4). */
export interface Replaceable {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
}

export async function sendRefer(
  core: SessionCore,
  to: string,
  { replacing, referredBy }: Pick<ReferOptions, "referredBy"> & { replacing?: Replaceable | undefined },
): Promise<Result<Referral, Cause>> {
  if (core.ended) return fail({ status: 481, text: "The call has ended" });
  if (core.usages.length >= maxReferrals) return fail({ status: 491, text: "Too many transfers at once" });
  // The first NOTIFY may arrive before the 202 (§2.4.4).
  const referral = new OutgoingReferral(core);
  const headers: (readonly [string, string])[] = [["Refer-To", `<${targetOf(to, replacing)}>`]];
  if (referredBy !== undefined) headers.push(["Referred-By", `<${referredBy}>`]);
  const { status, reason } = await core.request("REFER", { headers });
  if (status < 300) return ok(referral);
  referral.close();
  return fail({ status, text: reason });
}

function targetOf(to: string, replacing: Replaceable | undefined): string {
  const uri = parseUri(to, "Refer-To");
  if (!replacing || uri.kind !== "sip") return formatUri(uri);
  const { callId, localTag, remoteTag } = replacing;
  const replaces = formatReplaces({ callId, toTag: remoteTag, fromTag: localTag, earlyOnly: false });
  return formatUri({ ...uri, headers: new Map([["Replaces", replaces]]) });
}

class OutgoingReferral implements Referral, Usage {
  readonly events = new Emitter<{ progress: ReferProgress }>();
  readonly outcome: Promise<ReferProgress>;
  readonly #core: SessionCore;
  readonly #settle: (progress: ReferProgress) => void;
  readonly #off: () => void;
  #id: string | undefined;
  #silence: Timer;

  constructor(core: SessionCore) {
    this.#core = core;
    const { promise, resolve } = Promise.withResolvers<ReferProgress>();
    this.outcome = promise;
    this.#settle = resolve;
    this.#silence = this.#arm(defaultSeconds);
    this.#off = core.ua.events.on("closed", () => this.close());
    core.addUsage(this);
  }

  /** The first subscription that sends a NOTIFY is ours, under any id that the peer has chosen for it (§2.4.6). */
  matches(request: SipRequest): boolean {
    if (request.method !== "NOTIFY") return false;
    // A NOTIFY without Event is recognised by its body, because such a fragment is used for nothing else (RFC 3515 §2.4.5).
    const unnamed = !request.headers.get("Event") && isSipfrag(request.headers.get("Content-Type") ?? "");
    const event = unnamed ? referEvent : ifReadable(() => request.headers.view("Event", parseEvent));
    if (event?.package !== "refer") return false;
    this.#id ??= event.id ?? "";
    return this.#id === (event.id ?? "");
  }

  onRequest(transaction: ServerTransaction): void {
    const { request } = transaction;
    const { ua } = this.#core;
    const line = parseSipfrag(new TextDecoder().decode(request.body));
    // The body holds the status of the call: a NOTIFY that predates RFC 6665 may have no state beside it.
    const state = ifReadable(() => request.headers.view("Subscription-State", parseSubscriptionState));
    reply(ua, transaction, state || line ? 200 : 400);
    if (!state && !line) return;
    if (!state) ua.repairs.add("header");
    if (line) this.events.emit("progress", line);
    if (line && line.status >= 200) this.#settle(line);
    if (state?.state === "terminated") this.close();
    else this.#listenOn(state);
  }

  /** The call has ended: a last NOTIFY comes soon, or never. */
  callEnded(): void {
    this.#silence.cancel();
    this.#silence = this.#arm(transactionTimeout / 1000);
  }

  close(): void {
    this.#off();
    this.#silence.cancel();
    this.#settle({ status: 408, reason: "Nothing was heard of it" });
    this.events.clear();
    this.#core.removeUsage(this);
  }

  #listenOn({ expires = defaultSeconds }: Pick<SubscriptionState, "expires"> = { expires: undefined }): void {
    this.#silence.cancel();
    this.#silence = this.#arm(Math.min(expires, maxSeconds) + transactionTimeout / 1000);
  }

  #arm(seconds: number): Timer {
    return this.#core.ua.clock.after(seconds * 1000, () => this.close());
  }
}
