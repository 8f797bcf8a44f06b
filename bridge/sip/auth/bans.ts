// Keeps the bans of sources, and of single users at known sources. Counts what the guard and the transport report.
//
// - An unknown source without accepted credentials is charged for every kind of offence, over WebSocket only for wrong passwords
// and protocol offences. Right credentials take back the points of its requests without credentials, but not those of a wrong
// password, which may have been a guess at another user's.
// - A user at a source is charged for wrong passwords alone, whether the source is known or not; right credentials of the
// same user there clear them, and otherwise they only expire. One phone with a wrong password thus does not affect the
// others at its address.
// - The messages of an unknown source that has given right credentials within the last hour are never dropped unread. It is
// charged for wrong passwords alone, a fifth of the usual points each: its users are also counted one by one, and guessing
// passwords of many users still exceeds the budget.
import {
  type Clock,
  comingInstant,
  type Logger,
  noStateRecords,
  PersistentMap,
  type StateRecords,
  sourceOf,
  wallClockInstant,
} from "#common";
import {
  type Ban,
  type BanRecord,
  type BudgetLimits,
  FailureBudget,
  type Offence,
} from "./failure-budget.ts";

/** A ban that has just begun, for the log and for events. */
export interface BannedSource {
  readonly address: string;
  readonly offence: Offence;
  readonly seconds: number;
}

/** A ban as operators see it. Times are milliseconds since the Unix epoch. */
export interface SourceBan extends Pick<Ban, "address" | "offence" | "since" | "until" | "times"> {
  /** An address, or the /64 prefix of an IPv6 address. */
  readonly source: string;
  /** Only this user of the source is banned, for wrong passwords; undefined: the whole source. */
  readonly user: string | undefined;
}

/** The origin of a request, and the user whose password it claims to know. */
export interface Claim {
  readonly address: string;
  /** The source needs no credentials, except to register. */
  readonly known: boolean;
  /** It came by a WebSocket: its address may be that of a proxy that many browsers share. */
  readonly webSocket?: boolean;
  /** Undefined: the request has no digest credentials. */
  readonly username: string | undefined;
}

/** What is wrong with the credentials of a request. A wrong token is no guess: a page may not know yet that it was revoked. */
export type Failure = "no-credentials" | "wrong-token" | "wrong-password";

/** State for the next process: a ban without the trust that belongs to it would shut out phones that give right credentials. */
export interface BanRecords {
  readonly sources: StateRecords<BanRecord>;
  readonly users: StateRecords<BanRecord>;
  /** End of the trust, milliseconds since 1970. */
  readonly trusted: StateRecords<number>;
}

export interface BansOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly onBanned: (ban: BannedSource) => void;
  readonly limits?: BudgetLimits | undefined;
  /** Undefined: bans are not persisted. */
  readonly records?: BanRecords | undefined;
}

const noBanRecords: BanRecords = {
  sources: noStateRecords(),
  users: noStateRecords(),
  trusted: noStateRecords(),
};

const requestPoints = 1;
const wrongPoints = 5;
/** Points of a wrong password at a source where other users have given right credentials. */
const wrongPointsOfTrusted = 1;
const offencePoints: Readonly<Record<"malformed" | "flood" | "scanner", number>> = {
  malformed: 1,
  /** Per message over the rate: a burst is no flood. */
  flood: 0.1,
  /** Exceeds every budget: one request is enough. */
  scanner: Number.POSITIVE_INFINITY,
};
/** As long as a call may pass without signalling; at most `sources` sources are remembered. */
const trustedForMs = 3_600_000;
const maxTrusted = 4096;
/** Trust is renewed only after this time, so that not every request of a phone is written to the database. */
const renewTrustMs = 60_000;
const maxUsername = 64;

export class Bans {
  readonly #options: BansOptions;
  /** Unknown sources. */
  readonly #sources: FailureBudget;
  readonly #users: FailureBudget;
  /** Sources that gave right credentials, with the time until which they are received even if banned. */
  readonly #trusted: PersistentMap<number, number>;

  constructor(options: BansOptions) {
    this.#options = options;
    const { clock, limits, records = noBanRecords } = options;
    this.#sources = new FailureBudget(clock, limits, sourceOf, records.sources);
    this.#users = new FailureBudget(clock, limits, (user) => user, records.users);
    this.#trusted = new PersistentMap({
      ...{ most: maxTrusted, records: records.trusted },
      isStored: (record): record is number => typeof record === "number",
      write: (until) => wallClockInstant(clock, until),
      read: (until) => comingInstant(clock, until, trustedForMs),
    });
  }

  snapshot(): ReturnType<FailureBudget["snapshot"]> {
    const [sources, users] = [this.#sources.snapshot(), this.#users.snapshot()];
    return { sources: sources.sources + users.sources, silent: sources.silent + users.silent };
  }

  /** Whether all messages of an unknown source are dropped. */
  dropsAll(address: string): boolean {
    return this.#sources.isSilenced(address) && !this.isTrusted(address);
  }

  /** Whether the credentials are refused without being checked. */
  isBanned(claim: Claim): boolean {
    const user = userKey(claim);
    if (!claim.known && this.#sources.isSilenced(claim.address)) return true;
    return user !== undefined && this.#users.isSilenced(user);
  }

  /** A request of an unknown source was admitted. */
  noteTrusted(address: string): void {
    const source = sourceOf(address);
    const until = this.#options.clock.monotonic() + trustedForMs;
    if ((this.#trusted.get(source) ?? 0) <= until - renewTrustMs) this.#trusted.set(source, until);
  }

  isTrusted(address: string): boolean {
    return (this.#trusted.get(sourceOf(address)) ?? 0) > this.#options.clock.monotonic();
  }

  /** An unknown source sent what no client should send. Nothing is charged to a trusted source. */
  offend(address: string, offence: keyof typeof offencePoints): void {
    if (this.isTrusted(address)) return;
    if (!this.#sources.charge(address, offencePoints[offence], { offence })) return;
    this.#tell(this.#sources, address, { address, offence });
    if (this.#sources.mayLog(address))
      this.#options.log.info({ source: address, offence }, "an unknown source is banned");
  }

  fail(claim: Claim, failure: Failure): void {
    const { address, known, webSocket = false } = claim;
    const guessed = failure === "wrong-password";
    // Every phone begins with a request without credentials, many send their keep-alives (OPTIONS, NOTIFY) without any, and
    // tokens cannot be guessed.
    if (!guessed && (known || webSocket || this.isTrusted(address))) return;
    const user = guessed ? userKey(claim) : undefined;
    const offence = failure === "no-credentials" ? "unauthenticated" : "credentials";
    const silent =
      (!known && this.#failSource(address, { offence, guessed })) ||
      (user !== undefined && this.#failUser(user, address));
    const [budget, key] = known ? [this.#users, user ?? ""] : [this.#sources, address];
    if (!budget.mayLog(key)) return;
    const who = known ? "a known source" : "an unknown source";
    const what = offence === "credentials" ? `${who} gave wrong credentials` : `${who} was challenged`;
    this.#options.log.info({ source: address, silent }, what);
  }

  /** Credentials were right: those of the user in `claim`, or a token. */
  succeed(claim: Claim): void {
    const user = userKey(claim);
    if (user !== undefined) this.#users.forgive(user);
    if (!claim.known) this.#sources.refund(claim.address);
  }

  /** The current bans, sources first. */
  list(): readonly SourceBan[] {
    const ofSources = this.#sources
      .bans()
      .map(({ key, ...ban }) => ({ ...ban, source: key, user: undefined }));
    const ofUsers = this.#users.bans().map(({ key, ...ban }) => {
      const space = key.indexOf(" ");
      return { ...ban, source: key.slice(0, space), user: key.slice(space + 1) };
    });
    return [...ofSources, ...ofUsers];
  }

  /** Lifts the bans of the source of `address`, or all; returns how many. */
  lift(address?: string): number {
    const source = address === undefined ? undefined : sourceOf(address);
    const wanted = (ban: Ban) => source === undefined || sourceOf(ban.address) === source;
    return this.#sources.lift(wanted) + this.#users.lift(wanted);
  }

  #failSource(
    address: string,
    { offence, guessed }: { readonly offence: Offence; readonly guessed: boolean },
  ): boolean {
    const points = !guessed ? requestPoints : this.isTrusted(address) ? wrongPointsOfTrusted : wrongPoints;
    if (!this.#sources.charge(address, points, { offence, returnable: !guessed })) return false;
    this.#tell(this.#sources, address, { address, offence });
    return true;
  }

  #failUser(user: string, address: string): boolean {
    const offence = "credentials";
    if (!this.#users.charge(user, wrongPoints, { offence, address })) return false;
    this.#tell(this.#users, user, { address, offence });
    return true;
  }

  #tell(
    budget: FailureBudget,
    key: string,
    { address, offence }: { readonly address: string; readonly offence: Offence },
  ): void {
    this.#options.onBanned({ address, offence, seconds: Math.ceil(budget.remainingMs(key) / 1000) });
  }
}

const userKey = ({ address, username }: Claim): string | undefined =>
  username === undefined ? undefined : `${sourceOf(address)} ${username.slice(0, maxUsername)}`;
