// The directions of media on a leg, as offer and answer agreed (RFC 3264 §5.1, §8.4).
import { isNoAddress } from "../rtp/index.ts";
import type { AudioPlan } from "../sdp/index.ts";

export interface LegDirection {
  /** The far end has both sent and received. If it then only sends, it sends music on hold and not a voice. */
  readonly conversed: boolean;
  /** The received audio is a voice: the far end receives as well, or has only ever sent (a paging source, an announcer). */
  readonly live: boolean;
  /** Audio is sent to the far end: not while it is held or cannot be reached. */
  readonly hears: boolean;
  /** The far end has put us on hold. */
  readonly held: boolean;
}

/** `conversed`: the value before this negotiation. */
export function directionOf(
  { remote, direction }: Pick<AudioPlan, "remote" | "direction">,
  conversed: boolean,
): LegDirection {
  const reachable = !isNoAddress(remote.address);
  const converses = reachable && direction === "sendrecv";
  const announces = reachable && direction === "recvonly" && !conversed;
  const hears = converses || (reachable && direction === "sendonly");
  return {
    conversed: conversed || converses,
    live: converses || announces,
    hears,
    held: !hears && !announces,
  };
}
