// The public door of the SIP stack.
export { createSipEndpoint, type SipEndpointOptions } from "./endpoint.ts";
export { SipRequest, SipResponse } from "./message.ts";
export type {
  AnsweredCall,
  Authenticate,
  CallAttempt,
  CallAttemptEvents,
  Caller,
  CallOptions,
  Cause,
  Diversion,
  EndpointMetrics,
  Invitation,
  Questions,
  Refer,
  ReferOptions,
  ReferProgress,
  Referral,
  ReferredCall,
  Rejection,
  RequestListener,
  Session,
  SessionEnd,
  SessionEvents,
  SessionHandlers,
  SipEndpoint,
  TextMessage,
} from "./session/session.ts";
export type { SessionTimerSettings } from "./session/session-timer.ts";
export type { EndReason, EventPackage, Source, Subscriber } from "./subscription/index.ts";
export {
  createTcpTransport,
  createTransportLayer,
  createUdpTransport,
  type Flow,
  type SipTransportLayer,
  type SocketAddress,
} from "./transport/index.ts";
