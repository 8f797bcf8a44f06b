// Calls and their records. Paths are below /api.

import type { CallRecords, LiveCalls } from "#services/call-records";
import type { Api } from "../instance.ts";
import type { OpenStreams } from "../plugins/index.ts";
import { callRoutes } from "./calls.ts";
import { recordRoutes } from "./records.ts";

export interface CallsDoor {
  readonly live: LiveCalls;
  readonly records: CallRecords;
}

export function callsRoutes(api: Api, { live, records }: CallsDoor, streams: OpenStreams): void {
  callRoutes(api, live);
  recordRoutes(api, records, streams);
}
