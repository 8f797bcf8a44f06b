// Who the remote party of a dialog is, from its beginning on, as the messages of a trusted peer tell (RFC 4916, RFC 5876). An
// accepted UPDATE or re-INVITE that names another one is a change, before the answer as after it. Whether a peer is trusted
// and a request accepted is for its owner to say.
import type { NameAddr } from "../message/headers.ts";
import type { SipMessage } from "../message/message.ts";
import type { Caller } from "./identity.ts";
import { connectedIdentityOf } from "./identity.ts";
import type { IdentityChange } from "./session.ts";
import { type IdentitySnapshot, restoreCaller, snapshotCaller } from "./snapshot.ts";

export class ConnectedIdentity {
  #now: Caller;
  /** The peer itself has said who is there. */
  #asserted: boolean;
  #change: IdentityChange | undefined;

  /** `asserted`: that is how the peer names it; else how we have dialled it, and the peer may write the number otherwise. */
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

  /** From the beginning of the call until now; undefined while it is the same party. */
  get change(): IdentityChange | undefined {
    return this.#change;
  }

  /** `before`: the last From or To of theirs. Answers the change, if it is one. */
  update(message: SipMessage, before: NameAddr): IdentityChange | undefined {
    const now = connectedIdentityOf(message, before);
    if (!now) return undefined;
    const was = this.#now;
    // The first response that names whom we have called says how the peer writes it.
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
