// Takes SUBSCRIBE outside of dialogs (RFC 6665 §4.2): finds the package, agrees on period and document type, and makes
// the subscription. An unknown package is refused with the list of the known ones. Bounded in number.

import { errorMessage } from "#common";
import { accepts, parseEvent } from "../message/headers.ts";
import type { HeaderLines, SipRequest } from "../message/message.ts";
import { ifReadable } from "../message/syntax-error.ts";
import { callerOf, dialledOf } from "../session/identity.ts";
import { refuse, reply } from "../session/replies.ts";
import type { UserAgent } from "../session/user-agent.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { EventPackage, Source, Subscriber } from "./package.ts";
import { grantedSeconds, minSeconds, SubscriptionDialog } from "./subscription-dialog.ts";

const fullRetryAfter = 60;

interface Agreed {
  readonly eventPackage: EventPackage;
  readonly seconds: number;
  readonly contentType: string;
}

interface Refused {
  readonly status: number;
  readonly headers: HeaderLines;
}

export class Notifier {
  readonly #ua: UserAgent;
  readonly #limit: number;
  readonly #packages = new Map<string, EventPackage>();
  readonly #subscriptions = new Set<SubscriptionDialog>();

  constructor(ua: UserAgent, limit: number) {
    this.#ua = ua;
    this.#limit = limit;
  }

  /** The number of subscriptions that have a dialog of their own. */
  get size(): number {
    return this.#subscriptions.size;
  }

  get full(): boolean {
    return this.#subscriptions.size >= this.#limit;
  }

  add(eventPackage: EventPackage): void {
    this.#packages.set(eventPackage.name, eventPackage);
  }

  /** Counts a subscription until it is over. */
  keep(subscription: SubscriptionDialog): void {
    this.#subscriptions.add(subscription);
  }

  forget(subscription: SubscriptionDialog): void {
    this.#subscriptions.delete(subscription);
  }

  /** A SUBSCRIBE outside of dialogs. */
  subscribe(transaction: ServerTransaction): void {
    const agreed = this.#agree(transaction.request);
    if ("status" in agreed) reply(this.#ua, transaction, agreed.status, { headers: agreed.headers });
    else this.#begin(transaction, agreed);
  }

  #agree(request: SipRequest): Agreed | Refused {
    const name = packageName(request);
    // Only a REFER makes such a subscription (RFC 3515 §3).
    if (name === "refer") return { status: 403, headers: [] };
    const eventPackage = this.#packages.get(name);
    if (!eventPackage) return { status: 489, headers: this.allowEvents };
    const seconds = grantedSeconds(request, eventPackage);
    if (seconds === undefined) return { status: 423, headers: [["Min-Expires", String(minSeconds)]] };
    const contentType = chooseType(request, eventPackage);
    if (contentType === undefined) return { status: 406, headers: [] };
    if (!request.contact) return { status: 400, headers: [] };
    if (this.full) return { status: 503, headers: [["Retry-After", String(fullRetryAfter)]] };
    return { eventPackage, seconds, contentType };
  }

  /** The headers of a 489, and part of our capabilities. */
  get allowEvents(): HeaderLines {
    return this.#ua.eventPackages.map((name) => ["Allow-Events", name] as const);
  }

  #begin(transaction: ServerTransaction, agreed: Agreed): void {
    const { request, flow } = transaction;
    const { eventPackage, contentType } = agreed;
    const trusted = this.#ua.trusted(flow);
    const resource = dialledOf(request);
    let dialog: SubscriptionDialog | undefined;
    const subscriber: Subscriber = {
      request,
      caller: callerOf(request, trusted),
      trusted,
      resource,
      contentType,
      notify: (body) => dialog?.subscription.notify({ type: contentType, body }),
      end: (reason) => dialog?.subscription.end(reason),
    };
    const decision = eventPackage.subscribe(subscriber);
    if (decision.ok) dialog = this.#establish(transaction, agreed, decision.value);
    else refuse(this.#ua, transaction, decision.error);
  }

  #establish(
    transaction: ServerTransaction,
    { eventPackage, seconds, contentType }: Agreed,
    source: Source,
  ): SubscriptionDialog {
    const { request } = transaction;
    const contactUser = dialledOf(request);
    const state = () => ({ type: contentType, body: this.#stateOf(source) });
    const dialog = new SubscriptionDialog(this.#ua, transaction, {
      event: request.headers.get("Event") ?? eventPackage.name,
      seconds,
      contactUser,
      grant: (refresh) => grantedSeconds(refresh, eventPackage),
      state,
      onEnded: () => {
        this.forget(dialog);
        source.onEnded();
      },
    });
    this.keep(dialog);
    const headers = [["Expires", String(seconds)]] as const;
    reply(this.#ua, transaction, 200, { toTag: dialog.localTag, contactUser, headers });
    if (seconds === 0) dialog.subscription.end("timeout", state());
    else dialog.subscription.notify(state());
    return dialog;
  }

  #stateOf(source: Source): string {
    try {
      return source.state();
    } catch (error) {
      this.#ua.log.error({ error: errorMessage(error) }, "an event package has no state");
      return "";
    }
  }
}

/** Empty when there is no readable Event. */
function packageName(request: SipRequest): string {
  return ifReadable(() => request.headers.view("Event", parseEvent))?.package ?? "";
}

function chooseType(request: SipRequest, { contentTypes }: EventPackage): string | undefined {
  const wanted = request.headers.all("Accept");
  if (wanted.length === 0) return contentTypes[0];
  return contentTypes.find((type) => accepts(wanted, type));
}
