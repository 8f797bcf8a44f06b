// Authenticates requests before any transaction exists: all requests from unknown sources, and REGISTER from every source,
// because a registration takes over calls. A request without right credentials gets a 401 that keeps no state (RFC 3261
// §8.2.7, §22.1) and is the same for every request. A source that fails too often, floods, sends what is not SIP or
// is recognised as a scanner is banned: its messages are dropped for a time that grows (bans.ts). The guard
// knows no rooms and does not name our software, so its answers disclose nothing. A request inside a dialog passes only
// from the address of that dialog's peer, because tags may have been overheard. Datagrams with a spoofed address can silence
// a source, but not its calls: a source that has given right credentials is still received. They ban no user: a password counts
// as wrong only with a nonce of a challenge that its source has received.
//
//   unknown: banned? → admitted transaction or dialog → a scanner? → credentials → right: pass · none, stale, wrong: 401 ·
//            for another URI: 400
//   known:   REGISTER → the same, but that only this user at this source is silenced · anything else: pass; wrong credentials count
import { type Clock, errorMessage, type Logger, sourceOf } from "#common";
import { createResponse } from "../message/format.ts";
import type { SipMessage, SipRequest, SipResponse } from "../message/message.ts";
import { StatelessTags } from "../message/stateless-tag.ts";
import { isSameUser } from "../message/uri.ts";
import { type Flow, isWebSocket, type Peer, type TransportLayer } from "../transport/index.ts";
import { type BannedSource, type BanRecords, Bans, type Claim, type SourceBan } from "./bans.ts";
import { allowsBearer, bearerChallenge, readBearer } from "./bearer.ts";
import type { DigestAlgorithm } from "./digest.ts";
import {
  type Credentials,
  createChallenges,
  readCredentials,
  type Verdict,
  verify,
} from "./digest-server.ts";
import type { BudgetLimits } from "./failure-budget.ts";
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
   * How requests without credentials of other sources are treated: challenged (default), or dropped. WebSockets, which come
   * through the API, are always challenged.
   */
  readonly strangers?: "challenge" | "ignore";
  /** Undefined when there is no such user. */
  readonly credentialOf: (username: string) => DigestCredential | undefined;
  /** The algorithms that are offered, in this order, and accepted. Default: SHA-256 before MD5 (RFC 8760 §2.3). */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** Judges bearer tokens; undefined: no token is accepted. */
  readonly bearer?: (token: string) => BearerVerdict;
  /** Called when a source, or one user at a known source, is banned. */
  readonly onBanned?: (ban: BannedSource) => void;
  readonly budget?: BudgetLimits;
  /** Persists bans for the next process; undefined: they are not kept. */
  readonly banRecords?: BanRecords;
  /** Default: five minutes. */
  readonly nonceLifetimeMs?: number;
}

/** Counted since the start, for metrics. */
export interface DigestGuardCounters {
  challenged: number;
  wrong: number;
  stale: number;
  admitted: number;
  silenced: number;
  /** Requests that were recognised as a scanner's. */
  scanners: number;
  /** Bans begun. */
  banned: number;
}

export interface GuardContext {
  readonly transport: Pick<TransportLayer, "sendResponse" | "prove">;
  /** Whether the request belongs to a dialog of ours whose peer is at the other end of the flow. */
  readonly isInDialog: (request: SipRequest, flow: Flow) => boolean;
  /** Called when credentials were accepted. */
  readonly onAccepted: (principal: Principal) => void;
}

export interface DigestGuard {
  readonly counters: Readonly<DigestGuardCounters>;
  /** For the transport: false when messages of this peer are to be dropped unread. */
  accepts(peer: Peer): boolean;
  /** Whether the message may go on to the transactions; otherwise the guard has answered or dropped it. */
  admits(message: SipMessage, flow: Flow, context: GuardContext): boolean;
  /** The holder of the credentials that an admitted request carried; undefined: it carried none. */
  principalOf(request: SipRequest): Principal | undefined;
  /** For the transport: charges a peer that sends what is not SIP, or more than it may. */
  charge(peer: Peer, offence: "malformed" | "flood"): void;
  /** The current bans, those of unknown sources first. */
  bans(): readonly SourceBan[];
  /** Lifts the bans of the source of `address`, or all; returns how many. */
  lift(address?: string): number;
  /** The counters, the number of sources that failed, and how many of these are banned now. */
  snapshot(): DigestGuardCounters & ReturnType<Bans["snapshot"]>;
}

export const createDigestGuard = (options: DigestGuardOptions): DigestGuard => new Guard(options);

const defaultAlgorithms: readonly DigestAlgorithm[] = ["SHA-256", "MD5"];
/** As long as an admitted request may be repeated, cancelled or acknowledged. */
const admissionMs = 330_000;
const maxAdmissions = 4096;
const otherUri = "Credentials for another URI";

/** The verdict on the credentials of a request. */
type Judgement = Accepted | Refused;

interface Accepted {
  readonly verdict: "accepted";
  readonly scheme: "digest" | "bearer";
  readonly principal: Principal;
}

interface Refused {
  /** `other-uri`: the credentials are for another Request-URI. */
  readonly verdict: Exclude<Verdict, "accepted"> | "none" | "other-uri";
  readonly scheme: "digest" | "bearer";
}

interface Attempt {
  readonly claim: Claim;
  readonly credentials: Credentials | undefined;
}

interface Admission {
  /** Monotonic milliseconds. */
  readonly until: number;
  readonly principal: Principal;
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
  readonly #bans: Bans;
  readonly #nonces: Nonces;
  readonly #tags = new StatelessTags();
  readonly #principals = new WeakMap<SipRequest, Principal>();
  /** Transactions of authenticated requests. */
  readonly #admitted = new Map<string, Admission>();

  constructor(options: DigestGuardOptions) {
    const { clock, log, budget, banRecords, nonceLifetimeMs, onBanned } = options;
    this.#options = options;
    this.#bans = new Bans({
      clock,
      log,
      limits: budget,
      records: banRecords,
      onBanned: (ban) => {
        this.counters.banned += 1;
        onBanned?.(ban);
      },
    });
    this.#nonces = new Nonces(clock, nonceLifetimeMs === undefined ? {} : { lifetimeMs: nonceLifetimeMs });
  }

  snapshot(): DigestGuardCounters & ReturnType<Bans["snapshot"]> {
    return { ...this.counters, ...this.#bans.snapshot() };
  }

  principalOf(request: SipRequest): Principal | undefined {
    return this.#principals.get(request);
  }

  accepts(peer: Peer): boolean {
    if (this.#options.isKnown(peer)) return true;
    if (this.#ignores(peer)) return false;
    if (!this.#bans.dropsAll(peer.remote.address)) return true;
    this.counters.silenced += 1;
    return false;
  }

  admits(message: SipMessage, flow: Flow, context: GuardContext): boolean {
    // A response that matches none of our requests finds no transaction and ends there.
    if (message.kind === "response") return true;
    const { address } = flow.remote;
    if (this.#options.isKnown(flow)) return this.#admitsKnown(message, flow, context);
    if (this.#ignores(flow)) return false;
    if (this.#wasAdmitted(message, flow) || context.isInDialog(message, flow)) {
      this.#bans.noteTrusted(address);
      return true;
    }
    if (!isWebSocket(flow) && scannerMark(message) !== undefined) {
      this.counters.scanners += 1;
      this.#bans.offend(address, "scanner");
      return false;
    }
    // Neither is ever challenged (§22.1); without an INVITE from the same source they match nothing.
    if (message.method === "ACK" || message.method === "CANCEL") return false;
    if (!this.#authenticates(message, flow, context)) return false;
    this.#bans.noteTrusted(address);
    context.transport.prove(flow, this.#principals.get(message)?.id);
    return true;
  }

  charge(peer: Peer, offence: "malformed" | "flood"): void {
    // The source address of a WebSocket may be that of a proxy which many browsers share.
    if (this.#options.isKnown(peer) || isWebSocket(peer) || this.#ignores(peer)) return;
    this.#bans.offend(peer.remote.address, offence);
  }

  bans(): readonly SourceBan[] {
    return this.#bans.list();
  }

  lift(address?: string): number {
    return this.#bans.lift(address);
  }

  #ignores(peer: Peer): boolean {
    return this.#options.strangers === "ignore" && !isWebSocket(peer);
  }

  #admitsKnown(request: SipRequest, flow: Flow, context: GuardContext): boolean {
    if (request.method === "REGISTER")
      return this.#wasAdmitted(request, flow) || this.#authenticates(request, flow, context);
    this.#identify(request, flow);
    return true;
  }

  /** Other requests of a known source need no credentials; right ones identify the user, wrong ones count as from any source. */
  #identify(request: SipRequest, flow: Flow): void {
    if (!request.headers.has("Authorization") || request.to.params.has("tag")) return;
    // The credentials of a CANCEL were computed for its INVITE.
    if (request.method === "ACK" || request.method === "CANCEL") return;
    const attempt = this.#read(request, flow);
    if (this.#bans.isBanned(attempt.claim)) return;
    const judgement = this.#judge(request, flow, attempt.credentials);
    if (judgement.verdict === "accepted") this.#accept(request, judgement, attempt.claim);
    else if (judgement.verdict === "wrong") this.#count(judgement, attempt.claim);
  }

  #read(request: SipRequest, flow: Flow): Attempt {
    const credentials = readCredentials(request.headers.all("Authorization"), this.#options.realm);
    const { address } = flow.remote;
    const [known, webSocket] = [this.#options.isKnown(flow), isWebSocket(flow)];
    return { credentials, claim: { address, known, webSocket, username: credentials?.username } };
  }

  #authenticates(request: SipRequest, flow: Flow, context: GuardContext): boolean {
    const { claim, credentials } = this.#read(request, flow);
    if (this.#bans.isBanned(claim)) {
      this.counters.silenced += 1;
      return false;
    }
    const judgement = this.#judge(request, flow, credentials);
    if (judgement.verdict === "accepted") {
      this.counters.admitted += 1;
      this.#accept(request, judgement, claim);
      this.#admit(request, flow, judgement.principal);
      context.onAccepted(judgement.principal);
      return true;
    }
    const { verdict, scheme } = judgement;
    const { transport } = context;
    if (verdict === "other-uri") {
      // A proxy may have changed the URI (RFC 3261 §22.4): no guess, and the answer does not depend on the password.
      this.#send(
        createResponse(request, 400, { toTag: this.#tags.tagFor(request), reason: otherUri }),
        flow,
        transport,
      );
      return false;
    }
    this.#count(judgement, claim);
    this.#challenge(request, flow, { verdict, scheme, transport });
    return false;
  }

  /** A token proves nothing about a user name that is sent with it. */
  #accept(request: SipRequest, { scheme, principal }: Accepted, claim: Claim): void {
    this.#bans.succeed(scheme === "digest" ? claim : { ...claim, username: undefined });
    this.#principals.set(request, principal);
  }

  #judge(request: SipRequest, flow: Flow, credentials: Credentials | undefined): Judgement {
    const { bearer, credentialOf, algorithms = defaultAlgorithms } = this.#options;
    const token = bearer && allowsBearer(flow) ? readBearer(request.headers.all("Authorization")) : undefined;
    if (bearer && token !== undefined) {
      const verdict = bearer(token);
      if (verdict.kind === "accepted")
        return { verdict: "accepted", scheme: "bearer", principal: verdict.principal };
      return { verdict: verdict.kind === "expired" ? "stale" : "wrong", scheme: "bearer" };
    }
    if (!credentials || !algorithms.includes(credentials.algorithm))
      return { verdict: "none", scheme: "digest" };
    // The digest covers the URI that it names: it must be for the user whom this request is for (RFC 7616 §3.4.6). Phones leave
    // out or add a port or a parameter, and a registrar proxy in front of us writes our host into the Request-URI (RFC 3261
    // §16.5). What keeps credentials from being used again is the nonce and its count.
    if (!isSameUser(credentials.uri, request.uri)) return { verdict: "other-uri", scheme: "digest" };
    const known = credentialOf(credentials.username);
    const { method, body } = request;
    const ha1 = known?.ha1?.[credentials.algorithm];
    const verdict = verify(credentials, this.#nonces, {
      ...{ method, body, source: this.#nonceSource(flow) },
      ...(known?.password !== undefined && { password: known.password }),
      ...(ha1 !== undefined && { ha1 }),
    });
    return known && verdict === "accepted"
      ? { verdict, scheme: "digest", principal: known.principal }
      : { verdict: verdict === "accepted" ? "wrong" : verdict, scheme: "digest" };
  }

  #count({ verdict, scheme }: Refused, claim: Claim): void {
    if (verdict === "wrong") this.counters.wrong += 1;
    else if (verdict === "stale") this.counters.stale += 1;
    else this.counters.challenged += 1;
    if (verdict !== "wrong") this.#bans.fail(claim, "no-credentials");
    else this.#bans.fail(claim, scheme === "digest" ? "wrong-password" : "wrong-token");
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
    const response = createResponse(request, 401, { toTag: this.#tags.tagFor(request) });
    const nonce = this.#nonces.issue(this.#nonceSource(flow));
    const values =
      scheme === "bearer"
        ? [bearerChallenge(realm, verdict === "stale" ? "the token has expired" : "the token is not valid")]
        : createChallenges({ realm, nonce, algorithms, stale: verdict === "stale" });
    if (scheme === "digest" && bearer && allowsBearer(flow)) values.push(bearerChallenge(realm));
    for (const value of values) response.headers.append("WWW-Authenticate", value);
    this.#send(response, flow, transport);
  }

  /** The proxies of a known network may take turns for one phone, so that they count as one source. */
  #nonceSource(peer: Peer): string {
    return this.#options.isKnown(peer) ? "known" : sourceOf(peer.remote.address);
  }

  #send(response: SipResponse, flow: Flow, transport: GuardContext["transport"]): void {
    transport.sendResponse(response, flow).catch((error) => {
      this.#options.log.debug(
        { status: response.status, err: errorMessage(error) },
        "an answer was not sent",
      );
    });
  }

  #admit(request: SipRequest, flow: Flow, principal: Principal): void {
    const now = this.#options.clock.monotonic();
    for (const [key, { until }] of this.#admitted) {
      if (until > now && this.#admitted.size < maxAdmissions) break;
      this.#admitted.delete(key);
    }
    const admission = { until: now + admissionMs, principal };
    this.#admitted.set(keyOf(request, flow), admission);
    if (request.method === "INVITE") this.#admitted.set(callKeyOf(request, flow), admission);
  }

  #wasAdmitted(request: SipRequest, flow: Flow): boolean {
    const admission =
      this.#admitted.get(keyOf(request, flow)) ??
      (endsInvite(request) ? this.#admitted.get(callKeyOf(request, flow)) : undefined);
    if (!admission || admission.until <= this.#options.clock.monotonic()) return false;
    // It looks like a retransmission and arrives after its transaction has ended: it still belongs to that user.
    this.#principals.set(request, admission.principal);
    return true;
  }
}

/** A key shared by a request, its retransmissions, its CANCEL and the ACK of its refusal (§17.2.3). */
function keyOf(request: SipRequest, flow: Flow): string {
  const { via, callId, cseq, method } = request;
  const opened = endsInvite(request) ? "INVITE" : method;
  return `${flow.remote.address} ${via.params.get("branch") ?? ""} ${callId} ${cseq.number} ${opened}`;
}

const endsInvite = ({ method }: SipRequest): boolean => method === "ACK" || method === "CANCEL";

/** A key shared by an INVITE and its ACK or CANCEL when these have another Via (`findByCall` of the server transactions). */
const callKeyOf = ({ callId, cseq, from }: SipRequest, flow: Flow): string =>
  `${flow.remote.address} call ${callId} ${cseq.number} ${from.params.get("tag") ?? ""}`;
