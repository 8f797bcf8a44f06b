// Authenticates requests before any transaction exists: all requests from unknown sources, and REGISTER from every source,
// because a registration takes over calls. A request without right credentials gets a 401 that keeps no state (RFC 3261
// §8.2.7, §22.1) and is the same whatever was requested. A source that fails too often, floods, sends what is no SIP or
// gives itself away as a scanner is banned: it is not read any more for a while that grows (failure-budget.ts). The guard
// knows no rooms and does not name our software, so its answers disclose nothing. A request inside a dialog passes only
// from the address of that dialog's peer, because tags may have been overheard. Datagrams with a spoofed address can silence
// a source, but not its calls: a source that has given right credentials is still received.
//
//   unknown: banned? → admitted transaction or dialog → a scanner? → credentials → right: pass · none, stale, wrong: 401
//   known:   REGISTER → the same, but that only this user at this source is silenced · anything else: pass
import { createHmac, randomBytes } from "node:crypto";
import { BoundedMap, type Clock, errorMessage, type Logger, sourceOf } from "#common";
import { createResponse } from "../message/format.ts";
import type { SipMessage, SipRequest } from "../message/message.ts";
import { type Flow, isWebSocket, type Peer, type TransportLayer } from "../transport/index.ts";
import { bearerChallenge, readBearer, takesBearer } from "./bearer.ts";
import type { DigestAlgorithm } from "./digest.ts";
import { createChallenges, readCredentials, type Verdict, verify } from "./digest-server.ts";
import { type Ban, type BudgetLimits, FailureBudget, type Offence } from "./failure-budget.ts";
import { Nonces } from "./nonces.ts";
import type { BearerVerdict, DigestCredential, Principal } from "./principal.ts";
import { scannerMark } from "./scanner.ts";

export interface DigestGuardOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly realm: string;
  /** Peers that need no credentials, except to register. */
  readonly isKnown: (peer: Peer) => boolean;
  /**
   * What all others get: a challenge (default), or no answer at all. WebSockets, which come by way of the API, are always
   * challenged.
   */
  readonly strangers?: "challenge" | "ignore";
  /** Undefined when there is no such user. */
  readonly credentialOf: (username: string) => DigestCredential | undefined;
  /** Those that are offered, in this order, and accepted. Default: SHA-256 before MD5 (RFC 8760 §2.3). */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** Judges bearer tokens; without it none is accepted. */
  readonly bearer?: (token: string) => BearerVerdict;
  /** A source, or one user at a known source, is banned from now on. */
  readonly onSilenced?: (ban: BannedSource) => void;
  readonly budget?: BudgetLimits;
  /** Default: five minutes. */
  readonly nonceLifetimeMs?: number;
}

/** Who is banned, why and for how long. */
export interface BannedSource {
  readonly address: string;
  readonly offence: Offence;
  readonly seconds: number;
}

/** A ban as operators see it. Times are milliseconds since the Unix epoch. */
export interface SourceBan extends Pick<Ban, "address" | "offence" | "since" | "until" | "times"> {
  /** An address, or the /64 of an IPv6 one. */
  readonly source: string;
  /** Only this user of a known source is banned: they register with a wrong password. */
  readonly user: string | undefined;
}

/** Counted since the start, for metrics. */
export interface DigestGuardCounters {
  challenged: number;
  wrong: number;
  stale: number;
  admitted: number;
  silenced: number;
  /** Requests of scanners. */
  scanners: number;
  /** Bans. */
  banned: number;
}

export interface GuardContext {
  readonly transport: Pick<TransportLayer, "sendResponse" | "prove">;
  /** Whether the request belongs to a dialog of ours whose peer is at the other end of that flow. */
  readonly isInDialog: (request: SipRequest, flow: Flow) => boolean;
  /** Told of credentials that were accepted. */
  readonly onAccepted: (principal: Principal) => void;
}

export interface DigestGuard {
  readonly counters: Readonly<DigestGuardCounters>;
  /** For the transport: false where messages are dropped unread. */
  accepts(peer: Peer): boolean;
  /** Whether the message may go on to the transactions; otherwise the guard has answered or dropped it. */
  admits(message: SipMessage, flow: Flow, context: GuardContext): boolean;
  /** Whose credentials a request carried that was let in; undefined: it carried none. */
  principalOf(request: SipRequest): Principal | undefined;
  /** For the transport: a peer sends what is no SIP, or more than it may. */
  charge(peer: Peer, offence: "malformed" | "flood"): void;
  /** Who is banned now, those of unknown sources first. */
  bans(): readonly SourceBan[];
  /** Lifts the bans of the address' source, or all; how many there were. */
  lift(address?: string): number;
  /** The counters, sources that failed and those of them whose messages are dropped now. */
  snapshot(): DigestGuardCounters & ReturnType<FailureBudget["snapshot"]>;
}

export const createDigestGuard = (options: DigestGuardOptions): DigestGuard => new Guard(options);

const defaultAlgorithms: readonly DigestAlgorithm[] = ["SHA-256", "MD5"];
const challengePoints = 1;
const wrongPoints = 5;
const malformedPoints = 1;
/** Of messages over the rate: a burst is no flood. */
const floodPoints = 0.1;
/** As much as every budget: one is enough. */
const scannerPoints = Number.POSITIVE_INFINITY;
/** As long as a request that was let in may be repeated, cancelled or acknowledged. */
const admissionMs = 330_000;
const maxAdmissions = 4096;
/** As long as a call may be without a word of signalling; so many sources are remembered. */
const heardForMs = 3_600_000;
const maxHeard = 4096;
const maxUsername = 64;

/** What the credentials of a request are worth. */
type Judgement = { readonly verdict: "accepted"; readonly principal: Principal } | Refused;

interface Refused {
  readonly verdict: Exclude<Verdict, "accepted"> | "none";
  readonly scheme: "digest" | "bearer";
}

interface Attempt {
  readonly context: GuardContext;
  readonly budget: FailureBudget;
  readonly key: string;
}

class Guard implements DigestGuard {
  readonly counters: DigestGuardCounters = {
    challenged: 0,
    wrong: 0,
    stale: 0,
    admitted: 0,
    silenced: 0,
    scanners: 0,
    banned: 0,
  };
  readonly #options: DigestGuardOptions;
  readonly #budget: FailureBudget;
  /** The same of users at known sources. */
  readonly #users: FailureBudget;
  readonly #nonces: Nonces;
  readonly #tagSecret = randomBytes(16);
  readonly #principals = new WeakMap<SipRequest, Principal>();
  /** Transactions of authenticated requests, until when they are let through. */
  readonly #admitted = new Map<string, number>();
  /** Sources of what was let in, until when they are heard though silenced. */
  readonly #heard: BoundedMap<string, number>;

  constructor(options: DigestGuardOptions) {
    const { clock, budget, nonceLifetimeMs } = options;
    this.#options = options;
    this.#budget = new FailureBudget(clock, budget);
    this.#users = new FailureBudget(clock, budget, (user) => user);
    this.#heard = new BoundedMap({ most: maxHeard });
    this.#nonces = new Nonces(clock, nonceLifetimeMs === undefined ? {} : { lifetimeMs: nonceLifetimeMs });
  }

  snapshot(): DigestGuardCounters & ReturnType<FailureBudget["snapshot"]> {
    const [unknown, known] = [this.#budget.snapshot(), this.#users.snapshot()];
    return {
      ...this.counters,
      sources: unknown.sources + known.sources,
      silent: unknown.silent + known.silent,
    };
  }

  principalOf(request: SipRequest): Principal | undefined {
    return this.#principals.get(request);
  }

  accepts(peer: Peer): boolean {
    if (this.#options.isKnown(peer)) return true;
    if (this.#ignores(peer)) return false;
    const { address } = peer.remote;
    if (!this.#budget.isSilenced(address)) return true;
    if (this.#isHeard(address)) return true;
    this.counters.silenced += 1;
    return false;
  }

  admits(message: SipMessage, flow: Flow, context: GuardContext): boolean {
    // A response that answers nothing of ours finds no transaction and ends there.
    if (message.kind === "response") return true;
    const { address } = flow.remote;
    if (this.#options.isKnown(flow)) return this.#admitsKnown(message, flow, context);
    if (this.#ignores(flow)) return false;
    if (this.#wasAdmitted(message, flow) || context.isInDialog(message, flow)) {
      this.#hear(address);
      return true;
    }
    if (!isWebSocket(flow) && scannerMark(message) !== undefined) {
      this.counters.scanners += 1;
      if (!this.#isHeard(address)) this.#offend(address, "scanner", scannerPoints);
      return false;
    }
    // Neither is ever challenged (§22.1); without an INVITE of theirs they match nothing.
    if (message.method === "ACK" || message.method === "CANCEL") return false;
    if (!this.#authenticates(message, flow, { context, budget: this.#budget, key: address })) return false;
    this.#hear(address);
    context.transport.prove(flow, this.#principals.get(message)?.id);
    return true;
  }

  charge(peer: Peer, offence: "malformed" | "flood"): void {
    // Where a WebSocket comes from may be a proxy's address, which many browsers share.
    if (this.#options.isKnown(peer) || isWebSocket(peer) || this.#ignores(peer)) return;
    if (this.#isHeard(peer.remote.address)) return;
    this.#offend(peer.remote.address, offence, offence === "flood" ? floodPoints : malformedPoints);
  }

  bans(): readonly SourceBan[] {
    const ofUsers = this.#users.bans().map(({ key, ...ban }) => {
      const space = key.indexOf(" ");
      return { ...ban, source: key.slice(0, space), user: key.slice(space + 1) };
    });
    const ofSources = this.#budget
      .bans()
      .map(({ key, ...ban }) => ({ ...ban, source: key, user: undefined }));
    return [...ofSources, ...ofUsers];
  }

  lift(address?: string): number {
    const source = address === undefined ? undefined : sourceOf(address);
    const wanted = (ban: Ban) => source === undefined || sourceOf(ban.address) === source;
    return this.#budget.lift(wanted) + this.#users.lift(wanted);
  }

  #offend(address: string, offence: Offence, points: number): void {
    if (!this.#budget.charge(address, points, { offence })) return;
    this.#tellBan(this.#budget, address, { address, offence });
    if (this.#budget.mayLog(address))
      this.#options.log.info({ source: address, offence }, "an unknown source is banned");
  }

  #tellBan(
    budget: FailureBudget,
    key: string,
    { address, offence }: { readonly address: string; readonly offence: Offence },
  ): void {
    this.counters.banned += 1;
    this.#options.onSilenced?.({ address, offence, seconds: Math.ceil(budget.remainingMs(key) / 1000) });
  }

  #ignores(peer: Peer): boolean {
    return this.#options.strangers === "ignore" && !isWebSocket(peer);
  }

  /** Its other requests need no credentials; right ones say who it is. */
  #admitsKnown(request: SipRequest, flow: Flow, context: GuardContext): boolean {
    if (request.method !== "REGISTER") {
      if (request.headers.has("Authorization") && !request.to.params.has("tag")) {
        const judgement = this.#judge(request, flow);
        if (judgement.verdict === "accepted") this.#principals.set(request, judgement.principal);
      }
      return true;
    }
    // Many phones may share the address: one that was given a wrong password does not silence the others.
    const username = readCredentials(request.headers.all("Authorization"), this.#options.realm)?.username;
    const key = `${sourceOf(flow.remote.address)} ${username?.slice(0, maxUsername) ?? ""}`;
    return (
      this.#wasAdmitted(request, flow) ||
      this.#authenticates(request, flow, { context, budget: this.#users, key })
    );
  }

  /** `key`: what failures are counted by, in that budget. */
  #authenticates(request: SipRequest, flow: Flow, { context, budget, key }: Attempt): boolean {
    if (budget.isSilenced(key)) {
      this.counters.silenced += 1;
      return false;
    }
    const judgement = this.#judge(request, flow);
    if (judgement.verdict === "accepted") {
      this.counters.admitted += 1;
      budget.forgive(key);
      this.#admit(request, flow);
      this.#principals.set(request, judgement.principal);
      context.onAccepted(judgement.principal);
      return true;
    }
    this.#charge(flow, { ...judgement, budget, key });
    this.#challenge(request, flow, { ...judgement, transport: context.transport });
    return false;
  }

  #judge(request: SipRequest, flow: Flow): Judgement {
    const { bearer, realm, credentialOf, algorithms = defaultAlgorithms } = this.#options;
    const values = request.headers.all("Authorization");
    const token = bearer && takesBearer(flow) ? readBearer(values) : undefined;
    if (bearer && token !== undefined) {
      const verdict = bearer(token);
      if (verdict.kind === "accepted") return { verdict: "accepted", principal: verdict.principal };
      return { verdict: verdict.kind === "expired" ? "stale" : "wrong", scheme: "bearer" };
    }
    const credentials = readCredentials(values, realm);
    if (!credentials || !algorithms.includes(credentials.algorithm))
      return { verdict: "none", scheme: "digest" };
    // The digest covers the URI that it names: it must be the one of this request (RFC 7616 §3.4.6).
    const known = credentials.uri === request.uri ? credentialOf(credentials.username) : undefined;
    const { method, body } = request;
    const ha1 = known?.ha1?.[credentials.algorithm];
    const verdict = verify(credentials, this.#nonces, {
      ...{ method, body },
      ...(known?.password !== undefined && { password: known.password }),
      ...(ha1 !== undefined && { ha1 }),
    });
    return known && verdict === "accepted"
      ? { verdict, principal: known.principal }
      : { verdict: verdict === "accepted" ? "wrong" : verdict, scheme: "digest" };
  }

  #charge(flow: Flow, { verdict, scheme, budget, key }: Refused & Pick<Attempt, "budget" | "key">): void {
    const known = this.#options.isKnown(flow);
    if (verdict === "wrong") this.counters.wrong += 1;
    else if (verdict === "stale") this.counters.stale += 1;
    else this.counters.challenged += 1;
    // Every phone of a known network begins with a request without credentials.
    if (known && verdict !== "wrong") return;
    // A token cannot be guessed: one that has been revoked is shown by a page that does not know it yet.
    const guessed = verdict === "wrong" && scheme === "digest";
    const { address } = flow.remote;
    const offence = verdict === "wrong" ? "credentials" : "unauthenticated";
    const silent = budget.charge(key, guessed ? wrongPoints : challengePoints, { offence, address });
    if (silent) this.#tellBan(budget, key, { address, offence });
    if (budget.mayLog(key)) {
      const who = known ? "a known source" : "an unknown source";
      const what = verdict === "wrong" ? `${who} gave wrong credentials` : `${who} was challenged`;
      this.#options.log.info({ source: address, silent }, what);
    }
  }

  #challenge(
    request: SipRequest,
    flow: Flow,
    {
      verdict,
      scheme,
      transport,
    }: {
      readonly verdict: Verdict | "none";
      readonly scheme: "digest" | "bearer";
      readonly transport: GuardContext["transport"];
    },
  ): void {
    const { realm, bearer, algorithms = defaultAlgorithms } = this.#options;
    const response = createResponse(request, 401, { toTag: this.#tagFor(request) });
    const values =
      scheme === "bearer"
        ? [bearerChallenge(realm, verdict === "stale" ? "the token has expired" : "the token is not valid")]
        : createChallenges({ realm, nonce: this.#nonces.issue(), algorithms, stale: verdict === "stale" });
    if (scheme === "digest" && bearer && takesBearer(flow)) values.push(bearerChallenge(realm));
    for (const value of values) response.headers.append("WWW-Authenticate", value);
    transport.sendResponse(response, flow).catch((error) => {
      this.#options.log.debug({ err: errorMessage(error) }, "a challenge was not sent");
    });
  }

  /** The same request gets the same tag again (§8.2.7). */
  #tagFor(request: SipRequest): string {
    const identity = `${request.callId} ${request.from.params.get("tag") ?? ""} ${request.cseq.number}`;
    return createHmac("sha256", this.#tagSecret).update(identity).digest("hex").slice(0, 16);
  }

  #admit(request: SipRequest, flow: Flow): void {
    const now = this.#options.clock.monotonic();
    for (const [key, until] of this.#admitted) {
      if (until > now && this.#admitted.size < maxAdmissions) break;
      this.#admitted.delete(key);
    }
    this.#admitted.set(keyOf(request, flow), now + admissionMs);
  }

  #hear(address: string): void {
    this.#heard.set(sourceOf(address), this.#options.clock.monotonic() + heardForMs);
  }

  /** Who has shown right credentials is received whatever else comes from there. */
  #isHeard(address: string): boolean {
    return (this.#heard.get(sourceOf(address)) ?? 0) > this.#options.clock.monotonic();
  }

  #wasAdmitted(request: SipRequest, flow: Flow): boolean {
    const until = this.#admitted.get(keyOf(request, flow));
    return until !== undefined && until > this.#options.clock.monotonic();
  }
}

/** The same for a request, its retransmissions, its CANCEL and the ACK of its refusal (§17.2.3). */
function keyOf(request: SipRequest, flow: Flow): string {
  const { via, callId } = request;
  return `${flow.remote.address} ${via.params.get("branch") ?? ""} ${callId} ${request.cseq.number}`;
}
