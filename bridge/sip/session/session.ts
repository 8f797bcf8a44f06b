// An answered call as the rest of the bridge sees it (RFC 3261 §14, §15, RFC 3264). SDP passes through as text: the
// stack knows which side owes an offer or an answer, the media side knows what is in it.
import type { Emitter, Result } from "#common";
import type { Principal } from "../auth/principal.ts";
import type { Caller } from "./identity.ts";
import type { Cause, SessionEnd } from "./reason.ts";
import type { SessionSnapshot } from "./snapshot.ts";

/** The remote party has changed: a transfer behind the peer (RFC 4916, RFC 5876). Only as told by trusted peers. */
export interface IdentityChange {
  readonly before: Caller;
  readonly now: Caller;
}

export type SessionEvents = {
  identified: IdentityChange;
  /** The result of `snapshot` has changed. Emitted after the change, before the next message is processed; not after the end. */
  changed: undefined;
  /** Exactly once, on any end. */
  ended: SessionEnd;
};

/** The callbacks by which a session asks its owner; to be set right after it is made. */
export interface SessionHandlers {
  /** A re-INVITE or UPDATE with an offer, from that address: the answer, or the status to refuse it with (488). */
  onOffer(offer: string, address: string): Promise<Result<string, Cause>>;
  /** Our description as an offer: for a re-INVITE that brought none, and for one that we send ourselves. */
  onOfferWanted(): Promise<string>;
  /** Takes the answer to the offer of `onOfferWanted`. */
  onAnswer(answer: string): Promise<void>;
  /** INFO with a body; the status to answer with. */
  onInfo(contentType: string, body: string): number;
}

/** The result of an OPTIONS inside the dialog. `unreachable`: it could not be sent, so that nothing is known. */
export type Liveness = "alive" | "gone" | "unreachable";

export interface ReferOptions {
  /** A session of ours with the party that the peer is referred to. */
  readonly replacing?: Session;
  /** The URI of the party that asks for the transfer (RFC 3892). */
  readonly referredBy?: string;
}

/** The progress of a call that a peer places for our REFER. */
export interface ReferProgress {
  /** 100 to 699; 408 when no final status was received. */
  readonly status: number;
  readonly reason: string;
}

export interface Referral {
  /** All progress, the final status included. */
  readonly events: Emitter<{ progress: ReferProgress }>;
  /** The final status. Never rejects. */
  readonly outcome: Promise<ReferProgress>;
}

export interface Session {
  readonly callId: string;
  /** The holder of the credentials that opened it; undefined: it was opened without any. */
  readonly principal?: Principal | undefined;
  /** The source address of its messages, or their destination until one has arrived. */
  readonly remoteAddress: string;
  /** The answer that came in the ACK of a late offer. */
  readonly lateAnswer: string | undefined;
  readonly ended: boolean;
  /** All changes of the remote party since the call began, also those before its answer, combined; undefined: there was none. */
  readonly identified: IdentityChange | undefined;
  readonly events: Emitter<SessionEvents>;
  handlers: SessionHandlers;
  /**
   * Renegotiates with a re-INVITE: asks `onOfferWanted`, sends, hands the answer to `onAnswer`. Waits its turn
   * when both sides try at once. The failure says with which status the peer refused; the call goes on.
   */
  reoffer(): Promise<Result<void, Cause>>;
  /** Sends OPTIONS inside the dialog. If the peer is gone or does not answer, the session ends. */
  askIfAlive(): Promise<Liveness>;
  /** Sends INFO (RFC 6086) and resolves with the status of its response. */
  info(contentType: string, body: string): Promise<number>;
  /**
   * Asks the peer to place a call (RFC 3515): a transfer. With `replacing`, to take the place of our call
   * with that party (an attended transfer). The failure is the peer's refusal; the call itself goes on in any case.
   */
  refer(to: string, options?: ReferOptions): Promise<Result<Referral, Cause>>;
  /** The state that another process needs to continue it, as plain JSON: for `SipEndpoint.adopt`. */
  snapshot(): SessionSnapshot;
  /** Sends BYE with a Reason; resolves when it was answered or has timed out. Idempotent. */
  end(cause: Cause): Promise<void>;
}
