// The event log of this daemon: opened before anything can happen, listening to everything that does, and kept within
// its bounds.

import type { Clock, Emitter, Logger } from "#common";
import type { CallsEvents } from "#conference/calls";
import type { ChatEvents } from "#conference/chat";
import type { RecordingsEvents } from "#conference/recordings";
import type { RoomOnCall, RoomsEvents } from "#conference/rooms";
import type { Config } from "#config";
import {
  type AccountSources,
  type BackupEvents,
  type BlockedSource,
  type EventLog,
  EventRetention,
  type EventsRepository,
  type LoginEvents,
  openEventLog,
  RoomsRecorder,
  recordAccounts,
  recordChat,
  recordRecordings,
  recordVideoLoad,
  resumeEvents,
  SystemRecorder,
  type VideoLoadOptions,
} from "#services/events";
import type { ServersEvents } from "#services/nodes";

export interface EventLogParts {
  readonly config: Pick<Config, "events">;
  readonly repository: EventsRepository;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface EventSources {
  readonly rooms: Emitter<RoomsEvents>;
  readonly servers: Emitter<ServersEvents>;
  readonly logins: Emitter<LoginEvents>;
  readonly calls: Emitter<CallsEvents>;
  readonly recordings: Emitter<RecordingsEvents>;
  readonly chat: Emitter<ChatEvents>;
  readonly backups: Emitter<BackupEvents>;
  readonly accounts: AccountSources;
  readonly workers: VideoLoadOptions["workers"];
}

export interface DaemonEventLog {
  readonly log: EventLog;
  listen(sources: EventSources): void;
  /** After `listen`; see `resumeEvents`. */
  resume(onCall: readonly RoomOnCall[], stoppedAt?: number): Promise<void>;
  blocked(source: BlockedSource): void;
  /** Idempotent; what has happened is then on disk. */
  close(): Promise<void>;
}

const dayMs = 86_400_000;

export async function startEventLog({
  config,
  repository,
  clock,
  log: logger,
}: EventLogParts): Promise<DaemonEventLog> {
  const { retention_days, max_events, dtmf } = config.events;
  const log = await openEventLog({ repository, clock, log: logger });
  const bounds = { maxAgeMs: retention_days * dayMs, maxEvents: max_events };
  const retention = new EventRetention({ log, repository, clock, logger, ...bounds });
  const system = new SystemRecorder({ log, clock });
  const closing: (() => void)[] = [() => retention.close()];
  let recorder: RoomsRecorder | undefined;
  return {
    log,
    listen({ rooms, servers, logins, calls, recordings, chat, backups, accounts, workers }) {
      recorder = new RoomsRecorder({ events: rooms, log, clock, keys: dtmf });
      closing.push(
        recordAccounts(accounts, log),
        () => recorder?.close(),
        system.listenToRooms(rooms),
        system.listenToServers(servers),
        system.listenToLogins(logins),
        system.listenToCalls(calls),
        system.listenToBackups(backups),
        recordRecordings(recordings, log),
        recordChat(chat, log),
        recordVideoLoad({ workers, log, clock }),
      );
    },
    async resume(onCall, stoppedAt) {
      if (recorder) await resumeEvents({ log, repository, recorder, clock, onCall, stoppedAt });
    },
    blocked: (source) => system.blocked(source),
    async close() {
      for (const close of closing.splice(0)) close();
      await log.close();
    },
  };
}
