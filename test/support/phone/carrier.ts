// What carries the phone's SIP messages: a UDP socket; one connection to the server, TCP or TLS, cut into messages by their
// Content-Length (RFC 3261 §18.3); or a WebSocket, as a browser has it (RFC 7118).
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectSecurely } from "node:tls";
import WebSocket from "ws";

export interface Address {
  readonly address: string;
  readonly port: number;
}

export interface Carrier {
  /** As the Via names it. */
  readonly protocol: "UDP" | "TCP" | "TLS" | "WS" | "WSS";
  readonly local: Address;
  /** Instead of the address in Via and Contact: a browser knows none. */
  readonly name?: string;
  send(text: string, to: Address): void;
  close(): void;
}

export type Arrived = (text: string, from: Address) => void;

export async function openUdp(address: string, arrived: Arrived): Promise<Carrier> {
  const socket = createSocket("udp4");
  socket.bind(0, address);
  await once(socket, "listening");
  socket.on("message", (data, from) => arrived(data.toString("utf8"), from));
  // A server that is gone is seen by the answers that do not come.
  socket.on("error", () => {});
  const { port } = socket.address();
  return {
    protocol: "UDP",
    local: { address, port },
    send: (text, to) => socket.send(text, to.port, to.address),
    close: () => socket.close(),
  };
}

/** Every message goes to `server`, whatever address it is sent to. Rejects with the system's error. */
export async function connectTcp(server: Address, arrived: Arrived): Promise<Carrier> {
  const socket = connect(server.port, server.address);
  await once(socket, "connect");
  return streamCarrier("TCP", socket, { server, arrived });
}

/** The same over TLS. */
export async function connectTls(
  server: Address,
  options: ConnectionOptions,
  arrived: Arrived,
): Promise<Carrier> {
  const socket = connectSecurely({ ...options, port: server.port, host: server.address });
  await once(socket, "secureConnect");
  return streamCarrier("TLS", socket, { server, arrived });
}

/** Rejects with what the server says instead of opening it. */
export async function openWebSocket(
  url: string,
  options: WebSocket.ClientOptions,
  arrived: Arrived,
): Promise<Carrier> {
  const { protocol, hostname, port } = new URL(url);
  const socket = new WebSocket(url, "sip", options);
  await once(socket, "open");
  const from = { address: hostname, port: Number(port) };
  socket.on("message", (data) => arrived(data.toString(), from));
  socket.on("error", () => {});
  return {
    protocol: protocol === "wss:" ? "WSS" : "WS",
    // Where its media is; of its signalling it knows no address.
    local: { address: "127.0.0.1", port: 0 },
    name: "5f3a9c1e.invalid",
    send: (text) => socket.send(text),
    close: () => socket.close(),
  };
}

function streamCarrier(
  protocol: "TCP" | "TLS",
  socket: Socket,
  { server, arrived }: { readonly server: Address; readonly arrived: Arrived },
): Carrier {
  let received = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    const { messages, rest } = cutMessages(received + text);
    received = rest;
    for (const message of messages) arrived(Buffer.from(message, "latin1").toString("utf8"), server);
  });
  socket.on("error", () => {});
  return {
    protocol,
    local: { address: socket.localAddress ?? "", port: socket.localPort ?? 0 },
    send: (text) => void socket.write(text),
    close: () => void socket.end(),
  };
}

/** Bytes as Latin-1, so that a character is a byte. */
export function cutMessages(stream: string): { readonly messages: readonly string[]; readonly rest: string } {
  const messages: string[] = [];
  let rest = stream.replace(/^(?:\r\n)+/, "");
  for (;;) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) return { messages, rest };
    const bodyBytes = Number(/^(?:content-length|l)\s*:\s*(\d+)/im.exec(rest.slice(0, end))?.[1] ?? 0);
    const length = end + 4 + bodyBytes;
    if (rest.length < length) return { messages, rest };
    messages.push(rest.slice(0, length));
    rest = rest.slice(length).replace(/^(?:\r\n)+/, "");
  }
}
