// The door of the REST control plane.
export { createApi } from "./app.ts";
export type { EventSource } from "./events/index.ts";
export type { Api, ApiLimits, ApiOptions, WebPhoneAddress } from "./options.ts";
export { defaultLimits } from "./options.ts";
export { type LocalDoor, listenLocally } from "./plugins/index.ts";
export type { Health, HealthCheck, HealthStatus, ReadHealth, SipTrace } from "./system/index.ts";
