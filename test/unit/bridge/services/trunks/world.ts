// A bridge, and registrars on a network in memory. A registrar has no stack: it answers what a test makes it
// answer, checks digests when it is told a password, and keeps every request it hears.
import { type Clock, silentLogger } from "#common";
import { FakeClock, fakeDns, MemoryNetwork } from "#test/support";
import { digestResponse, ha1 } from "../../../../../bridge/sip/auth/digest.ts";
import { type DigestAlgorithm, readCredentials } from "../../../../../bridge/sip/auth/index.ts";
import { createSipEndpoint, type SipEndpointOptions } from "../../../../../bridge/sip/endpoint.ts";
import { createResponse, formatMessage } from "../../../../../bridge/sip/message/format.ts";
import type { SipRequest, SipResponse } from "../../../../../bridge/sip/message/message.ts";
import { parseMessage } from "../../../../../bridge/sip/message/parser.ts";
import type { InboundInvite } from "../../../../../bridge/sip/session/inbound-invite.ts";
import type { SipEndpoint } from "../../../../../bridge/sip/sip-endpoint.ts";
import { createTransportLayer, type SipTransportLayer } from "../../../../../bridge/sip/transport/index.ts";
import type { Flow, Protocol, Transport } from "../../../../../bridge/sip/transport/transport.ts";

export const bridgeAddress = "10.0.0.1";

export interface Reply {
  readonly status: number;
  readonly headers?: readonly (readonly [string, string])[];
}

export type Behaviour = (request: SipRequest) => Reply | undefined;

/** A peer that the bridge sends requests to. */
export class Peer {
  readonly heard: SipRequest[] = [];
  readonly responses: SipResponse[] = [];
  /** Undefined answers nothing. */
  behaviour: Behaviour = () => ({ status: 200 });
  readonly address: string;
  readonly #transport: Transport;

  constructor(network: MemoryNetwork, address: string, protocol: Protocol = "UDP") {
    this.address = address;
    this.#transport = network.transport({
      addresses: [address],
      protocol,
      receive: (data, flow) => this.#take(data, flow),
    });
  }

  listen(): Promise<void> {
    return this.#transport.listen();
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  async send(message: SipRequest, to = bridgeAddress): Promise<void> {
    const flow = await this.#transport.connect({ address: to, port: 5060, protocol: "UDP" });
    await this.#transport.send(formatMessage(message), flow);
  }

  of(method: string): SipRequest[] {
    return this.heard.filter((request) => request.method === method);
  }

  get registers(): SipRequest[] {
    return this.of("REGISTER");
  }

  #take(data: Uint8Array, flow: Flow): void {
    const outcome = parseMessage(data);
    if (!outcome.ok) throw new Error(`the bridge sent what cannot be read: ${outcome.reason}`);
    const { message } = outcome;
    if (message.kind === "response") {
      this.responses.push(message);
      return;
    }
    this.heard.push(message);
    const reply = this.behaviour(message);
    if (!reply) return;
    const response = createResponse(message, reply.status, { toTag: "peer", ...reply });
    void this.#transport.send(formatMessage(response), flow);
  }
}

/** 200 with the binding that was asked for, as registrars answer; `seconds` where they grant another time. */
export function granting(seconds?: number): Behaviour {
  return (request) => {
    const asked = request.expires ?? 0;
    if (request.method !== "REGISTER" || asked === 0) return { status: 200 };
    const contact = `${request.headers.get("Contact")};expires=${seconds ?? asked}`;
    return { status: 200, headers: [["Contact", contact]] };
  };
}

export interface Login {
  readonly username?: string;
  readonly password?: string;
  readonly realm?: string;
  readonly algorithm?: DigestAlgorithm;
  readonly nonce?: () => string;
  readonly side?: 401 | 407;
  readonly stale?: boolean;
}

/** Challenges what has no right credentials for its realm and nonce; the rest goes on to `then`. */
export function guarded(login: Login, then: Behaviour): Behaviour {
  const {
    username = "parley",
    password = "s3cret",
    realm = "pbx",
    algorithm = "MD5",
    nonce = () => "nonce-1",
  } = login;
  const side = login.side ?? 401;
  const [ask, carry] =
    side === 401
      ? (["WWW-Authenticate", "Authorization"] as const)
      : (["Proxy-Authenticate", "Proxy-Authorization"] as const);
  return (request) => {
    const expected = nonce();
    const given = readCredentials(request.headers.all(carry), realm);
    const right =
      given?.nonce === expected &&
      given.username === username &&
      given.uri === request.uri &&
      given.response ===
        digestResponse({
          ...given,
          ha1: ha1(algorithm, username, realm, password),
          method: request.method,
          body: request.body,
        });
    if (right) return then(request);
    const stale = login.stale && given ? ", stale=true" : "";
    const challenge = `Digest realm="${realm}", nonce="${expected}", algorithm=${algorithm}, qop="auth"${stale}`;
    return { status: side, headers: [[ask, challenge]] };
  };
}

export class World {
  readonly clock: FakeClock;
  readonly network: MemoryNetwork;
  readonly endpoint: SipEndpoint;
  readonly invitations: InboundInvite[] = [];
  /** The connection that the bridge was answered on last. */
  lastFlow = "";
  readonly #transport: SipTransportLayer;
  readonly #peers: Peer[] = [];

  constructor(
    options: Partial<SipEndpointOptions> = {},
    parts: {
      readonly clock?: FakeClock;
      readonly protocol?: Protocol;
      readonly accept?: (flow: Flow) => boolean;
    } = {},
  ) {
    const { accept, protocol = "UDP" } = parts;
    this.clock = parts.clock ?? new FakeClock();
    this.network = new MemoryNetwork(this.clock);
    this.#transport = createTransportLayer({
      clock: this.clock,
      logger: silentLogger,
      transports: [
        (receive) =>
          this.network.transport({
            addresses: [bridgeAddress],
            protocol,
            receive: (data, flow) => {
              this.lastFlow = flow.id;
              receive(data, flow);
            },
          }),
      ],
      ...(accept && { accept }),
    });
    this.endpoint = createSipEndpoint({
      clock: this.clock as Clock,
      log: silentLogger,
      transport: this.#transport,
      userAgent: "Parley/test",
      trusted: () => false,
      dns: fakeDns({}),
      sessionTimer: { intervalSeconds: 0, minSeconds: 90 },
      random: () => 0.5,
      ...options,
    });
    this.endpoint.onInvite = (invitation) => {
      this.invitations.push(invitation);
      invitation.reject({ status: 404, text: "No such room" });
    };
  }

  static async open(...parameters: ConstructorParameters<typeof World>): Promise<World> {
    const world = new World(...parameters);
    await world.endpoint.listen();
    return world;
  }

  async peer(address: string, behaviour?: Behaviour, protocol?: Protocol): Promise<Peer> {
    const peer = new Peer(this.network, address, protocol);
    if (behaviour) peer.behaviour = behaviour;
    this.#peers.push(peer);
    await peer.listen();
    return peer;
  }

  /** A connection of the bridge's goes. */
  lose(id: string): void {
    const at = { address: bridgeAddress, port: 5060 };
    this.#transport.lost({ protocol: "TCP", reliable: true, local: at, remote: at, id });
  }

  /** Lets messages travel: 50 ms. */
  async travel(): Promise<void> {
    await this.clock.run(50);
  }

  seconds(count: number): Promise<void> {
    return this.clock.run(count * 1000);
  }

  /** Closes everything; the number of timers that are left must be 0. */
  async close(): Promise<number> {
    const closing = this.endpoint.close({ status: 200, text: "Test over" });
    await this.clock.run(10_000);
    await closing;
    for (const peer of this.#peers) await peer.close();
    return this.clock.pending;
  }
}
