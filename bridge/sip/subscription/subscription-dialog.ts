// A subscription with a dialog of its own, made by a SUBSCRIBE or by a REFER outside of calls (RFC 6665 §4.4.1):
// owns the dialog, takes the refreshes and the unsubscription inside it, and removes both when it is over.
import { randomToken } from "#common";
import { parseEvent } from "../message/headers.ts";
import type { SipRequest } from "../message/message.ts";
import { Dialog } from "../session/dialog.ts";
import type { DialogSender } from "../session/in-dialog.ts";
import { type Path, returnPath } from "../session/path.ts";
import { reply, retrySoon } from "../session/replies.ts";
import type { DialogStatus, DialogUser, UserAgent } from "../session/user-agent.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { Flow } from "../transport/index.ts";
import { type Content, Subscription } from "./subscription.ts";

export interface SubscriptionDialogOptions {
  readonly event: string;
  readonly seconds: number;
  readonly contactUser: string;
  /** The period granted to a refresh; undefined: too brief (423). */
  readonly grant: (request: SipRequest) => number | undefined;
  /** The state for a refresh; undefined: the last one again. */
  readonly state: () => Content | undefined;
  readonly onEnded: () => void;
}

export class SubscriptionDialog implements DialogUser {
  readonly subscription: Subscription;
  readonly localTag = randomToken(8);
  readonly status: DialogStatus = { kind: "other" };
  readonly #ua: UserAgent;
  readonly #options: SubscriptionDialogOptions;
  readonly #dialog: Dialog;
  readonly #gone = Promise.withResolvers<void>();
  #path: Path;

  constructor(ua: UserAgent, transaction: ServerTransaction, options: SubscriptionDialogOptions) {
    const { request, flow } = transaction;
    this.#ua = ua;
    this.#options = options;
    this.#dialog = Dialog.ofRequest(request, this.localTag);
    this.#dialog.confirm();
    this.#path = returnPath(request, flow);
    this.subscription = new Subscription({
      sender: () => this.#sender,
      event: options.event,
      seconds: options.seconds,
      onEnded: () => this.#end(),
    });
    ua.dialogs.set(this.#dialog.key, this);
  }

  get flow(): Flow {
    return this.#path.flow;
  }

  onAck(): void {}

  onRequest(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (!this.#dialog.acceptCSeq(request)) {
      reply(this.#ua, transaction, 500, { headers: retrySoon(this.#ua) });
    } else if (request.method === "SUBSCRIBE" && matchesEvent(request, this.#options.event)) {
      this.#refresh(transaction);
    } else {
      reply(this.#ua, transaction, 481);
    }
  }

  /** The endpoint closes: the subscriber may subscribe again. */
  async close(): Promise<void> {
    this.subscription.end("probation");
    await this.#gone.promise;
  }

  #refresh(transaction: ServerTransaction): void {
    const { request, flow } = transaction;
    const seconds = this.#options.grant(request);
    if (seconds === undefined) {
      reply(this.#ua, transaction, 423, { headers: [["Min-Expires", String(minSeconds)]] });
      return;
    }
    this.#dialog.refreshTarget(request);
    this.#path = returnPath(request, flow);
    const { contactUser } = this.#options;
    reply(this.#ua, transaction, 200, { contactUser, headers: [["Expires", String(seconds)]] });
    if (seconds === 0) this.subscription.end("timeout", this.#options.state());
    else this.subscription.renew(seconds, this.#options.state());
  }

  #end(): void {
    this.#dialog.terminate();
    this.#ua.dialogs.delete(this.#dialog.key);
    this.#options.onEnded();
    this.#gone.resolve();
  }

  get #sender(): DialogSender {
    const { contactUser } = this.#options;
    return {
      ua: this.#ua,
      dialog: this.#dialog,
      path: this.#path,
      contactUser,
      authenticate: undefined,
    };
  }
}

/** The shortest period, except 0, a single fetch (RFC 6665 §4.2.1.1). */
export const minSeconds = 60;

/** The period that a request asks for, reduced to the limit; undefined: too brief. 0 is a single fetch, or the end. */
export function grantedSeconds(
  request: SipRequest,
  limits: { readonly defaultSeconds: number; readonly maxSeconds: number },
): number | undefined {
  const wish = request.expires ?? limits.defaultSeconds;
  if (wish > 0 && wish < minSeconds) return undefined;
  return Math.min(wish, limits.maxSeconds);
}

/** Whether the Event header of a request names the subscription with that Event: package and id are compared. */
export function matchesEvent(request: SipRequest, event: string): boolean {
  const asked = request.headers.view("Event", parseEvent);
  const ours = parseEvent(event);
  return asked?.package === ours.package && asked.id === ours.id;
}
