// The bridge's own condition: health, metrics and what it says on the wire.

export { type DebugState, debugStateRoute, type ReadDebugState } from "./debug-state.ts";
export {
  type DoctorFinding,
  doctorRoute,
  type Examine,
  findingOnWire,
  findingSchema,
  worstOf,
  worstSchema,
} from "./doctor.ts";
export { type Health, type HealthCheck, type HealthStatus, healthRoute, type ReadHealth } from "./health.ts";
export { metricsRoute } from "./metrics.ts";
export { sipTraceRoute } from "./sip-trace.ts";
export type { SipTrace, SipTraceFilter, SipTraceMessage } from "./sip-trace-stream.ts";
