// Calls and their records. Paths are below /api.

import type { CallRecords, LiveCalls } from "#services/call-records";
import type { Api } from "../instance.ts";
import type { OpenStreams } from "../plugins/index.ts";
import { callRoutes } from "./calls.ts";
import { type DumpOptions, dumpRoutes } from "./dump.ts";
import { type LadderFinder, ladderRoutes } from "./ladder.ts";
import { recordRoutes } from "./records.ts";

export type { CallDumps } from "./dump.ts";
export type { LadderFinder } from "./ladder.ts";

export interface CallSources {
  readonly live: LiveCalls;
  readonly records: CallRecords;
}

export interface CallsRoutesOptions extends DumpOptions {
  readonly calls: CallSources;
  readonly streams: OpenStreams;
  readonly ladders: LadderFinder;
}

export function callsRoutes(api: Api, { calls, streams, ladders, ...dumping }: CallsRoutesOptions): void {
  const { live, records } = calls;
  callRoutes(api, live);
  dumpRoutes(api, dumping);
  ladderRoutes(api, ladders);
  recordRoutes(api, records, streams);
}
