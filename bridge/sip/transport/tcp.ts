// SIP over TCP (RFC 3261 §18): messages follow each other on a connection with nothing in between.
import { StreamConnections, type StreamTransport, type StreamTransportOptions } from "./stream-transport.ts";

export const createTcpTransport = (options: StreamTransportOptions): StreamTransport =>
  new StreamConnections("TCP", options);
