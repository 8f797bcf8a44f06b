// Authenticates requests from unknown sources, before any transaction exists. A request without right credentials gets a
// 401 that keeps no state (RFC 3261 §8.2.7, §22.1) and is the same whatever was requested; a source that fails too often
// is not answered at all. The guard knows no rooms and does not name our software, so its answers disclose nothing. A
// request inside a dialog passes only from the address of that dialog's peer, because tags may have been overheard.
// Datagrams with a spoofed address can silence it, but not its calls: a source that has given right credentials is still
// received.
//
//   admitted transaction or dialog → silenced? → credentials → right: pass · none, stale, wrong: 401
import { createHmac, randomBytes } from "node:crypto";
import { type Clock, errorMessage, type Logger, sourceOf } from "#common";
import { createResponse } from "../message/format.ts";
import type { SipMessage, SipRequest } from "../message/message.ts";
import type { Flow, Peer, TransportLayer } from "../transport/index.ts";
import { createChallenges, readCredentials, type Verdict, verify } from "./digest-server.ts";
import { type BudgetLimits, FailureBudget } from "./failure-budget.ts";
import { Nonces } from "./nonces.ts";

export interface DigestGuardOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly realm: string;
  /** Peers that need no credentials. */
  readonly isKnown: (peer: Peer) => boolean;
  /** The password of that user; undefined when there is no such user. */
  readonly passwordOf: (username: string) => string | undefined;
  /** A source has failed too often and is not answered for a while. */
  readonly onSilenced?: (address: string) => void;
  readonly budget?: BudgetLimits;
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
}

export interface GuardContext {
  readonly transport: Pick<TransportLayer, "sendResponse" | "prove">;
  /** Whether the request belongs to a dialog of ours whose peer is at the other end of that flow. */
  readonly isInDialog: (request: SipRequest, flow: Flow) => boolean;
}

export interface DigestGuard {
  readonly counters: Readonly<DigestGuardCounters>;
  /** For the transport: false where messages are dropped unread. */
  accepts(peer: Peer): boolean;
  /** Whether the message may go on to the transactions; otherwise the guard has answered or dropped it. */
  admits(message: SipMessage, flow: Flow, context: GuardContext): boolean;
  /** The counters, sources that failed and those of them whose messages are dropped now. */
  snapshot(): DigestGuardCounters & ReturnType<FailureBudget["snapshot"]>;
}

export const createDigestGuard = (options: DigestGuardOptions): DigestGuard => new Guard(options);

const challengePoints = 1;
const wrongPoints = 5;
/** As long as a request that was let in may be repeated, cancelled or acknowledged. */
const admissionMs = 330_000;
const maxAdmissions = 4096;
/** As long as a call may be without a word of signalling; so many sources are remembered. */
const heardForMs = 3_600_000;
const maxHeard = 4096;

class Guard implements DigestGuard {
  readonly counters: DigestGuardCounters = { challenged: 0, wrong: 0, stale: 0, admitted: 0, silenced: 0 };
  readonly #options: DigestGuardOptions;
  readonly #budget: FailureBudget;
  readonly #nonces: Nonces;
  readonly #tagSecret = randomBytes(16);
  /** Transactions of authenticated requests, until when they are let through. */
  readonly #admitted = new Map<string, number>();
  /** Sources of what was let in, until when they are heard though silenced. */
  readonly #heard = new Map<string, number>();

  constructor(options: DigestGuardOptions) {
    const { clock, budget, nonceLifetimeMs } = options;
    this.#options = options;
    this.#budget = new FailureBudget(clock, budget);
    this.#nonces = new Nonces(clock, nonceLifetimeMs === undefined ? {} : { lifetimeMs: nonceLifetimeMs });
  }

  snapshot(): DigestGuardCounters & ReturnType<FailureBudget["snapshot"]> {
    return { ...this.counters, ...this.#budget.snapshot() };
  }

  accepts(peer: Peer): boolean {
    const { address } = peer.remote;
    if (this.#options.isKnown(peer) || !this.#budget.isSilenced(address)) return true;
    if ((this.#heard.get(sourceOf(address)) ?? 0) > this.#options.clock.monotonic()) return true;
    this.counters.silenced += 1;
    return false;
  }

  admits(message: SipMessage, flow: Flow, context: GuardContext): boolean {
    const { address } = flow.remote;
    // A response that answers nothing of ours finds no transaction and ends there.
    if (message.kind === "response" || this.#options.isKnown(flow)) return true;
    if (this.#wasAdmitted(message, flow) || context.isInDialog(message, flow)) {
      this.#hear(address);
      return true;
    }
    // Neither is ever challenged (§22.1); without an INVITE of theirs they match nothing.
    if (message.method === "ACK" || message.method === "CANCEL") return false;
    if (this.#budget.isSilenced(address)) {
      this.counters.silenced += 1;
      return false;
    }
    const verdict = this.#judge(message);
    if (verdict === "accepted") {
      this.counters.admitted += 1;
      this.#budget.forgive(address);
      this.#admit(message, flow);
      this.#hear(address);
      context.transport.prove(flow);
      return true;
    }
    this.#charge(address, verdict);
    this.#challenge(message, flow, verdict === "stale", context.transport);
    return false;
  }

  #judge(request: SipRequest): Verdict | "none" {
    const credentials = readCredentials(request.headers.all("Authorization"), this.#options.realm);
    if (!credentials) return "none";
    const password = this.#options.passwordOf(credentials.username);
    // The digest covers the URI that it names: it must be the one of this request (RFC 7616 §3.4.6).
    const known = password !== undefined && credentials.uri === request.uri;
    const { method, body } = request;
    return verify(credentials, this.#nonces, { method, body, ...(known && { password }) });
  }

  #charge(address: string, verdict: Verdict | "none"): void {
    if (verdict === "wrong") this.counters.wrong += 1;
    else if (verdict === "stale") this.counters.stale += 1;
    else this.counters.challenged += 1;
    const silent = this.#budget.charge(address, verdict === "wrong" ? wrongPoints : challengePoints);
    if (silent) this.#options.onSilenced?.(address);
    if (this.#budget.mayLog(address)) {
      const what =
        verdict === "wrong" ? "an unknown source gave wrong credentials" : "an unknown source was challenged";
      this.#options.log.info({ source: address, silent }, what);
    }
  }

  #challenge(request: SipRequest, flow: Flow, stale: boolean, transport: GuardContext["transport"]): void {
    const { realm } = this.#options;
    const response = createResponse(request, 401, { toTag: this.#tagFor(request) });
    for (const value of createChallenges({ realm, nonce: this.#nonces.issue(), stale })) {
      response.headers.append("WWW-Authenticate", value);
    }
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
    const source = sourceOf(address);
    this.#heard.delete(source);
    this.#heard.set(source, this.#options.clock.monotonic() + heardForMs);
    if (this.#heard.size > maxHeard) this.#heard.delete(this.#heard.keys().next().value!);
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
