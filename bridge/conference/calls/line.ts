// The SIP side of a call until it is answered: somebody's invitation, or one that we send. A `Call` is the same on
// either.
import type { InboundInvite } from "#sip";

/** `reject` gives up: a final response to an invitation, a CANCEL of ours. Without effect once answered. */
export type Line = Pick<InboundInvite, "cancelled" | "onOffer" | "progress" | "accept" | "reject">;

/** Who is at the other end. */
export interface Party {
  readonly number: string;
  readonly displayName?: string | undefined;
  /** Where the call comes from. */
  readonly address: string;
}
