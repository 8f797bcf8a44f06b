// The identity of the remote party of a dialog over time, as told by the messages of a trusted peer (RFC 4916, RFC 5876). An
// accepted UPDATE or re-INVITE that names another party is a change, before the answer as after it. The owner of this object
// decides whether a peer is trusted and a request accepted.
import type { NameAddr } from "../message/headers.ts";
import type { SipMessage } from "../message/message.ts";
import type { Caller } from "./identity.ts";
import { connectedIdentityOf } from "./identity.ts";
import type { IdentityChange } from "./session.ts";
import { type IdentitySnapshot, restoreCaller, snapshotCaller } from "./snapshot.ts";

export class ConnectedIdentity {
  #now: Caller;
  /** The peer itself has named the party. */
  #asserted: boolean;
  #change: IdentityChange | undefined;

  /** `asserted`: the peer named the party; else it is the number that we dialled, which the peer may write differently. */
  constructor(party: Caller, asserted: boolean) {
    this.#now = party;
    this.#asserted = asserted;
  }

  static restore({ now, asserted, change }: IdentitySnapshot): ConnectedIdentity {
    const identity = new ConnectedIdentity(restoreCaller(now), asserted);
    if (change) identity.#change = { before: restoreCaller(change.before), now: restoreCaller(change.now) };
    return identity;
  }

  snapshot(): IdentitySnapshot {
    const change = this.#change;
    return {
      now: snapshotCaller(this.#now),
      asserted: this.#asserted,
      ...(change && { change: { before: snapshotCaller(change.before), now: snapshotCaller(change.now) } }),
    };
  }

  /** The change from the beginning of the call until now; undefined while the party is the same. */
  get change(): IdentityChange | undefined {
    return this.#change;
  }

  /** `before`: the peer's last From or To. Returns the change, if there is one. */
  update(message: SipMessage, before: NameAddr): IdentityChange | undefined {
    const now = connectedIdentityOf(message, before);
    if (!now) return undefined;
    const was = this.#now;
    // The first response that names the called party only tells how the peer writes the number.
    const isSpelling = !this.#asserted && message.kind === "response";
    this.#asserted = true;
    if (now.number === was.number && (now.displayName ?? was.displayName) === was.displayName)
      return undefined;
    this.#now = now;
    if (isSpelling) return undefined;
    this.#change = { before: this.#change?.before ?? was, now };
    return { before: was, now };
  }
}
