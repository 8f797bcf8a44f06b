// The transport layer (RFC 3261 §18): parses and writes messages, treats the Via of received ones, chooses the flow of
// outgoing ones, and the address under which a peer can reach us. It knows nothing of transactions.
//
//   transport ─▶ accepted? ─▶ rate ─▶ keep-alive? ─▶ parse ─▶ received/rport · our own response? ─▶ receive
import {
  type Clock,
  errorMessage,
  type Logger,
  privateNetworks,
  type RateLimit,
  RateLimiter,
  sourceOf,
} from "#common";
import { createResponse, formatMessage } from "../message/format.ts";
import type { SipMessage, SipRequest, SipResponse } from "../message/message.ts";
import {
  defaultLimits,
  type ParseFailure,
  type ParseLimits,
  type ParseOutcome,
  parseMessage,
} from "../message/parser.ts";
import { AdvertisedAddresses } from "./advertised.ts";
import { type FindRoute, type ListenerState, Listeners } from "./listeners.ts";
import { type ObservedAddress, ObservedAddresses } from "./observed.ts";
import { redact } from "./redact.ts";
import type { WireTap } from "./tap.ts";
import type { WireTrace } from "./trace.ts";
import {
  type ConnectionCounters,
  type Destination,
  defaultPortOf,
  type Flow,
  type OnConnectionLost,
  type Protocol,
  type Receive,
  type ReceiveRead,
  type SocketAddress,
  type Transport,
  type TransportLayer,
} from "./transport.ts";
import { isUnknowinglyTranslated, responseTarget, stampReceived } from "./via.ts";

/** Above what a PBX needs that carries every call of an organisation; a flood exceeds it. */
const defaultRateLimit: RateLimit = { perSecond: 500, burst: 2000, sources: 4096 };

export interface TransportLayerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** One factory for each listener; it is given the callbacks for bytes, for parsed messages, and for lost flows. */
  readonly transports: readonly ((
    receive: Receive,
    receiveRead: ReceiveRead,
    lost: OnConnectionLost,
  ) => Transport)[];
  /** The address told to peers outside `localNetworks`. Default: the flow's local address. */
  readonly publicIpv4?: string | undefined;
  readonly publicIpv6?: string | undefined;
  readonly publicOf?: ReadonlyMap<string, string> | undefined;
  /** CIDR. Default: loopback and private ranges. */
  readonly localNetworks?: readonly string[];
  /** Whether messages of that source are accepted; they are dropped otherwise. Default: every source. */
  readonly accept?: (flow: Flow) => boolean;
  /** Rate limit of messages per source. */
  readonly rateLimit?: RateLimit;
  /** Called when a source sends what is not SIP, or more than it may. */
  readonly onOffence?: (flow: Flow, offence: "malformed" | "flood") => void;
  readonly parseLimits?: ParseLimits;
  readonly trace?: WireTrace;
  readonly tap?: WireTap;
  /** Our address towards a remote one, used when several listeners fit. Default: the kernel's routes. */
  readonly findRoute?: FindRoute;
}

export interface TransportCounters {
  received: number;
  sent: number;
  sendErrors: number;
  keepAlives: number;
  /** Messages from sources that are not accepted. */
  refused: number;
  /** Messages over their source's rate. */
  flooded: number;
  /** Not SIP, or malformed; answered 4xx or 5xx where that makes sense. */
  malformed: number;
  /** Responses whose topmost Via is not ours. */
  foreignResponses: number;
  /** Messages that the layers above failed to handle. */
  failures: number;
}

export interface SipTransportLayer extends TransportLayer {
  readonly counters: TransportCounters;
  /** The sums over all transports that have connections. */
  readonly connectionCounters: ConnectionCounters;
  /** Where it listens. */
  readonly listeners: readonly ListenerState[];
  /** Our addresses as peers see them, the latest of each peer. */
  readonly observed: readonly ObservedAddress[];
  /** Opens every transport; rejects with the system error of the first that cannot, after closing the others. */
  listen(): Promise<void>;
}

export const createTransportLayer = (options: TransportLayerOptions): SipTransportLayer => new Layer(options);

class Layer implements SipTransportLayer {
  receive: (message: SipMessage, flow: Flow) => void = () => {};
  lost: OnConnectionLost = () => {};
  readonly counters: TransportCounters = {
    received: 0,
    sent: 0,
    sendErrors: 0,
    keepAlives: 0,
    refused: 0,
    flooded: 0,
    malformed: 0,
    foreignResponses: 0,
    failures: 0,
  };
  readonly #options: TransportLayerOptions;
  readonly #listeners: Listeners;
  readonly #names: AdvertisedAddresses;
  readonly #observed = new ObservedAddresses();
  readonly #rate: RateLimiter;
  #closed = false;

  constructor(options: TransportLayerOptions) {
    this.#options = options;
    this.#names = new AdvertisedAddresses({
      ...options,
      localNetworks: options.localNetworks ?? privateNetworks,
    });
    this.#rate = new RateLimiter(options.clock, options.rateLimit ?? defaultRateLimit);
    const take = (what: Uint8Array | ParseOutcome, flow: Flow) => this.#take(what, flow);
    const lost = (flow: Flow) => this.lost(flow);
    const transports = options.transports.map((create) => create(take, take, lost));
    this.#listeners = new Listeners(transports, options.clock, options.findRoute);
  }

  get connectionCounters(): ConnectionCounters {
    return this.#listeners.connectionCounters;
  }

  get listeners(): readonly ListenerState[] {
    return this.#listeners.snapshot();
  }

  get observed(): readonly ObservedAddress[] {
    return this.#observed.all;
  }

  supports(protocol: Protocol, family: 4 | 6): boolean {
    return this.#listeners.supports(protocol, family);
  }

  async listen(): Promise<void> {
    try {
      for (const transport of this.#listeners) await transport.listen();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async connect(destination: Destination): Promise<Flow> {
    const transport = await this.#listeners.towards(destination);
    return transport.connect(destination);
  }

  async sendRequest(request: SipRequest, flow: Flow): Promise<void> {
    await this.#send(request, formatMessage(request), flow);
  }

  async sendResponse(response: SipResponse, flow: Flow): Promise<void> {
    const data = formatMessage(response);
    if (!flow.reliable) {
      await this.#send(response, data, { ...flow, remote: responseTarget(response.via, flow.remote) });
      return;
    }
    try {
      await this.#send(response, data, flow);
    } catch {
      // The connection of the request is lost: opens one to the address in the sender's Via (§18.2.2).
      const { protocol, remote } = flow;
      const { host, port = defaultPortOf(protocol) } = response.via;
      const destination = { protocol, address: remote.address, port, host };
      await this.#send(response, data, await this.#listeners.of(flow).connect(destination));
    }
  }

  prove(flow: Flow, credential?: string): void {
    this.#listeners.of(flow).prove?.(flow, credential);
  }

  revoke(credential: string): number {
    return [...this.#listeners].reduce((sum, transport) => sum + (transport.revoke?.(credential) ?? 0), 0);
  }

  advertised(flow: Flow): SocketAddress {
    return this.#names.advertise(flow, this.#listeners.of(flow).port);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.receive = () => {};
    this.lost = () => {};
    await Promise.all([...this.#listeners].map((transport) => transport.close()));
  }

  async #send(message: SipMessage, data: Uint8Array, flow: Flow): Promise<void> {
    const { trace } = this.#options;
    if (trace?.active) trace.record("out", data, flow);
    this.#show("out", message, data, flow);
    try {
      await this.#listeners.of(flow).send(data, flow);
      this.counters.sent += 1;
    } catch (error) {
      this.counters.sendErrors += 1;
      throw error;
    }
  }

  /** False: the source exceeds its rate. */
  #take(what: Uint8Array | ParseOutcome, flow: Flow): boolean {
    if (!this.#isAccepted(flow)) return true;
    if (!this.#rate.allows(sourceOf(flow.remote.address))) {
      this.counters.flooded += 1;
      this.#options.onOffence?.(flow, "flood");
      return false;
    }
    if (what instanceof Uint8Array && isKeepAlive(what)) {
      this.counters.keepAlives += 1;
      return true;
    }
    this.counters.received += 1;
    try {
      this.#handle(what, flow);
    } catch (error) {
      this.counters.failures += 1;
      this.#options.logger.error({ err: error, remote: flow.remote.address }, "a message was not handled");
    }
    return true;
  }

  #isAccepted(flow: Flow): boolean {
    if (this.#closed) return false;
    const { accept } = this.#options;
    if (!accept || accept(flow)) return true;
    this.counters.refused += 1;
    return false;
  }

  #handle(what: Uint8Array | ParseOutcome, flow: Flow): void {
    const { trace, parseLimits = defaultLimits } = this.#options;
    if (trace?.active) trace.record("in", bytesOf(what), flow);
    const outcome = what instanceof Uint8Array ? parseMessage(what, parseLimits) : what;
    if (outcome.ok) this.#show("in", outcome.message, what, flow);
    if (!outcome.ok) this.#refuse(outcome, flow);
    else if (outcome.message.kind === "request") {
      this.#receiveRequest(outcome.message, flow);
    } else if (this.#isOurs(outcome.message, flow)) {
      this.#observed.take(outcome.message.via, flow);
      this.receive(outcome.message, flow);
    } else this.counters.foreignResponses += 1;
  }

  #receiveRequest(request: SipRequest, flow: Flow): void {
    stampReceived(request, flow.remote);
    if (!flow.reliable && isUnknowinglyTranslated(request.via, flow.remote)) {
      request.repairs = [...request.repairs, "via"];
    }
    this.receive(request, flow);
  }

  #show(direction: "in" | "out", message: SipMessage, what: Uint8Array | ParseOutcome, flow: Flow): void {
    try {
      this.#options.tap?.({ direction, message, flow, text: () => redact(bytesOf(what)) });
    } catch (error) {
      this.counters.failures += 1;
      this.#options.logger.error({ err: error }, "a tap failed");
    }
  }

  /** Answers a malformed request where that is possible, and drops it. */
  #refuse(failure: ParseFailure, flow: Flow): void {
    this.counters.malformed += 1;
    this.#options.onOffence?.(flow, "malformed");
    this.#options.logger.debug({ remote: flow.remote.address, reason: failure.reason }, "malformed message");
    if (!failure.request) return;
    stampReceived(failure.request, flow.remote);
    const response = createResponse(failure.request, failure.status, { reason: failure.reason });
    this.sendResponse(response, flow).catch((error) => {
      this.#options.logger.debug({ err: errorMessage(error) }, "a refusal was not sent");
    });
  }

  /** RFC 3261 §18.1.2: a response belongs to us when its topmost sent-by is one that we have written. */
  #isOurs(response: SipResponse, { protocol }: Flow): boolean {
    const { host, port } = response.via;
    return this.#names.isOurs(host, port ?? defaultPortOf(protocol));
  }
}

/** For a trace: a message from a stream is written again, as far as it could be parsed. */
function bytesOf(what: Uint8Array | ParseOutcome): Uint8Array {
  if (what instanceof Uint8Array) return what;
  const message = what.ok ? what.message : what.request;
  return message ? formatMessage(message) : new Uint8Array(0);
}

/** Empty datagrams, line breaks and zeros keep bindings of address translators open (RFC 5626 §3.5.1). */
function isKeepAlive(data: Uint8Array): boolean {
  return data.length <= 16 && data.every((byte) => byte === 0x0d || byte === 0x0a || byte === 0);
}
