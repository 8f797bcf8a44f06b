// The directions of media on a leg, as offer and answer agreed (RFC 3264 §5.1, §8.4).
import { isNoAddress } from "../rtp/index.ts";
import type { AudioPlan } from "../sdp/index.ts";

export interface LegDirection {
  /** It has sent and heard. What such a leg sends that no longer hears is music on hold, and no voice. */
  readonly conversed: boolean;
  /** What it sends is its voice: it hears as well, or has only ever sent (a paging source, an announcer). */
  readonly live: boolean;
  /** It is to be sent something: not while it is held or cannot be reached. */
  readonly hears: boolean;
  /** The far end has put us on hold. */
  readonly held: boolean;
}

/** `conversed`: it had before. */
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
