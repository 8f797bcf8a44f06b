// The event log over HTTP.
export { type EventRoutesOptions, eventRoutes } from "./routes.ts";
export type { EventSource } from "./source.ts";
