// What other folders may import of the transport layer.

export { type ConnectionEnd, type ConnectionLimits, defaultConnectionLimits } from "./connection.ts";
export {
  createTransportLayer,
  type SipTransportLayer,
  type TransportCounters,
  type TransportLayerOptions,
} from "./layer.ts";
export { createRateLimiter, defaultRateLimit, type RateLimit } from "./rate-limit.ts";
export { createTcpTransport, type TcpCounters, type TcpTransport, type TcpTransportOptions } from "./tcp.ts";
export { createWireTrace, type TracedMessage, type TraceFilter, type WireTrace } from "./trace.ts";
export type {
  ConnectionCounters,
  Destination,
  Flow,
  Lost,
  Protocol,
  Receive,
  ReceiveRead,
  SocketAddress,
  Transport,
  TransportLayer,
} from "./transport.ts";
export { createUdpTransport, type UdpCounters, type UdpTransport, type UdpTransportOptions } from "./udp.ts";
