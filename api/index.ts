// Public interface of the REST control plane.
export { createApi } from "./app.ts";
export type { EventSource } from "./events/index.ts";
export type { Api } from "./instance.ts";
export { type ApiLimits, defaultLimits } from "./limits.ts";
export { meetWebhookData } from "./meet/index.ts";
export type { ApiOptions } from "./options.ts";
export { type LocalListener, listenLocally } from "./plugins/index.ts";
export type { Health, HealthCheck, HealthStatus, ReadHealth, SipTrace } from "./system/index.ts";
