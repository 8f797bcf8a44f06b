// Limits how often a source may fail before it is banned: not read and not answered any more, for a time that
// doubles with each relapse and is halved again by each day without one. A table of fixed size, from which the source that
// failed longest ago is dropped.
//
// Bans outlive a restart, with how often there was one. Failures short of a ban do not: time forgives all of them within
// four minutes, so that a restart gives a source no more than a short wait does, and to write down what any packet from a made-up
// address can cause would cost more than it saves.
import {
  BoundedMap,
  type Clock,
  comingInstant,
  noStateRecords,
  type StateRecords,
  sourceOf,
  wallClockInstant,
} from "#common";

export interface BudgetLimits {
  /** Points at which a source is banned. */
  readonly points: number;
  /** One point expires in this time. */
  readonly forgiveMs: number;
  readonly firstSilenceMs: number;
  readonly maxSilenceMs: number;
  /** Number of sources remembered. */
  readonly sources: number;
}

const dayMs = 86_400_000;

/** Five wrong passwords, or 25 requests that never answer their challenge. */
export const defaultBudget: BudgetLimits = {
  points: 25,
  forgiveMs: 10_000,
  firstSilenceMs: 60_000,
  maxSilenceMs: 3_600_000,
  sources: 4096,
};

/** Why a source is charged: missing or wrong credentials, no SIP, too many messages, a scanner's mark. */
export type Offence = "unauthenticated" | "credentials" | "malformed" | "flood" | "scanner";

/** A current ban of a source, or of one user there. Times are milliseconds since the Unix epoch. */
export interface Ban {
  /** What is counted together: an address, the /64 prefix of an IPv6 address, or one of these and a user. */
  readonly key: string;
  /** The address that was charged last. */
  readonly address: string;
  readonly offence: Offence;
  readonly since: number;
  readonly until: number;
  /** How often it has been banned, this ban included. */
  readonly times: number;
}

/** A ban as stored for the next process, with the duration of the next ban of this source. */
export type BanRecord = Omit<Ban, "key"> & { readonly silenceMs: number };

/** Another version may have written it. */
function isBanRecord(record: unknown): record is BanRecord {
  if (typeof record !== "object" || record === null) return false;
  const { address, offence, since, until, times, silenceMs } = record as Record<keyof BanRecord, unknown>;
  const texts = [address, offence];
  return (
    texts.every((text) => typeof text === "string") &&
    [since, until, times, silenceMs].every((figure) => typeof figure === "number")
  );
}

interface Charge {
  readonly offence: Offence;
  readonly address?: string;
  /** Whether `refund` takes these points back. */
  readonly returnable?: boolean;
}

interface Offender {
  address: string;
  offence: Offence;
  since: number;
  times: number;
  points: number;
  /** The part of the points that `refund` takes back. */
  returnable: number;
  /** Monotonic milliseconds of the last point. */
  at: number;
  silentUntil: number;
  silenceMs: number;
  loggedAt: number;
}

export class FailureBudget {
  readonly #clock: Clock;
  readonly #limits: BudgetLimits;
  readonly #keyOf: (address: string) => string;
  readonly #records: StateRecords<BanRecord>;
  readonly #offenders: BoundedMap<string, Offender>;

  /** `keyOf`: maps an address to the key that is counted; by default its source. `records`: stores bans for the next process. */
  constructor(
    clock: Clock,
    limits: BudgetLimits = defaultBudget,
    keyOf: (address: string) => string = sourceOf,
    records: StateRecords<BanRecord> = noStateRecords(),
  ) {
    this.#clock = clock;
    this.#keyOf = keyOf;
    this.#limits = limits;
    this.#records = records;
    this.#offenders = new BoundedMap({ most: limits.sources, onDrop: (_, key) => records.delete(key) });
    for (const [key, record] of records.previous) {
      if (!isBanRecord(record)) {
        records.delete(key);
        continue;
      }
      const { until, ...ban } = record;
      const silentUntil = comingInstant(clock, until, limits.maxSilenceMs);
      this.#offenders.set(key, { ...this.#unblemished(key), ...ban, points: limits.points / 2, silentUntil });
    }
  }

  isSilenced(address: string): boolean {
    const offender = this.#offenders.get(this.#keyOf(address));
    return offender !== undefined && this.#clock.monotonic() < offender.silentUntil;
  }

  /** True when this charge bans the source. `address`: where the request came from, if that is not the key. */
  charge(key: string, points: number, { offence, address = key, returnable = false }: Charge): boolean {
    const { firstSilenceMs, maxSilenceMs } = this.#limits;
    const offender = this.#touch(this.#keyOf(key));
    const now = this.#clock.monotonic();
    offender.address = address;
    offender.offence = offence;
    this.#age(offender);
    offender.points += points;
    if (returnable) offender.returnable += points;
    if (offender.points < this.#limits.points) return false;
    // Half of the budget stays used: the next ban comes sooner, and lasts longer.
    keep(offender, this.#limits.points / 2);
    const calmDays = Math.floor(Math.max(0, now - offender.silentUntil) / dayMs);
    const doubled = (offender.silenceMs * 2) / 2 ** calmDays;
    offender.silenceMs = Math.min(maxSilenceMs, Math.max(firstSilenceMs, doubled));
    offender.silentUntil = now + offender.silenceMs;
    offender.since = this.#clock.now();
    offender.times += 1;
    this.#keep(this.#keyOf(key), offender);
    return true;
  }

  /** The current bans, the latest offender last. */
  bans(): readonly Ban[] {
    const [now, monotonic] = [this.#clock.now(), this.#clock.monotonic()];
    return [...this.#offenders]
      .filter(([, { silentUntil }]) => monotonic < silentUntil)
      .map(([key, { address, offence, since, times, silentUntil }]) => ({
        ...{ key, address, offence, since, times },
        until: now + silentUntil - monotonic,
      }));
  }

  /** How long the ban of `key` still lasts, milliseconds; 0: there is none. */
  remainingMs(key: string): number {
    const offender = this.#offenders.get(this.#keyOf(key));
    return Math.max(0, (offender?.silentUntil ?? 0) - this.#clock.monotonic());
  }

  /** Ends the bans that `wanted` selects and clears the points that led to them; returns how many. */
  lift(wanted: (ban: Ban) => boolean): number {
    const lifted = this.bans().filter(wanted);
    for (const { key } of lifted) this.#forget(key);
    return lifted.length;
  }

  /** The key stands for one sender that has shown right credentials: clears all its earlier failures. */
  forgive(key: string): void {
    this.#forget(this.#keyOf(key));
  }

  /** One of several senders behind the key has shown right credentials: clears only the points charged as returnable. */
  refund(key: string): void {
    const offender = this.#offenders.get(this.#keyOf(key));
    if (!offender) return;
    this.#age(offender);
    offender.points -= offender.returnable;
    offender.returnable = 0;
    if (offender.points <= 0 && offender.times === 0) this.#offenders.delete(this.#keyOf(key));
  }

  /** Whether this source may be logged now: once a minute. Only for sources just charged. */
  mayLog(address: string): boolean {
    const offender = this.#offenders.get(this.#keyOf(address));
    const now = this.#clock.monotonic();
    if (!offender || now - offender.loggedAt < 60_000) return false;
    offender.loggedAt = now;
    return true;
  }

  /** Sources remembered, and sources banned now. */
  snapshot(): { readonly sources: number; readonly silent: number } {
    const now = this.#clock.monotonic();
    let silent = 0;
    for (const { silentUntil } of this.#offenders.values()) if (now < silentUntil) silent += 1;
    return { sources: this.#offenders.size, silent };
  }

  /** Reduces the points by the time that has passed. */
  #age(offender: Offender): void {
    const now = this.#clock.monotonic();
    keep(offender, Math.max(0, offender.points - (now - offender.at) / this.#limits.forgiveMs));
    offender.at = now;
  }

  #keep(key: string, { address, offence, since, times, silenceMs, silentUntil }: Offender): void {
    const until = wallClockInstant(this.#clock, silentUntil);
    this.#records.put(key, { address, offence, since, times, silenceMs, until });
  }

  #forget(key: string): void {
    if (this.#offenders.delete(key)) this.#records.delete(key);
  }

  #unblemished(address: string): Offender {
    return {
      address,
      offence: "unauthenticated",
      since: 0,
      times: 0,
      points: 0,
      returnable: 0,
      at: this.#clock.monotonic(),
      silentUntil: 0,
      silenceMs: 0,
      loggedAt: Number.NEGATIVE_INFINITY,
    };
  }

  #touch(source: string): Offender {
    const offender = this.#offenders.get(source) ?? this.#unblemished(source);
    // Put back at the end: the first key is the one that failed longest ago.
    this.#offenders.set(source, offender);
    return offender;
  }
}

/** Keeps this many points; each kind loses the same share. */
function keep(offender: Offender, points: number): void {
  if (offender.points > 0 && Number.isFinite(offender.points))
    offender.returnable *= points / offender.points;
  else offender.returnable = 0;
  offender.points = points;
}
