// The metrics of the bridge for Prometheus: one file for each subject.
import { collectDefaultMetrics, Registry } from "prom-client";
import { type CallSources, measureCalls } from "./calls.ts";
import { type HepSources, measureHep } from "./hep.ts";
import { metersOf } from "./meters.ts";
import { measureSip, type SipSources } from "./sip.ts";
import { measureSystem, type SystemSources } from "./system.ts";
import { measureTrunks, type TrunkSources } from "./trunks.ts";
import { measureWorkers, type WorkerSources } from "./workers.ts";

export { measureEvents } from "./events.ts";

export interface MetricsSources
  extends CallSources,
    HepSources,
    SipSources,
    TrunkSources,
    SystemSources,
    WorkerSources {}

/** Every look wakes the process, also when calls merely last. The lag that is told includes this interval. */
const eventLoopLookMs = 100;

export function createMetrics(sources: MetricsSources): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopLookMs });
  const meters = metersOf(registry);
  measureCalls(meters, sources);
  measureHep(meters, sources);
  measureSip(meters, sources);
  measureTrunks(meters, sources);
  measureSystem(meters, sources);
  measureWorkers(meters, sources);
  return registry;
}
