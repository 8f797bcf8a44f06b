// One subscription on the notifier's side (RFC 6665 §4.2): sends its NOTIFYs one after the other, the newest state
// instead of a queue of old ones, and ends with exactly one terminating NOTIFY. It owns no dialog and reads no requests.
//
//   active ──renew──▶ active          active ──end, expiry──▶ ending ──answered──▶ ended
//   active, ending ──NOTIFY refused or never answered, close──▶ ended

import { errorMessage, type Timer } from "#common";
import type { HeaderLines } from "../message/message.ts";
import { type DialogSender, requestInDialog } from "../session/in-dialog.ts";
import type { EndReason } from "./package.ts";

export interface Content {
  readonly type: string;
  /** A function is called when the NOTIFY is sent. */
  readonly body: string | (() => string);
}

export interface SubscriptionOptions {
  /** Called for every NOTIFY, because the path to the subscriber may change. */
  readonly sender: () => DialogSender;
  /** The value of the Event header. */
  readonly event: string;
  readonly seconds: number;
  /** Called once, on any end. */
  readonly onEnded: () => void;
}

/** Sent with `probation`: when a subscriber may come again. */
const probationSeconds = 30;

export class Subscription {
  readonly event: string;
  readonly #options: SubscriptionOptions;
  readonly #off: () => void;
  #state: "active" | "ending" | "ended" = "active";
  #reason: EndReason = "noresource";
  #content: Content | undefined;
  #sending = false;
  #unsent = false;
  #expiresAt = 0;
  #expiring: Timer | undefined;

  constructor(options: SubscriptionOptions) {
    this.event = options.event;
    this.#options = options;
    this.#off = options.sender().ua.events.on("closed", () => this.close());
    this.#arm(options.seconds);
  }

  get ended(): boolean {
    return this.#state === "ended";
  }

  /** Sends the state, or the last one again. */
  notify(content?: Content): void {
    if (this.#state !== "active") return;
    this.#content = content ?? this.#content;
    this.#send();
  }

  /** Begins a new period; the subscriber gets the state again (§4.4.1). */
  renew(seconds: number, content?: Content): void {
    if (this.#state !== "active") return;
    this.#arm(seconds);
    this.notify(content);
  }

  end(reason: EndReason, content?: Content): void {
    if (this.#state !== "active") return;
    this.#content = content ?? this.#content;
    this.#state = "ending";
    this.#reason = reason;
    this.#expiring?.cancel();
    this.#send();
  }

  /** Nothing is sent any more: the subscriber is gone, or the endpoint has closed. */
  close(): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#off();
    this.#expiring?.cancel();
    this.#options.onEnded();
  }

  #arm(seconds: number): void {
    const { clock } = this.#options.sender().ua;
    this.#expiring?.cancel();
    this.#expiresAt = clock.monotonic() + seconds * 1000;
    this.#expiring = clock.after(seconds * 1000, () => this.end("timeout"));
  }

  #send(): void {
    this.#unsent = true;
    if (this.#sending) return;
    this.#sending = true;
    this.#run().catch((error) => {
      this.#options.sender().ua.log.warn({ error: errorMessage(error) }, "a NOTIFY was not sent");
      this.close();
    });
  }

  async #run(): Promise<void> {
    while (this.#unsent && this.#state !== "ended") {
      this.#unsent = false;
      const last = this.#state === "ending";
      const { body: written = "" } = this.#content ?? {};
      const body = new TextEncoder().encode(typeof written === "string" ? written : written());
      const { status } = await requestInDialog(this.#options.sender(), "NOTIFY", {
        headers: this.#headers(),
        body,
      });
      // A subscriber that refuses or does not answer is gone (§4.2.2).
      if (last || status >= 300) this.close();
    }
    this.#sending = false;
  }

  #headers(): HeaderLines {
    const headers: (readonly [string, string])[] = [
      ["Event", this.event],
      ["Subscription-State", this.#stateHeader()],
    ];
    if (this.#content) headers.push(["Content-Type", this.#content.type]);
    return headers;
  }

  #stateHeader(): string {
    if (this.#state === "active") {
      const remainingMs = this.#expiresAt - this.#options.sender().ua.clock.monotonic();
      return `active;expires=${Math.max(Math.ceil(remainingMs / 1000), 0)}`;
    }
    const retry = this.#reason === "probation" ? `;retry-after=${probationSeconds}` : "";
    return `terminated;reason=${this.#reason}${retry}`;
  }
}
