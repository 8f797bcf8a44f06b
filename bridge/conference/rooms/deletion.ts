// Deletes or closes rooms at once, when their meeting ends, or at their date of deletion. `policy/deletion` decides; everything
// runs in the room's queue. A deletion that waits is stored in the room's record and survives a restart.
import {
  type Clock,
  type Emitter,
  errorMessage,
  fail,
  type Logger,
  ok,
  type Result,
  type RoomId,
  type Timer,
} from "#common";
import type { LiveRoom } from "./live/room.ts";
import type { LiveRooms } from "./live/rooms.ts";
import { refusals } from "./policy/admission.ts";
import {
  type DeletionDecision,
  type DeletionPolicies,
  type DeletionRefusal,
  decideDeletion,
} from "./policy/deletion.ts";
import type { RecordingLibrary } from "./recordings.ts";
import type { RoomAccess } from "./records/access.ts";
import type { RoomsEvents } from "./records/events.ts";
import type { RoomProblem } from "./records/problem.ts";
import type { RoomsRepository } from "./records/repository.ts";
import type { Room } from "./records/room.ts";
import type { RoomRecords } from "./room-records.ts";
import type { DeletionOutcome, DeletionProblem, RoomDeletions } from "./service.ts";

export interface RoomDeletionsOptions {
  readonly live: LiveRooms;
  readonly repository: Pick<RoomsRepository, "autoDeletionsUntil" | "withMeetingEndAction">;
  readonly records: Pick<RoomRecords, "changeLive" | "destroyLive">;
  readonly library: Pick<RecordingLibrary, "list" | "completed">;
  readonly events: Emitter<RoomsEvents>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface RoomDeletionsService extends RoomDeletions {
  /** Carries out deletions that became due before the start, and checks the dates from now on. Never rejects. */
  start(): void;
  stop(): void;
}

const lookEveryMs = 30_000;

const calledOff = {
  meetingEndAction: "none",
  meetingEndRecordings: "close",
} as const satisfies Partial<RoomAccess>;

export function roomDeletions(options: RoomDeletionsOptions): RoomDeletionsService {
  const { live, repository, records, library, events, clock, log } = options;
  let timer: Timer | undefined;
  let stopped = false;

  const change = (room: LiveRoom, closed: boolean, access: Partial<RoomAccess>) =>
    records.changeLive(room, { closed, access });

  async function retireLive(
    room: LiveRoom,
    policies: DeletionPolicies,
  ): Promise<Result<DeletionOutcome, DeletionProblem | RoomProblem>> {
    const { id } = room.record;
    const there = { meeting: room.present > 0, recordings: (await library.list(id)).length > 0 };
    return carryOut(room, decideDeletion(there, policies));
  }

  async function carryOut(
    room: LiveRoom,
    decision: DeletionDecision,
  ): Promise<Result<DeletionOutcome, DeletionProblem | RoomProblem>> {
    switch (decision.kind) {
      case "refuse":
        return fail({ code: decision.code, message: messages[decision.code] });
      case "delete": {
        const gone = await records.destroyLive(room, decision.recordings);
        return gone.ok ? ok({ code: decision.code }) : gone;
      }
      case "close": {
        const closed = await change(room, true, { ...calledOff, autoDeletionDate: null });
        if (!closed.ok) return closed;
        room.roster.dismissAll(refusals.closed);
        return ok({ code: decision.code, room: closed.value });
      }
      case "later": {
        const { code, action, recordings } = decision;
        const access = { meetingEndAction: action, meetingEndRecordings: recordings, autoDeletionDate: null };
        const changed = await change(room, room.record.closed, access);
        return changed.ok ? ok({ code, room: changed.value }) : changed;
      }
    }
  }

  /** A new meeting may have begun in the meantime: then its end counts. */
  async function afterMeeting(id: RoomId): Promise<void> {
    // Recordings must be complete before they are counted or removed.
    await library.completed(id);
    await live.run<void, RoomProblem | DeletionProblem>(id, async (room) => {
      const { meetingEndAction, meetingEndRecordings: withRecordings } = room.record.access;
      if (meetingEndAction === "none" || room.present > 0) return ok(undefined);
      if (meetingEndAction === "close") {
        const closed = await change(room, true, calledOff);
        return closed.ok ? ok(undefined) : closed;
      }
      const retired = await retireLive(room, { withMeeting: "force", withRecordings });
      return retired.ok ? ok(undefined) : retired;
    });
  }

  /** For rooms whose meetings have ended with the previous process. */
  async function finishMeetings(): Promise<void> {
    for (const id of await repository.withMeetingEndAction()) inBackground(afterMeeting(id));
  }

  const inBackground = (work: Promise<unknown>): void => {
    work.catch((error: unknown) =>
      log.error({ why: errorMessage(error) }, "a room was neither deleted nor closed when its time had come"),
    );
  };

  async function lookAtDates(): Promise<void> {
    const now = new Date(clock.now()).toISOString();
    for (const id of await repository.autoDeletionsUntil(now)) {
      await live.run<unknown, RoomProblem | DeletionProblem>(id, async (room) => {
        const { autoDeletionDate, autoDeletionPolicy } = room.record.access;
        const due = autoDeletionDate !== null && autoDeletionDate <= now;
        return due ? retireLive(room, autoDeletionPolicy) : ok(undefined);
      });
    }
  }

  function arm(): void {
    timer = clock.after(lookEveryMs, () => {
      inBackground(
        lookAtDates().finally(() => {
          if (!stopped) arm();
        }),
      );
    });
  }

  const stopListening = events.on("meeting.ended", ({ room }) => {
    if (!stopped && room.access.meetingEndAction !== "none") inBackground(afterMeeting(room.id));
  });

  return {
    retire: (id, policies) =>
      live.run<DeletionOutcome, DeletionProblem | RoomProblem>(id, (room) => retireLive(room, policies)),

    closeRoom: (id) =>
      live.run<{ readonly room: Room; readonly later: boolean }, RoomProblem>(id, async (room) => {
        const later = room.present > 0;
        const changed = later
          ? await change(room, room.record.closed, { meetingEndAction: "close" })
          : await change(room, true, calledOff);
        return changed.ok ? ok({ room: changed.value, later }) : changed;
      }),

    reopenRoom: (id) => live.run<Room, RoomProblem>(id, (room) => change(room, false, calledOff)),

    start() {
      inBackground(finishMeetings());
      inBackground(lookAtDates());
      arm();
    },

    stop() {
      stopped = true;
      timer?.cancel();
      stopListening();
    },
  };
}

const messages: Readonly<Record<DeletionRefusal, string>> = {
  room_has_active_meeting: "a meeting runs in the room",
  room_has_recordings: "the room has recordings",
  room_with_recordings_has_active_meeting: "a meeting runs in the room, which has recordings",
  room_with_active_meeting_has_recordings: "the room, in which a meeting runs, has recordings",
  room_with_active_meeting_has_recordings_cannot_schedule_deletion:
    "the room, in which a meeting runs, has recordings: its deletion cannot wait for the end of the meeting",
};
