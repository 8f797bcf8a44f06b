// What metrics are made of, with nothing counted yet.
import type { MetricsSources } from "../../../bridge/setup/metrics/index.ts";

export const idleSources: MetricsSources = {
  sip: {
    metrics: {
      requests: {},
      responses: {},
      requestsSent: {},
      responsesReceived: {},
      timers: {},
      repairs: {},
      turnedAway: 0,
      refused: { draining: 0, full: 0, overloaded: 0 },
    },
  },
  transport: {
    counters: {},
    connectionCounters: { open: { in: 0, out: 0 }, opened: 0, accepted: 0, refused: 0, closed: {} },
  },
  rooms: {
    snapshot: () => ({ live: 0, participants: 0 }),
    pinCounters: { right: 0, wrong: 0, delayed: 0, refused: 0 },
  },
  calls: { count: 0 },
  callLog: {
    counters: {
      results: { answered: 0, refused: 0, cancelled: 0, failed: 0, lost: 0 },
      ...{ seconds: 0, waiting: 0, dropped: 0, failures: 0, unrecorded: 0 },
    },
  },
  trunks: { snapshot: () => [] },
  budget: { snapshot: () => [] },
  invitations: { counters: { sent: 0, retried: 0, failed: 0 }, waiting: async () => 0 },
  database: { errors: 0 },
  overload: {
    snapshot: () => ({ overloaded: false, controlCpu: 0, machineCpu: 0, overloadedWorkers: [] }),
  },
  backups: { status: { lastGoodAt: undefined, made: 0, failed: 0 } },
  folders: { data: "." },
  digestGuard: {
    counters: { challenged: 0, wrong: 0, stale: 0, admitted: 0, silenced: 0, scanners: 0, banned: 0 },
    bans: () => [],
  },
  registrar: { size: 0 },
  workers: [],
};
