// Webhooks over HTTP.
export { webhookRoutes } from "./routes.ts";
