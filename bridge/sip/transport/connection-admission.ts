// Which new connection is admitted when their number is bounded. Pure. A connection is proven when we opened it, when
// credentials were accepted on it, or when it comes from a trusted address and has sent a message; a request alone proves
// nothing.
//
// - Unproven connections of untrusted sources are at most a quarter of all, and sixteen for each source. When that quarter
//   is full, the oldest one of the source that has most is evicted.
// - When all are taken, a new one evicts, in this order: an unproven one of an untrusted source; then, only for a trusted
//   newcomer whose source has fewer connections than the other: a trusted one that has sent nothing, one unused for a
//   minute, or any; each time the longest unused one of the source that has most.
// - Otherwise the new one is refused.

export interface OpenConnection {
  /** The source address; of IPv6: the /64 prefix. */
  readonly source: string;
  readonly trusted: boolean;
  readonly proven: boolean;
  /** We opened it, or it is to be kept for another reason. */
  readonly ours: boolean;
  /** Monotonic milliseconds. */
  readonly lastUse: number;
}

export interface AdmissionLimits {
  readonly all: number;
  /** Per source. */
  readonly source: number;
  /** Per source, for unproven connections of untrusted addresses. */
  readonly unprovenSource: number;
}

export type Admission<P extends OpenConnection> =
  | { readonly kind: "free" }
  | { readonly kind: "evict"; readonly connection: P }
  | { readonly kind: "refused" };

/** The limit of unproven connections of untrusted sources. */
const unprovenLimit = ({ all }: AdmissionLimits): number => Math.max(1, Math.floor(all / 4));

/** A trusted connection counts as unused after this time; used ones are evicted last. */
const unusedMs = 60_000;

export function admitConnection<P extends OpenConnection>(
  newcomer: Pick<OpenConnection, "source" | "trusted">,
  connections: Iterable<P>,
  { limits, now }: { readonly limits: AdmissionLimits; readonly now: number },
): Admission<P> {
  const strangers: P[] = [];
  const silent: P[] = [];
  const unused: P[] = [];
  const used: P[] = [];
  const counts = new Map<string, number>();
  let ownUnproven = 0;
  let all = 0;
  for (const connection of connections) {
    all += 1;
    counts.set(connection.source, (counts.get(connection.source) ?? 0) + 1);
    if (connection.ours) continue;
    if (!connection.trusted && !connection.proven) {
      strangers.push(connection);
      if (connection.source === newcomer.source) ownUnproven += 1;
    } else if (!connection.proven) silent.push(connection);
    else if (now - connection.lastUse >= unusedMs) unused.push(connection);
    else used.push(connection);
  }
  const own = counts.get(newcomer.source) ?? 0;
  if (own >= limits.source) return { kind: "refused" };
  if (!newcomer.trusted) {
    if (ownUnproven >= limits.unprovenSource) return { kind: "refused" };
    if (strangers.length >= unprovenLimit(limits)) return evictFrom(strangers, counts);
  }
  if (all < limits.all) return { kind: "free" };
  if (strangers.length > 0) return evictFrom(strangers, counts);
  if (!newcomer.trusted) return { kind: "refused" };
  const ofGreater = (connection: P) => (counts.get(connection.source) ?? 0) > own + 1;
  for (const candidates of [silent.filter(ofGreater), unused.filter(ofGreater), used.filter(ofGreater)]) {
    if (candidates.length > 0) return evictFrom(candidates, counts);
  }
  return { kind: "refused" };
}

/** The connection of the source with most connections that has been unused for longest. */
function evictFrom<P extends OpenConnection>(
  connections: readonly P[],
  counts: ReadonlyMap<string, number>,
): Admission<P> {
  const count = ({ source }: P) => counts.get(source) ?? 0;
  const connection = connections.reduce((worst, other) => {
    const more = count(other) - count(worst);
    return more > 0 || (more === 0 && other.lastUse < worst.lastUse) ? other : worst;
  });
  return { kind: "evict", connection };
}
