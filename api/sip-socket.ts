// GET /sip: the handshake of SIP over WebSockets (RFC 7118 §3). What is decided here belongs to HTTP: that it is a
// WebSocket for SIP, and that a browser shows a page of this bridge or of an origin that is allowed. Who may call is for the
// SIP stack, which asks every client for credentials.
import type { WebSocket } from "@fastify/websocket";
import type { FastifyRequest } from "fastify";
import { plainAddress } from "#common";
import type { Api } from "./instance.ts";
import { clientAddress, HttpRefusal } from "./plugins/index.ts";

interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface AcceptedSipSocket {
  readonly socket: WebSocket;
  /** The client, as a trusted proxy tells it; its port is that of the connection. */
  readonly remote: Endpoint;
  /** Our end of the connection. */
  readonly local: Endpoint;
  /** The connection comes from a proxy and not from the client. */
  readonly proxied: boolean;
}

/** Where accepted sockets go. */
export interface SipSockets {
  /** `WSS`: the client's connection is encrypted, here or at a trusted proxy. */
  take(protocol: "WS" | "WSS", accepted: AcceptedSipSocket): void;
}

export interface SipSocketOptions {
  readonly sockets: SipSockets;
  /** Whose pages may open one besides our own; `*` is any. */
  readonly origins: readonly string[];
  /** The host, and port unless it is 443, that browsers know us by; empty when it is not configured. */
  readonly publicName: string;
}

export const sipSubprotocol = "sip";
const sipPath = "/sip";

export function sipSocketRoute(app: Api, { sockets, origins, publicName }: SipSocketOptions): void {
  app.route({
    method: "GET",
    url: sipPath,
    // Not an operation of the REST API: the protocol here is SIP.
    schema: { hide: true },
    config: { scope: "public" },
    exposeHeadRoute: false,
    preValidation: async (request) => {
      if (!request.ws) {
        throw new HttpRefusal("UPGRADE_REQUIRED", "SIP over a WebSocket is spoken here, and nothing else.", {
          headers: { upgrade: "websocket", connection: "upgrade" },
        });
      }
      if (!offersSip(request)) {
        throw new HttpRefusal("MALFORMED_REQUEST", 'The WebSocket must be for the subprotocol "sip".');
      }
      if (!isAllowed(request, origins, publicName)) {
        throw new HttpRefusal("ORIGIN_NOT_ALLOWED", "Pages of this origin may not call from here.");
      }
    },
    wsHandler: (socket, request) =>
      sockets.take(request.protocol === "https" ? "WSS" : "WS", toSipSocket(socket, request)),
    handler: async () => {},
  });
}

const offersSip = ({ headers }: FastifyRequest): boolean =>
  (headers["sec-websocket-protocol"] ?? "").split(",").some((name) => name.trim() === sipSubprotocol);

/** Programs that are no browsers send no Origin: it protects people from pages, not the bridge from programs. */
function isAllowed(
  { headers: { origin, host } }: FastifyRequest,
  origins: readonly string[],
  publicName: string,
): boolean {
  if (origin === undefined || origins.includes("*") || origins.includes(origin)) return true;
  const page = URL.parse(origin)?.host;
  return page !== undefined && page !== "" && [host?.toLowerCase(), publicName.toLowerCase()].includes(page);
}

function toSipSocket(socket: WebSocket, request: FastifyRequest): AcceptedSipSocket {
  const { remoteAddress = "", remotePort = 0, localAddress = "", localPort = 0 } = request.socket;
  const address = clientAddress(request);
  return {
    socket,
    remote: { address, port: remotePort },
    local: { address: plainAddress(localAddress), port: localPort },
    proxied: address !== plainAddress(remoteAddress),
  };
}
