// What an event package is to the notifier (RFC 6665 §5.4): a name, the documents it can write, and a decision
// about each subscriber. Packages know their resources; the notifier knows SIP.

import type { Result } from "#common";
import type { SipRequest } from "../message/message.ts";
import type { Caller } from "../session/identity.ts";
import type { Rejection } from "../session/reason.ts";
/** Why a subscription ends, in terms of RFC 6665 §4.1.3. */
export type EndReason = "deactivated" | "probation" | "rejected" | "timeout" | "giveup" | "noresource";

export interface EventPackage {
  /** Lower case: `conference`. */
  readonly name: string;
  /** Media types of its documents, the preferred one first; also sent when Accept is absent. */
  readonly contentTypes: readonly [string, ...string[]];
  /** Granted when the request asks for nothing; longer periods are reduced to `maxSeconds`. */
  readonly defaultSeconds: number;
  readonly maxSeconds: number;
  subscribe(subscriber: Subscriber): Result<Source, Rejection>;
}

/** A subscriber as its package sees it. */
export interface Subscriber {
  readonly request: SipRequest;
  readonly caller: Caller;
  readonly trusted: boolean;
  /** The user part of the Request-URI: what the subscription is about. */
  readonly resource: string;
  /** The one of the package's types that the subscriber accepts. */
  readonly contentType: string;
  /**
   * Sends a document; of several in a row only the newest may be sent. A document that depends on which earlier ones were sent is
   * given as a function, which is called when the NOTIFY is built.
   */
  notify(body: string | (() => string)): void;
  end(reason: EndReason): void;
}

/** The package's object for one subscriber. */
export interface Source {
  /** The full state as it is now: for the first NOTIFY and after each refresh. */
  state(): string;
  /** Called once, when the subscription is over. */
  onEnded(): void;
}
