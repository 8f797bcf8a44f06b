// A bridge and a phone on a network in memory. The bridge is the endpoint under test; the phone has no stack of
// its own: it says exactly what a test makes it say, and keeps what it hears.

import { type Clock, silentLogger, type Timer } from "#common";
import { FakeClock, fakeDns, settle } from "#test/support";
import { createSipEndpoint, type SipEndpointOptions } from "../../../../../bridge/sip/endpoint.ts";
import { createResponse, formatMessage } from "../../../../../bridge/sip/message/format.ts";
import {
  Headers,
  type SipMessage,
  SipRequest,
  type SipResponse,
} from "../../../../../bridge/sip/message/message.ts";
import { parseMessage } from "../../../../../bridge/sip/message/parser.ts";
import type { InboundInvite } from "../../../../../bridge/sip/session/inbound-invite.ts";
import type { Cause, SessionEnd } from "../../../../../bridge/sip/session/reason.ts";
import type { Session, SessionHandlers } from "../../../../../bridge/sip/session/session.ts";
import type { SipEndpoint } from "../../../../../bridge/sip/sip-endpoint.ts";
import { createTransportLayer, type SipTransportLayer } from "../../../../../bridge/sip/transport/index.ts";
import type { Protocol, Transport } from "../../../../../bridge/sip/transport/transport.ts";
import { MemoryNetwork } from "../../../../support/network.ts";

export const bridgeAddress = "10.0.0.1";
export const phoneAddress = "10.0.0.2";

export const phoneSdp = "v=0\r\no=phone 1 1 IN IP4 10.0.0.2\r\ns=-\r\nt=0 0\r\n";
export const bridgeSdp = "v=0\r\no=bridge 1 1 IN IP4 10.0.0.1\r\ns=-\r\nt=0 0\r\n";

export interface RequestParts {
  readonly uri?: string;
  readonly to?: string;
  readonly from?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly branch?: string;
  readonly contact?: string;
  readonly via?: readonly string[];
  readonly headers?: readonly (readonly [string, string])[];
  readonly sdp?: string;
}

export class Phone {
  readonly inbox: SipMessage[] = [];
  /** Called with every request that arrives. */
  onRequest: (request: SipRequest) => void = () => {};
  readonly address: string;
  readonly #transport: Transport;
  #branches = 0;
  cseq = 0;
  callId = "call-1";
  /** Our half of the dialog that the last invite began. */
  from: string;
  to = "";

  readonly #protocol: Protocol;

  constructor(network: MemoryNetwork, address = phoneAddress, protocol: Protocol = "UDP") {
    this.address = address;
    this.#protocol = protocol;
    this.from = `"Alice" <sip:1001@${address}>;tag=alice`;
    this.#transport = network.transport({
      addresses: [address],
      protocol,
      receive: (data) => this.#take(data),
    });
  }

  get contact(): string {
    const transport = this.#protocol === "UDP" ? "" : `;transport=${this.#protocol.toLowerCase()}`;
    return `<sip:1001@${this.address}:5060${transport}>`;
  }

  listen(): Promise<void> {
    return this.#transport.listen();
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  send(message: SipMessage, to = bridgeAddress): void {
    void this.#transport
      .connect({ address: to, port: 5060, protocol: this.#protocol })
      .then((flow) => this.#transport.send(formatMessage(message), flow));
  }

  /** A request outside of dialogs, or inside the one that `to` names. */
  build(method: string, parts: RequestParts = {}): SipRequest {
    this.#branches += 1;
    this.cseq = parts.cseq ?? this.cseq + 1;
    const headers = new Headers();
    const own = `SIP/2.0/${this.#protocol} ${this.address}:5060;branch=${parts.branch ?? `z9hG4bK-${this.address}-${this.#branches}`};rport`;
    for (const via of parts.via ?? [own]) headers.append("Via", via);
    headers
      .append("Max-Forwards", "70")
      .append("From", parts.from ?? this.from)
      .append("To", parts.to ?? (this.to || `<sip:700@${bridgeAddress}>`))
      .append("Call-ID", parts.callId ?? this.callId)
      .append("CSeq", `${this.cseq} ${method}`)
      .append("Contact", parts.contact ?? this.contact);
    for (const [name, value] of parts.headers ?? []) headers.append(name, value);
    if (parts.sdp !== undefined) headers.append("Content-Type", "application/sdp");
    return new SipRequest(
      method,
      parts.uri ?? `sip:700@${bridgeAddress}`,
      headers,
      new TextEncoder().encode(parts.sdp ?? ""),
    );
  }

  request(method: string, parts: RequestParts = {}): SipRequest {
    const request = this.build(method, parts);
    this.send(request);
    return request;
  }

  invite(parts: RequestParts = {}): SipRequest {
    return this.request("INVITE", { sdp: phoneSdp, ...parts });
  }

  /** The ACK of a 2xx: a transaction of its own, with the number of its INVITE. */
  ack(invite: SipRequest, parts: RequestParts = {}): SipRequest {
    return this.request("ACK", { cseq: invite.cseq.number, ...parts });
  }

  /** The ACK of a final response other than 2xx: it belongs to the INVITE's transaction. */
  ackRefusal(invite: SipRequest): void {
    const to = this.last("INVITE").headers.get("To")!;
    this.send(this.#sibling("ACK", invite, to));
  }

  cancel(invite: SipRequest, headers: readonly (readonly [string, string])[] = []): void {
    const cancel = this.#sibling("CANCEL", invite, invite.headers.get("To")!);
    for (const [name, value] of headers) cancel.headers.append(name, value);
    this.send(cancel);
  }

  reply(
    request: SipRequest,
    status: number,
    parts: { sdp?: string; headers?: readonly (readonly [string, string])[] } = {},
  ): void {
    const response = createResponse(request, status, { toTag: "phone", body: parts.sdp ?? "" });
    response.headers.append("Contact", this.contact);
    for (const [name, value] of parts.headers ?? []) response.headers.append(name, value);
    if (parts.sdp !== undefined) response.headers.append("Content-Type", "application/sdp");
    this.send(response);
  }

  /** Everything heard, in short: `200 INVITE`, `BYE`. */
  get heard(): string[] {
    return this.inbox.map((message) =>
      message.kind === "request" ? message.method : `${message.status} ${message.cseq.method}`,
    );
  }

  responses(method: string): SipResponse[] {
    return this.inbox.filter(
      (message): message is SipResponse => message.kind === "response" && message.cseq.method === method,
    );
  }

  requests(method: string): SipRequest[] {
    return this.inbox.filter(
      (message): message is SipRequest => message.kind === "request" && message.method === method,
    );
  }

  /** The last response to a request of that method. */
  last(method: string): SipResponse {
    const response = this.responses(method).at(-1);
    if (!response) throw new Error(`no response to ${method}; heard ${this.heard.join(", ")}`);
    return response;
  }

  lastRequest(method: string): SipRequest {
    const request = this.requests(method).at(-1);
    if (!request) throw new Error(`no ${method}; heard ${this.heard.join(", ")}`);
    return request;
  }

  #sibling(method: string, invite: SipRequest, to: string): SipRequest {
    const headers = new Headers();
    headers
      .append("Via", invite.headers.get("Via")!)
      .append("Max-Forwards", "70")
      .append("From", invite.headers.get("From")!)
      .append("To", to)
      .append("Call-ID", invite.callId)
      .append("CSeq", `${invite.cseq.number} ${method}`);
    return new SipRequest(method, invite.uri, headers);
  }

  #take(data: Uint8Array): void {
    const outcome = parseMessage(data);
    if (!outcome.ok) throw new Error(`the bridge sent what cannot be read: ${outcome.reason}`);
    this.inbox.push(outcome.message);
    if (outcome.message.kind === "request") this.onRequest(outcome.message);
  }
}

export interface Call {
  readonly invite: SipRequest;
  readonly invitation: InboundInvite;
  readonly session: Session;
  readonly ends: SessionEnd[];
}

/** Time as one process sees it: its monotonic clock has an origin of its own, and its timers end with it. */
class ProcessClock implements Clock {
  readonly #clock: FakeClock;
  readonly #bornAt: number;
  readonly #timers = new Set<Timer>();

  constructor(clock: FakeClock) {
    this.#clock = clock;
    this.#bornAt = clock.monotonic();
  }

  now = (): number => this.#clock.now();
  monotonic = (): number => this.#clock.monotonic() - this.#bornAt;

  after(delayMs: number, callback: () => void): Timer {
    const timer = this.#clock.after(delayMs, () => {
      this.#timers.delete(timer);
      callback();
    });
    this.#timers.add(timer);
    return timer;
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel();
  }
}

export class World {
  readonly clock: FakeClock;
  readonly network: MemoryNetwork;
  readonly phone: Phone;
  readonly endpoint: SipEndpoint;
  readonly invitations: InboundInvite[] = [];
  readonly #process: ProcessClock;
  readonly #transport: SipTransportLayer;

  /** `before`: the world in which another process has been the bridge; it has been killed. */
  constructor(options: Partial<SipEndpointOptions> = {}, protocol: Protocol = "UDP", before?: World) {
    this.clock = before?.clock ?? new FakeClock();
    this.network = before?.network ?? new MemoryNetwork(this.clock);
    this.phone = before?.phone ?? new Phone(this.network, phoneAddress, protocol);
    this.#process = new ProcessClock(this.clock);
    this.#transport = createTransportLayer({
      clock: this.#process,
      logger: silentLogger,
      transports: [(receive) => this.network.transport({ addresses: [bridgeAddress], protocol, receive })],
    });
    this.endpoint = createSipEndpoint({
      clock: this.#process,
      log: silentLogger,
      transport: this.#transport,
      userAgent: "Parley/test",
      trusted: () => true,
      sessionTimer: { intervalSeconds: 0, minSeconds: 90 },
      random: () => 0.5,
      dns: fakeDns({}),
      ...options,
    });
    this.endpoint.onInvite = (invitation) => this.invitations.push(invitation);
  }

  static async open(options: Partial<SipEndpointOptions> = {}, protocol?: Protocol): Promise<World> {
    const world = new World(options, protocol);
    await world.endpoint.listen();
    await world.phone.listen();
    return world;
  }

  /** As `kill -9` does: nothing is said, nothing is done any more. */
  async kill(): Promise<void> {
    this.#process.stop();
    await this.#transport.close();
  }

  get invitation(): InboundInvite {
    const invitation = this.invitations.at(-1);
    if (!invitation) throw new Error("no INVITE has come");
    return invitation;
  }

  /** Lets messages travel: 20 ms. */
  async travel(): Promise<void> {
    await this.clock.run(20);
  }

  /** An answered call, acknowledged. */
  async call(parts: RequestParts = {}, handlers?: Partial<SessionHandlers>): Promise<Call> {
    this.phone.callId = parts.callId ?? this.phone.callId;
    const invite = this.phone.invite(parts);
    await this.travel();
    const { invitation } = this;
    const accepted = invitation.accept(bridgeSdp);
    await this.travel();
    this.phone.to = this.phone.last("INVITE").headers.get("To")!;
    this.phone.ack(invite);
    await this.travel();
    const session = await accepted;
    session.handlers = { ...agreeable, ...handlers };
    const ends: SessionEnd[] = [];
    session.events.on("ended", (end) => ends.push(end));
    return { invite, invitation, session, ends };
  }

  /** Closes everything; the number of timers that are left must be 0. */
  async close(cause: Cause = { status: 200, text: "Test over" }): Promise<number> {
    const closing = this.endpoint.close(cause);
    await this.clock.run(10_000);
    await closing;
    await this.phone.close();
    await settle();
    return this.clock.pending;
  }
}

/** Answers every offer with the bridge's description. */
export const agreeable: SessionHandlers = {
  onOffer: async () => ({ ok: true, value: bridgeSdp }),
  onOfferWanted: async () => bridgeSdp,
  onAnswer: async () => {},
  onInfo: () => 200,
};

export const text = (message: SipMessage): string => new TextDecoder().decode(message.body);
