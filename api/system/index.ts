// The bridge's own condition: health and metrics.
export { type Health, type HealthCheck, type HealthStatus, healthRoute, type ReadHealth } from "./health.ts";
export { metricsRoute } from "./metrics.ts";
