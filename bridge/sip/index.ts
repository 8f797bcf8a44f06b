// The public door of the SIP stack.
export { createSipEndpoint, type SipEndpointOptions } from "./endpoint.ts";
export { SipRequest, SipResponse } from "./message.ts";
export type {
  Caller,
  Cause,
  EndpointMetrics,
  Invitation,
  Rejection,
  RequestListener,
  Session,
  SessionEnd,
  SessionEvents,
  SessionHandlers,
  SipEndpoint,
} from "./session/session.ts";
export type { SessionTimerSettings } from "./session/session-timer.ts";
export { networkSet, privateNetworks } from "./transport/index.ts";
export type { Flow, SocketAddress } from "./transport/transport.ts";
export { createUdpSipEndpoint, type UdpSipEndpointOptions } from "./udp-endpoint.ts";
