// What other folders may import of the transport layer.

export { type AddressPath, type AdvertisedAddressesOptions, createAddressRule } from "./advertised.ts";
export {
  type ConnectionEnd,
  type ConnectionLimits,
  defaultConnectionLimits,
  idleMsFor,
} from "./connection.ts";
export { ConnectionLimiter } from "./connection-limiter.ts";
export {
  createTransportLayer,
  type SipTransportLayer,
  type TransportCounters,
  type TransportLayerOptions,
} from "./layer.ts";
export type { StreamTransport, StreamTransportOptions } from "./stream-transport.ts";
export type { TappedMessage, WireTap } from "./tap.ts";
export { createTcpTransport } from "./tcp.ts";
export {
  createTlsTransport,
  type TlsIdentity,
  type TlsIdentitySource,
  type TlsTransportOptions,
} from "./tls.ts";
export { anyPeer, type FindTlsPeer, TlsClient, type TlsPeer } from "./tls-client.ts";
export { createWireTrace, type TracedMessage, type TraceFilter, type WireTrace } from "./trace.ts";
export type {
  ConnectionCounters,
  Destination,
  Flow,
  OnConnectionLost,
  Peer,
  Protocol,
  Receive,
  ReceiveRead,
  SocketAddress,
  Transport,
  TransportLayer,
} from "./transport.ts";
export { defaultPortOf, isWebSocket } from "./transport.ts";
export { createUdpTransport, type UdpCounters, type UdpTransport, type UdpTransportOptions } from "./udp.ts";
export {
  type AcceptedWebSocket,
  createWebSocketTransport,
  type WebSocketTransport,
  type WebSocketTransportOptions,
} from "./websocket.ts";
