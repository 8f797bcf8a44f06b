// Who gets one of a bounded number of connections. Pure. A connection proves itself by being ours, by credentials that
// were accepted on it, or, from a trusted address, by a first message; a request alone proves nothing.
//
// - What strangers have not proved takes a quarter of all places at most, sixteen for each source. When that quarter is
//   full, the oldest of the source that has most makes room, so that the next stranger can prove itself.
// - When all places are taken, a newcomer takes that of, in this order: a stranger who has proved nothing; then, for a
//   trusted newcomer whose source has fewer places than the other: a trusted one that has said nothing, one that has
//   not been used for a minute, or any, each of the source that has most, the longest unused first: who keeps many
//   connections busy does not keep out who has few.
// - Otherwise the newcomer is refused.

export interface Place {
  /** IPv6: the /64. */
  readonly source: string;
  readonly trusted: boolean;
  readonly proven: boolean;
  /** We opened it, or it is to stay for another reason. */
  readonly ours: boolean;
  /** Monotonic milliseconds. */
  readonly lastUse: number;
}

export interface PlaceLimits {
  readonly all: number;
  /** For each source. */
  readonly source: number;
  /** For each source, of strangers that have not proved anything. */
  readonly unprovenSource: number;
}

export type Room<P extends Place> =
  | { readonly kind: "free" }
  | { readonly kind: "taken-from"; readonly place: P }
  | { readonly kind: "none" };

/** How many places strangers may have who have not proved anything. */
export const unprovenPlaces = ({ all }: PlaceLimits): number => Math.max(1, Math.floor(all / 4));

/** Trusted connections that are used are taken away last. */
const unusedMs = 60_000;

export function findRoom<P extends Place>(
  newcomer: Pick<Place, "source" | "trusted">,
  places: Iterable<P>,
  { limits, now }: { readonly limits: PlaceLimits; readonly now: number },
): Room<P> {
  const strangers: P[] = [];
  const silent: P[] = [];
  const unused: P[] = [];
  const used: P[] = [];
  const counts = new Map<string, number>();
  let ownUnproven = 0;
  let all = 0;
  for (const place of places) {
    all += 1;
    counts.set(place.source, (counts.get(place.source) ?? 0) + 1);
    if (place.ours) continue;
    if (!place.trusted && !place.proven) {
      strangers.push(place);
      if (place.source === newcomer.source) ownUnproven += 1;
    } else if (!place.proven) silent.push(place);
    else if (now - place.lastUse >= unusedMs) unused.push(place);
    else used.push(place);
  }
  const own = counts.get(newcomer.source) ?? 0;
  if (own >= limits.source) return { kind: "none" };
  if (!newcomer.trusted) {
    if (ownUnproven >= limits.unprovenSource) return { kind: "none" };
    if (strangers.length >= unprovenPlaces(limits)) return takenFrom(strangers, counts);
  }
  if (all < limits.all) return { kind: "free" };
  if (strangers.length > 0) return takenFrom(strangers, counts);
  if (!newcomer.trusted) return { kind: "none" };
  const ofGreater = (place: P) => (counts.get(place.source) ?? 0) > own + 1;
  for (const candidates of [silent.filter(ofGreater), unused.filter(ofGreater), used.filter(ofGreater)]) {
    if (candidates.length > 0) return takenFrom(candidates, counts);
  }
  return { kind: "none" };
}

/** The longest unused one of the source that has most. */
function takenFrom<P extends Place>(places: readonly P[], counts: ReadonlyMap<string, number>): Room<P> {
  const count = ({ source }: P) => counts.get(source) ?? 0;
  const place = places.reduce((worst, other) => {
    const more = count(other) - count(worst);
    return more > 0 || (more === 0 && other.lastUse < worst.lastUse) ? other : worst;
  });
  return { kind: "taken-from", place };
}
