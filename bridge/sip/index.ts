// What other folders may import of the SIP stack.
export {
  type Authenticate,
  type BannedSource,
  type BanRecords,
  type BearerVerdict,
  createDigestGuard,
  type DigestCredential,
  type DigestGuard,
  type DigestGuardCounters,
  digestAnswerer,
  ha1,
  type Principal,
  type SourceBan,
} from "./auth/index.ts";
export { createSipEndpoint, type SipEndpointOptions } from "./endpoint.ts";
export { SipRequest, SipResponse } from "./message/message.ts";
export { formatUri, parseSipUri, type SipUri } from "./message/uri.ts";
export {
  type Binding,
  type BindingsRepository,
  Registrar,
  type RegistrarEvents,
  type RegistrarLimits,
  type StoredBinding,
} from "./registrar/index.ts";
export { OptionsPing, Registration, type RegistrationStatus } from "./registration/index.ts";
export { protocolOf } from "./routing/index.ts";
export type { AdoptOptions } from "./session/adopt.ts";
export type {
  AnsweredCall,
  CallAttempt,
  CallAttemptEvents,
  CallFailure,
  CallOptions,
} from "./session/call-attempt.ts";
export type { Caller, Diversion } from "./session/identity.ts";
export { dialledOf, numberOf, userOf } from "./session/identity.ts";
export type { InboundInvite } from "./session/inbound-invite.ts";
export type { RequestOptions, RequestOutcome } from "./session/out-of-dialog.ts";
export type { Questions, Refer, ReferredCall, TextMessage } from "./session/questions.ts";
export type { Cause, Rejection, SessionEnd } from "./session/reason.ts";
export type {
  IdentityChange,
  Liveness,
  ReferOptions,
  ReferProgress,
  Referral,
  Session,
  SessionEvents,
  SessionHandlers,
} from "./session/session.ts";
export type { SessionTimerSettings } from "./session/session-timer.ts";
export type { SessionSnapshot, UnansweredInvite } from "./session/snapshot.ts";
export type { EndpointMetrics, RequestListener, SipEndpoint } from "./sip-endpoint.ts";
export type { EndReason, EventPackage, Source, Subscriber } from "./subscription/index.ts";
export {
  type AcceptedWebSocket,
  type AddressPath,
  type AdvertisedAddressesOptions,
  anyPeer,
  type ConnectionCounters,
  ConnectionLimiter,
  createAddressRule,
  createTcpTransport,
  createTlsTransport,
  createTransportLayer,
  createUdpTransport,
  createWebSocketTransport,
  createWireTrace,
  defaultPortOf,
  type Flow,
  idleMsFor,
  isWebSocket,
  type OnConnectionLost,
  type Peer,
  type Receive,
  type ReceiveRead,
  type SipTransportLayer,
  type SocketAddress,
  type TappedMessage,
  TlsClient,
  type TlsIdentitySource,
  type TlsPeer,
  type WebSocketTransport,
  type WireTap,
  type WireTrace,
} from "./transport/index.ts";
