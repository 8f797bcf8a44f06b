// All operations on rooms, put together: records, live rooms, arrivals, moves, recordings. Every change of one room runs
// in that room's queue.

import {
  type Clock,
  Emitter,
  fail,
  type Logger,
  noStateRecords,
  ok,
  type ParticipantId,
  type Result,
  type StateRecords,
} from "#common";
import { createVoice, type Voice } from "#conference/speech";
import type { MediaWorkers } from "#media/client";
import { type Arrivals, roomArrivals } from "./arrivals.ts";
import { roomOperations } from "./controls.ts";
import { roomDeletions } from "./deletion.ts";
import type { ResumedRoom } from "./live/context.ts";
import { type LocalNode, unlimitedNode } from "./live/node.ts";
import { Placement } from "./live/placement.ts";
import type { Recorder } from "./live/recorder.ts";
import { LiveRoom } from "./live/room.ts";
import { LiveRooms, roomNotFound } from "./live/rooms.ts";
import { participantMover } from "./move.ts";
import { type RoomsOverview, roomsOverview } from "./overview.ts";
import { type ParticipantCommands, participantCommands } from "./participant-commands.ts";
import { entryConditionsOf, refusalOfInvited } from "./policy/admission.ts";
import { type PictureStyle, plainPicture } from "./policy/picture-style.ts";
import { type PinCounters, PinGuard, type PinRecords } from "./policy/pin-guard.ts";
import { noLibrary, noRecorder, type RecordingLibrary, roomRecordings } from "./recordings.ts";
import type { RoomsEvents } from "./records/events.ts";
import { ExtensionAllocator, type ExtensionRange } from "./records/extensions.ts";
import type { RoomProblem } from "./records/problem.ts";
import type { RoomsRepository } from "./records/repository.ts";
import type { Room } from "./records/room.ts";
import { roomRecords } from "./room-records.ts";
import type { DiallingHost, Rooms } from "./service.ts";

export interface RoomsOptions {
  readonly repository: RoomsRepository;
  readonly workers: MediaWorkers;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The range of numbers for rooms made without one. */
  readonly extensions: ExtensionRange;
  /** Numbers that lead elsewhere, such as the lobby. */
  readonly reserved?: readonly string[];
  /** The limits of this machine; without it, none. */
  readonly host?: LocalNode;
  /** Records, and keeps the recordings; without it, nothing is recorded. */
  readonly recordings?: Recorder & RecordingLibrary;
  /** The announcements; without it, in every language. */
  readonly voice?: Voice;
  /** Rooms of the mode VIDEO have a picture; true unless given. */
  readonly video?: boolean;
  /** The picture style of rooms that set none; plain unless given. */
  readonly picture?: PictureStyle;
  /** The state for the next process; without it, nothing is kept. */
  readonly stateRecords?: StateRecords<ResumedRoom>;
  readonly pinRecords?: PinRecords;
}

export interface RoomsService extends Rooms, Arrivals, ParticipantCommands, RoomsOverview {
  /** The counters of the PINs and conference numbers that callers have typed. */
  readonly pinCounters: PinCounters;
  /** Calls a number for a room. Set before the API listens; until then every number is refused. */
  onDialOut: (room: Room, number: string, host?: DiallingHost) => Promise<Result<void, RoomProblem>>;
  /** Locks and mutes the rooms that were locked and muted when the daemon ended. Before anything else. */
  restore(): Promise<void>;
  /** The participants inside rooms in the previous process, room by room in order of joining. */
  readonly insideBefore: readonly ParticipantId[];
  /** Resumes the recordings of the previous process, after its participants have been resumed. */
  resumeRecordings(): Promise<void>;
  /**
   * Deletes or closes the rooms that have waited for the end of their meeting or for their date, and looks at the dates from now
   * on. After the meetings of the previous process have been resumed: a room without a participant has none.
   */
  startDeletions(): void;
  /**
   * Handles the marks of schedules that came due between two processes: gives warnings, and ends meetings whose booked time is
   * over. Called once SIP listens. `since`: when the previous process ran last, ms since 1970.
   */
  catchUpWithSchedules(since: number): void;
  /** The daemon ends: lock and mute stay as they are when the meetings end. */
  stopping(): void;
  /** Why a participant whom this room calls would be refused; undefined: they would be let in. */
  refusalOfInvited(room: Room): RoomProblem | undefined;
  /** Stops listening to the workers and waits for the queues. Calls are ended by their owner before. */
  close(): Promise<void>;
}

export function createRooms(options: RoomsOptions): RoomsService {
  const { repository, workers, clock, logger, extensions, host = unlimitedNode } = options;
  const { voice = createVoice(), video = true, picture = plainPicture, recordings } = options;
  const stateRecords = options.stateRecords ?? noStateRecords<ResumedRoom>();
  const events = new Emitter<RoomsEvents>();
  const placement = new Placement(workers.workers, host);
  const reserved = new Set(options.reserved);
  const allocator = new ExtensionAllocator(
    extensions,
    async (numbers) => new Set([...(await repository.takenExtensions(numbers)), ...reserved]),
  );
  const pinGuard = new PinGuard({
    ...{ clock, records: options.pinRecords },
    onDelayed({ room, address: source }, delayMs) {
      events.emit("pin.guessed", { room, source, delayMs });
    },
  });
  const find = (id: Room["id"]) => repository.get(id);
  let state: "open" | "stopping" = "open";
  const live = new LiveRooms(find, (room, entry) => {
    return new LiveRoom(room, {
      ...{ clock, events, placement, pinGuard, voice, video, picture, stateRecords, ...entry },
      log: logger.child({ room: room.id }),
      recorder: recordings ?? noRecorder,
      keepSwitches: (id, switches) => repository.keepSwitches(id, switches),
      stopping: () => state === "stopping",
    });
  });
  const {
    settled: recordsSettled,
    changeLive,
    destroyLive,
    ...records
  } = roomRecords({
    ...{ repository, live, allocator, reserved, host, clock, events },
    library: recordings ?? noLibrary,
  });
  const {
    start: startDeletions,
    stop: stopDeletions,
    ...deletions
  } = roomDeletions({
    ...{ live, repository, clock, events, log: logger },
    records: { changeLive, destroyLive },
    library: recordings ?? noLibrary,
  });
  const stopListening = workers.events.on("down", ({ worker }) => {
    for (const room of [...live]) room.workerDown(worker);
  });

  const service: RoomsService = {
    events,
    ...records,
    ...deletions,
    ...roomOperations({ live, find, placement, clock }),
    moveParticipant: participantMover({ live, find }),
    ...participantCommands({ live, events }),
    ...roomArrivals({ live, repository, lobby: { placement, pinGuard } }),
    ...roomsOverview(live, repository),
    recordings: roomRecordings(live, find, recordings ?? noLibrary),

    onDialOut: async (_, number) => {
      const message = `no trunk allows ${number} to be dialled`;
      return fail({ code: "DIAL_OUT_NOT_ALLOWED", message, field: "number" });
    },

    get pinCounters() {
      return pinGuard.counters;
    },

    refusalOfInvited: (room) =>
      refusalOfInvited(live.peek(room.id)?.entryConditions ?? entryConditionsOf(room, clock.now())),

    async invite(id, number, host) {
      const room = await find(id);
      return room ? service.onDialOut(room, number, host) : roomNotFound(id);
    },

    async restore() {
      for (const { id, switches } of await repository.switchedOn()) {
        await live.run<void, never>(id, (room) => ok(room.restore(switches)));
      }
    },

    insideBefore: [...stateRecords.previous.values()].flatMap(({ inside }) => inside),

    async resumeRecordings() {
      for (const id of stateRecords.previous.keys() as Iterable<Room["id"]>) {
        if (live.peek(id)?.meeting === undefined) stateRecords.delete(id);
        else await live.run<void, never>(id, async (room) => ok(await room.resumeRecording()));
      }
    },

    startDeletions,

    catchUpWithSchedules(since) {
      for (const room of [...live]) room.catchUpWithSchedule(since);
    },

    stopping() {
      state = "stopping";
      // Deletions at the end of a meeting wait for the next start.
      stopDeletions();
    },

    async close() {
      stopListening();
      stopDeletions();
      pinGuard.close();
      await recordsSettled();
      await live.close();
      events.clear();
    },
  };
  return service;
}
