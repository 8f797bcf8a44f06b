// What the transaction layer sees of the network (RFC 3261 §18): flows in, flows out. A flow is the pair of
// socket addresses (and, where there is one, the connection) that a message travelled on; answering on the
// flow of the request is what RFC 3581 and RFC 5626 ask for. UDP, TCP, TLS and WebSocket implement `Transport`.
import type { SipMessage, SipRequest, SipResponse } from "../message/message.ts";
import type { ParseOutcome } from "../message/parser.ts";

export type Protocol = "UDP" | "TCP" | "TLS" | "WS" | "WSS";

/** The port when none is written (RFC 3261 §19.1.2, RFC 7118 §5.2.4). */
export function defaultPortOf(protocol: Protocol): number {
  switch (protocol) {
    case "UDP":
    case "TCP":
      return 5060;
    case "TLS":
      return 5061;
    case "WS":
      return 80;
    case "WSS":
      return 443;
  }
}

/** WebSockets are only opened by clients, and their address does not identify the client. */
export const isWebSocket = ({ protocol }: { readonly protocol: Protocol }): boolean =>
  protocol === "WS" || protocol === "WSS";

export interface SocketAddress {
  /** IPv4 or IPv6 literal without brackets. */
  readonly address: string;
  readonly port: number;
}

/** The path one message took, from our side. */
export interface Flow {
  readonly protocol: Protocol;
  readonly reliable: boolean;
  /** Our address on this path as the kernel routes it: never a wildcard. */
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** Names the connection on connected transports; one value for all of UDP. */
  readonly id: string;
  /** The SIP domains in the peer's certificate (RFC 5922 §7.1), if it has presented one that was verified. */
  readonly peerNames?: readonly string[];
}

/** The remote end of a flow, as far as the transport knows it. */
export type Peer = Pick<Flow, "protocol" | "remote" | "peerNames">;

/** Where a request is to go: an address already resolved (RFC 3263 happens above the transport). */
export interface Destination extends SocketAddress {
  readonly protocol: Protocol;
  /** The host of the URI that led here, which a certificate must be for (RFC 5922 §4). Undefined: the address. */
  readonly host?: string;
}

/** One listener or protocol family: bytes and nothing else. */
export interface Transport {
  readonly protocol: Protocol;
  /** Its address; a wildcard stands for every address of its families. */
  readonly address: string;
  readonly families: "IPv4" | "IPv6" | "both";
  /** The port it listens on: what Via and Contact name, on connections that we opened as well. */
  readonly port: number;
  /** For transports with connections: their number and their ends. */
  readonly connectionCounters?: ConnectionCounters;
  /** Rejects with the system error (`EADDRINUSE` …). */
  listen(): Promise<void>;
  /** Our path to a destination; opens a connection where the protocol has them. */
  connect(destination: Destination): Promise<Flow>;
  /** Rejects with the system error when the datagram or the connection cannot be written. */
  send(data: Uint8Array, flow: Flow): Promise<void>;
  /** Peers open its connections, and we open none. */
  readonly inboundOnly?: boolean;
  /** Credentials that came on this flow were accepted: its connection then counts as proven (connection-admission.ts). */
  prove?(flow: Flow, credential?: string): void;
  /** Closes the connections that were proven with that credential; returns how many. */
  revoke?(credential: string): number;
  close(): Promise<void>;
}

/** Counted since the start, except `open`. */
export interface ConnectionCounters {
  /** Open connections, by the side that opened them. */
  readonly open: Readonly<Record<"in" | "out", number>>;
  readonly opened: number;
  readonly accepted: number;
  /** Not accepted, or over the limit. */
  readonly refused: number;
  /** By reason. */
  readonly closed: Readonly<Record<string, number>>;
}

/** Receives the datagrams of a transport in order, as bytes. */
export type Receive = (data: Uint8Array, flow: Flow) => void;

/** Receives the parsed messages of a stream transport. False: the source exceeds its rate. */
export type ReceiveRead = (outcome: ParseOutcome, flow: Flow) => boolean;

/** Called once for each connection that is lost, with its flow. */
export type OnConnectionLost = (flow: Flow) => void;

/** The transport layer as the transaction layer uses it. */
export interface TransportLayer {
  /** Set once by the transaction layer before `listen`. */
  receive: (message: SipMessage, flow: Flow) => void;
  /** Set likewise: a connection is gone, and nothing will come on its flow any more. */
  lost: OnConnectionLost;
  /** Whether there is a listener for the protocol and the address family. */
  supports(protocol: Protocol, family: 4 | 6): boolean;
  /** The flow that a request to `destination` will take: its `local` fills Via and Contact. */
  connect(destination: Destination): Promise<Flow>;
  /** Sends a request whose topmost Via the transaction layer has made for this flow. */
  sendRequest(request: SipRequest, flow: Flow): Promise<void>;
  /** Sends a response by RFC 3261 §18.2.2 and RFC 3581 §4: back on the flow of its request. */
  sendResponse(response: SipResponse, flow: Flow): Promise<void>;
  /** Credentials that came on this flow were accepted; `credential` names them for `revoke`. */
  prove(flow: Flow, credential?: string): void;
  /** The credential is no longer valid: closes the connections on which it was accepted, and returns how many. */
  revoke(credential: string): number;
  /** The host and port to write into Via and Contact for a flow: the public ones where the peer is outside. */
  advertised(flow: Flow): SocketAddress;
  close(): Promise<void>;
}
