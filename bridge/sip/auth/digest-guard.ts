// The door for requests from sources that we do not know: whoever has no right credentials gets the same 401,
// whatever it asked for, from a hash of its own request and without a transaction (RFC 3261 §8.2.7, §22.1); who
// fails too often is not answered at all. Knows no rooms, so there is nothing here that an answer could betray, and does
// not say what software answers. The tags of a dialog open it for the address that its peer is at, and no other: they
// may have been overheard.
//
//   silenced? → its transaction is known, or its dialog from there → credentials → right: in · stale or none or wrong: 401
import { createHmac, randomBytes } from "node:crypto";
import { type Clock, errorMessage, type Logger } from "#common";
import { createResponse } from "../message/format.ts";
import type { SipMessage, SipRequest } from "../message/message.ts";
import type { Flow, TransportLayer } from "../transport/index.ts";
import { type BudgetLimits, FailureBudget } from "./budget.ts";
import { Nonces } from "./nonces.ts";
import { createChallenges, readCredentials, type Verdict, verify } from "./server.ts";

export interface DigestGuardOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly realm: string;
  /** Sources that pass without a question. */
  readonly isKnown: (address: string) => boolean;
  /** The password of that name; undefined when there is nobody of that name. */
  readonly passwordOf: (username: string) => string | undefined;
  /** A source has failed too often and is not answered any more, for a while. */
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

export interface GatePlace {
  readonly transport: Pick<TransportLayer, "sendResponse" | "prove">;
  /** Whether the request belongs to a dialog of ours whose peer is at the other end of that flow. */
  readonly belongs: (request: SipRequest, flow: Flow) => boolean;
}

export interface DigestGuard {
  readonly counters: Readonly<DigestGuardCounters>;
  /** For the transport: false for sources whose messages are to vanish. */
  hears(address: string): boolean;
  /** Whether the message may go on to the transactions; it has been dealt with otherwise. */
  admits(message: SipMessage, flow: Flow, place: GatePlace): boolean;
  /** The counters, sources that failed and those of them that are not heard now. */
  snapshot(): DigestGuardCounters & ReturnType<FailureBudget["snapshot"]>;
}

export const createDigestGuard = (options: DigestGuardOptions): DigestGuard => new DigestGate(options);

const challengePoints = 1;
const wrongPoints = 5;
/** As long as a request that was let in may be repeated, cancelled or acknowledged. */
const admissionMs = 330_000;
const maxAdmissions = 4096;

class DigestGate implements DigestGuard {
  readonly counters: DigestGuardCounters = { challenged: 0, wrong: 0, stale: 0, admitted: 0, silenced: 0 };
  readonly #options: DigestGuardOptions;
  readonly #budget: FailureBudget;
  readonly #nonces: Nonces;
  readonly #tagSecret = randomBytes(16);
  /** Transactions of authenticated requests, until when they are let through. */
  readonly #admitted = new Map<string, number>();

  constructor(options: DigestGuardOptions) {
    const { clock, budget, nonceLifetimeMs } = options;
    this.#options = options;
    this.#budget = new FailureBudget(clock, budget);
    this.#nonces = new Nonces(clock, nonceLifetimeMs === undefined ? {} : { lifetimeMs: nonceLifetimeMs });
  }

  snapshot(): DigestGuardCounters & ReturnType<FailureBudget["snapshot"]> {
    return { ...this.counters, ...this.#budget.snapshot() };
  }

  hears(address: string): boolean {
    if (this.#options.isKnown(address) || !this.#budget.isSilenced(address)) return true;
    this.counters.silenced += 1;
    return false;
  }

  admits(message: SipMessage, flow: Flow, place: GatePlace): boolean {
    const { address } = flow.remote;
    // A response that answers nothing of ours finds no transaction and ends there.
    if (message.kind === "response" || this.#options.isKnown(address)) return true;
    if (this.#wasAdmitted(message, flow) || place.belongs(message, flow)) return true;
    // Neither is ever challenged (§22.1); without the INVITE they belong to they have no business here.
    if (message.method === "ACK" || message.method === "CANCEL") return false;
    const verdict = this.#judge(message);
    if (verdict === "accepted") {
      this.counters.admitted += 1;
      this.#budget.forgive(address);
      this.#admit(message, flow);
      place.transport.prove(flow);
      return true;
    }
    this.#charge(address, verdict);
    this.#challenge(message, flow, verdict === "stale", place.transport);
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
    if (this.#budget.mayNote(address)) {
      const what = verdict === "wrong" ? "a stranger gave wrong credentials" : "a stranger was challenged";
      this.#options.log.info({ source: address, silent }, what);
    }
  }

  #challenge(request: SipRequest, flow: Flow, stale: boolean, transport: GatePlace["transport"]): void {
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
