// What an event package is to the notifier (RFC 6665 §5.4): a name, the documents it can write, and a decision
// about each subscriber. Packages know their resources; the notifier knows SIP.

import type { Result } from "#common";
import type { SipRequest } from "../message/message.ts";
import type { Caller } from "../session/identity.ts";
import type { Rejection } from "../session/reason.ts";
/** Why a subscription ends, in the words of RFC 6665 §4.1.3. */
export type EndReason = "deactivated" | "probation" | "rejected" | "timeout" | "giveup" | "noresource";

export interface EventPackage {
  /** Lower case: `conference`. */
  readonly name: string;
  /** Media types of its documents, the one it likes best first; also what is sent when Accept is absent. */
  readonly contentTypes: readonly [string, ...string[]];
  /** Granted when the request asks for nothing; longer wishes are cut down to `maxSeconds`. */
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
  /** The one of the package's types that the subscriber takes. */
  readonly contentType: string;
  /**
   * Sends a document; of several in a row only the newest may arrive. One that depends on what arrived before is
   * given as a function, which is called when its turn to be sent has come.
   */
  notify(body: string | (() => string)): void;
  end(reason: EndReason): void;
}

/** What a package keeps for one subscriber. */
export interface Source {
  /** The full state as it is now: for the first NOTIFY and after each refresh. */
  state(): string;
  /** Once, when the subscription is over. */
  onEnded(): void;
}
