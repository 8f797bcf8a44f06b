// Decides where a request goes, and where it goes next when that fails (RFC 3263 §4, §4.3). Knows destinations and
// flows, but not the content of requests.
import { type Clock, errorMessage, type Logger, ParleyError, within } from "#common";
import type { SipResponse } from "../message/message.ts";
import type { SipUri } from "../message/uri.ts";
import type { Destination, Flow, TransportLayer } from "../transport/transport.ts";
import type { Dns } from "./dns.ts";
import { FailedDestinations } from "./failed-destinations.ts";
import { Resolver } from "./resolver.ts";

export interface RouterOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly transport: TransportLayer;
  readonly dns: Dns;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** How a request ended at one destination, as far as routing needs to know. */
export interface Attempt<Outcome> {
  readonly outcome: Outcome;
  /** Why another destination may succeed; undefined when the outcome is final. */
  readonly failure: Failure | undefined;
}

export type Failure =
  | { readonly kind: "unreachable" }
  /** Timer B or F fired. */
  | { readonly kind: "timeout" }
  /** 503; `seconds` is its Retry-After. */
  | { readonly kind: "busy"; readonly seconds: number | undefined };

export interface Router {
  /** The destinations in the order in which to try them. Those that have just failed are left out, unless there are no others. */
  locate(uri: SipUri): Promise<readonly Destination[]>;
  /** One of the destinations: the one that `last` leads to if it is among them, else the first. */
  resolve(uri: SipUri, last?: Flow): Promise<Destination | undefined>;
  /**
   * The flow for a request of about `bytes` bytes without our Via. `last` is reused when it leads to the destination:
   * it is the path that the peer knows.
   */
  connect(destination: Destination, bytes: number, last?: Flow): Promise<Flow>;
  /**
   * Tries one destination after the other, each in a new transaction, until an outcome is final or
   * `wanted` returns false. Resolves with the last outcome; undefined when there was no destination.
   */
  attempt<Outcome>(
    destinations: readonly Destination[],
    once: (destination: Destination) => Promise<Attempt<Outcome>>,
    wanted?: () => boolean,
  ): Promise<Outcome | undefined>;
}

export const createRouter = (options: RouterOptions): Router => new Routes(options);

/** Limit of all DNS queries for one URI together. */
const dnsLimitMs = 8000;
/** How long a failed destination is avoided. */
const avoidMs = 30_000;
const maxAvoidMs = 300_000;
/** How long TCP is not tried again for large requests to a peer that accepted no connection. */
const withoutTcpMs = 300_000;
/** Bytes; 200 less than the smallest usual path MTU (RFC 3261 §18.1.1). */
const maxDatagramBytes = 1300;
/** Size of the Via that we add. */
const viaBytes = 150;

class Routes implements Router {
  readonly #options: RouterOptions;
  readonly #resolver: Resolver;
  readonly #failed: FailedDestinations;
  readonly #withoutTcp: FailedDestinations;

  constructor(options: RouterOptions) {
    const { clock, dns, random, transport } = options;
    this.#options = options;
    this.#resolver = new Resolver({
      clock,
      dns,
      random,
      supports: (protocol, family) => transport.supports(protocol, family),
    });
    this.#failed = new FailedDestinations(clock);
    this.#withoutTcp = new FailedDestinations(clock);
  }

  async locate(uri: SipUri): Promise<readonly Destination[]> {
    const limit = { clock: this.#options.clock, limitMs: dnsLimitMs };
    const found = await within(this.#resolver.destinations(uri), limit);
    if (!found) throw new ParleyError("DNS_TIMEOUT", `the DNS takes too long over ${uri.host}`);
    const alive = found.filter((destination) => !this.#failed.has(destination));
    return alive.length > 0 ? alive : found;
  }

  async resolve(uri: SipUri, last?: Flow): Promise<Destination | undefined> {
    const found = await this.locate(uri);
    return found.find((destination) => last && leadsTo(last, destination)) ?? found[0];
  }

  async connect(destination: Destination, bytes: number, last?: Flow): Promise<Flow> {
    const large = bytes + viaBytes > maxDatagramBytes;
    const stream = large && destination.protocol === "UDP" ? await this.#stream(destination) : undefined;
    if (stream) return stream;
    if (last && !last.reliable && leadsTo(last, destination)) return last;
    return this.#options.transport.connect(destination);
  }

  async attempt<Outcome>(
    destinations: readonly Destination[],
    once: (destination: Destination) => Promise<Attempt<Outcome>>,
    wanted: () => boolean = () => true,
  ): Promise<Outcome | undefined> {
    let last: Outcome | undefined;
    for (const destination of destinations) {
      const { outcome, failure } = await once(destination);
      if (!failure) {
        this.#failed.remove(destination);
        return outcome;
      }
      last = outcome;
      if (!wanted()) break;
      this.#failed.add(destination, avoidFor(failure));
      const { address, port, protocol } = destination;
      this.#options.log.info({ address, port, protocol, why: failure.kind }, "destination failed");
    }
    return last;
  }

  /** A connection to the destination of a datagram; undefined when the peer accepts none. */
  async #stream(destination: Destination): Promise<Flow | undefined> {
    const stream: Destination = { ...destination, protocol: "TCP" };
    if (this.#withoutTcp.has(stream)) return undefined;
    try {
      return await this.#options.transport.connect(stream);
    } catch (error) {
      this.#withoutTcp.add(stream, withoutTcpMs);
      const { address, port } = destination;
      this.#options.log.debug({ address, port, err: errorMessage(error) }, "a large request goes over UDP");
      return undefined;
    }
  }
}

/** What the outcome of a client transaction means for routing (§4.3). `response`: undefined when there was none. */
export function failureOf(status: number, response: SipResponse | undefined): Failure | undefined {
  if (!response) return status === 408 ? { kind: "timeout" } : { kind: "unreachable" };
  if (response.status !== 503) return undefined;
  return { kind: "busy", seconds: response.retryAfterSeconds };
}

function avoidFor(failure: Failure): number {
  const seconds = failure.kind === "busy" ? failure.seconds : undefined;
  return seconds === undefined ? avoidMs : Math.min(seconds * 1000, maxAvoidMs);
}

const leadsTo = ({ protocol, remote }: Flow, destination: Destination): boolean =>
  protocol === destination.protocol &&
  remote.address === destination.address &&
  remote.port === destination.port;
