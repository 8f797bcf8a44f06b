// The public door of the transport layer.
export {
  createTransportLayer,
  type SipTransportLayer,
  type TransportCounters,
  type TransportLayerOptions,
} from "./layer.ts";
export { networkSet, privateNetworks } from "./networks.ts";
export { defaultRateLimit, type RateLimit } from "./rate-limit.ts";
export type {
  Destination,
  Flow,
  Protocol,
  Receive,
  SocketAddress,
  Transport,
  TransportLayer,
} from "./transport.ts";
export { createUdpTransport, type UdpCounters, type UdpTransport, type UdpTransportOptions } from "./udp.ts";
