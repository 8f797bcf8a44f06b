// The data of `GET /api/debug/state`: the snapshot of every part that has one, and the workers' last figures. Rooms and
// participants are named by their ids alone, so that neither PINs nor numbers are copied out of them.
import { processMemory } from "#common";
import type { Calls } from "#conference/calls";
import type { RoomsService } from "#conference/rooms";
import type { MediaWorkers } from "#media/client";
import type { EventLog } from "#services/events";
import type { Trunks } from "#services/trunks";
import type { Webhooks } from "#services/webhooks";
import type { SipEndpoint } from "#sip";

export interface DebugSources {
  readonly version: string;
  readonly sip: Pick<SipEndpoint, "snapshot">;
  readonly guard: { snapshot(): object };
  /** Accounts that a telephone is registered with. */
  readonly registrar: { readonly size: number };
  readonly calls: Pick<Calls, "snapshot">;
  readonly ladders: { readonly state: object };
  readonly rooms: Pick<RoomsService, "snapshot" | "meetings">;
  readonly events: Pick<EventLog, "snapshot">;
  readonly webhooks: Pick<Webhooks, "snapshot">;
  readonly trunks: Pick<Trunks, "snapshot">;
  readonly dialOut: { snapshot(): readonly object[] };
  readonly overload: { snapshot(): object };
  readonly workers: Pick<MediaWorkers, "workers">;
}

export function readDebugState(sources: DebugSources): Record<string, unknown> {
  const { version, sip, guard, registrar, calls, rooms, events, webhooks, trunks, dialOut } = sources;
  const { ladders, overload, workers } = sources;
  const { rss, heapUsed, external } = processMemory();
  return {
    version,
    process: {
      ...{ pid: process.pid, node: process.version, uptimeSeconds: Math.round(process.uptime()) },
      ...{ rssBytes: rss, heapUsedBytes: heapUsed, externalBytes: external },
    },
    sip: sip.snapshot(),
    strangers: guard.snapshot(),
    registrations: registrar.size,
    calls: calls.snapshot(),
    ladders: ladders.state,
    rooms: {
      ...rooms.snapshot(),
      onCall: rooms.meetings().map(({ room, meeting, status, participants }) => ({
        ...{ id: room.id, meeting, status, participants: participants.map(({ id }) => id) },
      })),
    },
    events: events.snapshot(),
    webhooks: webhooks.snapshot(),
    trunks: trunks.snapshot(),
    dialOut: dialOut.snapshot(),
    overload: overload.snapshot(),
    workers: workers.workers.map(({ index, state, health }) => ({ index, state, health: health ?? null })),
  };
}
