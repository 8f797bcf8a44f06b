// Listens to everything that is not a room: calls that fail, servers, and sources that are blocked, and writes it into the log.
// The number of events that unknown sources can cause is bounded.

import { type Clock, type Emitter, Quota, type RoomId, sourceOf, type Unsubscribe } from "#common";
import type { CallEventData, CallsEvents } from "#conference/calls";
import type { RoomsEvents } from "#conference/rooms";
import type { ServersEvents } from "#services/nodes";
import type { EventLog } from "./log.ts";
import type { EventData, NewEvent } from "./types.ts";

/** The events of logins, as this module needs them, without importing logins. */
export type LoginEvents = {
  blocked: { readonly address: string; readonly seconds: number; readonly user?: string };
};

/** The events of backups, as this module needs them, without importing backups. */
export type BackupEvents = {
  made: { readonly file: string; readonly bytes: number; readonly kind: "daily" | "upgrade" };
  failed: { readonly reason: string; readonly kind: "daily" | "upgrade" };
};

export interface SystemRecorderOptions {
  readonly log: Pick<EventLog, "append">;
  readonly clock: Clock;
}

export interface BlockedSource {
  readonly guard: "sip" | "calls" | "pin" | "api" | "login";
  readonly source: string;
  readonly seconds?: number;
  /** For the guard `sip`: the offence of the source. */
  readonly reason?: EventData<"security.blocked">["reason"];
  /** The id of a user whose logins are shut out. */
  readonly user?: string;
  readonly room?: RoomId;
}

/** A PBX is one source for many callers. */
const failedCallsPerMinute = 120;
/** A source or a user that is shut out is told once a minute, and so many in all. */
const blockedPerMinute = 60;

export class SystemRecorder {
  readonly #log: Pick<EventLog, "append">;
  readonly #calls: Quota;
  readonly #source: Quota;
  readonly #guard: Quota;

  constructor({ log, clock }: SystemRecorderOptions) {
    this.#log = log;
    this.#calls = new Quota(clock, failedCallsPerMinute);
    this.#source = new Quota(clock, 1);
    this.#guard = new Quota(clock, blockedPerMinute);
  }

  /** Until the returned function is called. */
  listenToRooms(events: Emitter<RoomsEvents>): Unsubscribe {
    return events.on("pin.guessed", ({ room, source, delayMs }) =>
      this.blocked({ guard: "pin", source, seconds: Math.ceil(delayMs / 1000), ...(room && { room }) }),
    );
  }

  listenToLogins(events: Emitter<LoginEvents>): Unsubscribe {
    return events.on("blocked", ({ address, seconds, user }) =>
      this.blocked({ guard: "login", source: address, seconds, ...(user !== undefined && { user }) }),
    );
  }

  listenToServers(events: Emitter<ServersEvents>): Unsubscribe {
    const tell = (type: "server.online" | "server.offline") =>
      events.on(type, ({ server: { id, name } }) =>
        this.#log.append({ type, data: { server: id, name } } as NewEvent),
      );
    const unsubscribe = [
      tell("server.online"),
      tell("server.offline"),
      events.on("server.overloaded", ({ server: { id, name }, causes }) =>
        this.#log.append({
          type: "server.overloaded",
          data: { server: id, name, causes: causes.map((cause) => ({ ...cause })) },
        }),
      ),
      events.on("server.recovered", ({ server: { id, name }, seconds }) =>
        this.#log.append({ type: "server.recovered", data: { server: id, name, seconds } }),
      ),
    ];
    return () => {
      for (const stop of unsubscribe) stop();
    };
  }

  listenToCalls(events: Emitter<CallsEvents>): Unsubscribe {
    const unsubscribe = [
      events.on("dialled", (call) =>
        this.#log.append({ type: "call.dialled", ...roomOf(call), data: callOnWire(call) }),
      ),
      events.on("progress", ({ status, ...call }) =>
        this.#log.append({ type: "call.progress", ...roomOf(call), data: { ...callOnWire(call), status } }),
      ),
      events.on("failed", ({ status, text, endedBy, sipReason, sipCallId, state, ...call }) => {
        if (call.address !== null && !this.#calls.allows(sourceOf(call.address))) return;
        const failure = {
          status,
          reason: text,
          ended_by: endedBy,
          state,
          sip_reason: sipReason,
          sip_call_id: sipCallId,
        };
        const data = { ...callOnWire(call), ...failure };
        this.#log.append({ type: "call.failed", ...roomOf(call), data });
      }),
    ];
    return () => {
      for (const stop of unsubscribe) stop();
    };
  }

  listenToBackups(events: Emitter<BackupEvents>): Unsubscribe {
    const unsubscribe = [
      events.on("made", ({ file, bytes, kind }) =>
        this.#log.append({ type: "backup.made", data: { file, file_size: bytes, kind } }),
      ),
      events.on("failed", ({ reason, kind }) =>
        this.#log.append({ type: "backup.failed", data: { reason, kind } }),
      ),
    ];
    return () => {
      for (const stop of unsubscribe) stop();
    };
  }

  blocked({ guard, source, seconds, reason, user, room }: BlockedSource): void {
    if (!this.#source.allows(`${guard} ${user ?? sourceOf(source)}`) || !this.#guard.allows(guard)) return;
    this.#log.append({
      type: "security.blocked",
      ...(room && { room }),
      data: {
        ...{ guard, source },
        ...(seconds !== undefined && { seconds }),
        ...(reason !== undefined && { reason }),
        ...(user !== undefined && { user }),
      },
    });
  }
}

const roomOf = ({ room }: CallEventData) => (room === undefined ? {} : { room });

const callOnWire = ({ direction, number, displayName, dialled, address, invitedBy }: CallEventData) => ({
  direction,
  number,
  display_name: displayName,
  dialled,
  source: address,
  invited_by: invitedBy,
});
