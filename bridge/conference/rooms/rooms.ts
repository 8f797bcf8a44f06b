// The domain's door: rooms as they are kept, as they live, and whoever comes to them, put together. Every change of
// one room runs in that room's queue.

import { type Clock, Emitter, fail, type Logger, ok, type Result } from "#common";
import { createVoice, type Voice } from "#conference/speech";
import type { MediaWorkers } from "#media/client";
import { roomArrivals } from "./arrivals.ts";
import { roomControls } from "./controls.ts";
import { refusalOfInvited } from "./live/entrance.ts";
import { LiveRooms, roomNotFound } from "./live/live-rooms.ts";
import { type LocalNode, unlimitedNode } from "./live/node.ts";
import { Placement } from "./live/placement.ts";
import type { Recorder } from "./live/recorder.ts";
import { doorOf, LiveRoom } from "./live/room.ts";
import type { Arrivals } from "./live/visit.ts";
import { participantMover } from "./move.ts";
import { type RoomsOverview, roomsOverview } from "./overview.ts";
import { type PinCounters, PinGuard } from "./policy/pin-guard.ts";
import { noLibrary, noRecorder, type RecordingLibrary, roomRecordings } from "./recordings.ts";
import { ExtensionAllocator, type ExtensionRange } from "./records/extensions.ts";
import type { RoomsRepository } from "./records/repository.ts";
import type { Room, RoomProblem, RoomSwitches, Rooms, RoomsEvents } from "./records/types.ts";
import { keptRooms } from "./room-records.ts";

export interface RoomsOptions {
  readonly repository: RoomsRepository;
  readonly workers: MediaWorkers;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where numbers come from for rooms made without one. */
  readonly extensions: ExtensionRange;
  /** What this machine allows; without it, everything. */
  readonly host?: LocalNode;
  /** Who records, and keeps what was recorded; without, nothing is. */
  readonly recordings?: Recorder & RecordingLibrary;
  /** What rooms hear; without it, in every language. */
  readonly voice?: Voice;
}

export interface RoomsService extends Rooms, Arrivals, RoomsOverview {
  /** PINs and numbers of conferences that callers have typed. */
  readonly pinCounters: PinCounters;
  /** Calls a number for a room. Set before the API listens; until then nobody is called. */
  onInvite: (room: Room, number: string) => Promise<Result<void, RoomProblem>>;
  /** Locks and mutes the rooms that were locked and muted when the daemon ended. Before anything else. */
  restore(): Promise<void>;
  /** The daemon ends: lock and mute stay as they are when the meetings end. */
  stopping(): void;
  /** Why a participant whom this room calls would be refused at its door; undefined: they would not. */
  refusalOfInvited(room: Room): RoomProblem | undefined;
  /** Stops listening to the workers and waits for what is queued. Calls are ended by their owner before. */
  close(): Promise<void>;
}

export function createRooms(options: RoomsOptions): RoomsService {
  const { repository, workers, clock, logger, extensions, host = unlimitedNode } = options;
  const { voice = createVoice(), recordings } = options;
  const events = new Emitter<RoomsEvents>();
  const placement = new Placement(workers.workers, host);
  const allocator = new ExtensionAllocator(extensions, (numbers) => repository.takenExtensions(numbers));
  const pinGuard = new PinGuard({
    clock,
    onDelayed({ room, address: source }, delayMs) {
      events.emit("pin.guessed", { room, source, delayMs });
    },
  });
  const find = (id: Room["id"]) => repository.get(id);
  let state: "open" | "stopping" = "open";
  const switching = {
    keepSwitches: (id: Room["id"], switches: RoomSwitches) => repository.keepSwitches(id, switches),
    stopping: () => state === "stopping",
  };
  const live = new LiveRooms(find, (room, host) => {
    const log = logger.child({ room: room.id });
    const recorder = recordings ?? noRecorder;
    return new LiveRoom(room, {
      clock,
      log,
      events,
      placement,
      pinGuard,
      recorder,
      voice,
      ...switching,
      ...host,
    });
  });
  const { settled: made, ...kept } = keptRooms({
    ...{ repository, live, allocator, host, clock, events },
    library: recordings ?? noLibrary,
  });
  const stopListening = workers.events.on("down", ({ worker }) => {
    for (const room of [...live]) room.workerDown(worker);
  });

  const service: RoomsService = {
    events,
    ...kept,
    ...roomControls({ live, find, placement, clock }),
    moveParticipant: participantMover({ live, find }),
    ...roomArrivals({ live, repository, lobby: { placement, pinGuard } }),
    ...roomsOverview(live, repository),
    recordings: roomRecordings(live, find, recordings ?? noLibrary),

    onInvite: async (_, number) => {
      const message = `no trunk allows ${number} to be dialled`;
      return fail({ code: "DIAL_OUT_NOT_ALLOWED", message, field: "number" });
    },

    get pinCounters() {
      return pinGuard.counters;
    },

    refusalOfInvited: (room) => refusalOfInvited(live.peek(room.id)?.door ?? doorOf(room, clock.now())),

    async invite(id, number) {
      const room = await find(id);
      return room ? service.onInvite(room, number) : roomNotFound(id);
    },

    async restore() {
      for (const { id, switches } of await repository.switchedOn()) {
        await live.run<void, never>(id, (room) => ok(room.restore(switches)));
      }
    },

    stopping() {
      state = "stopping";
    },

    async close() {
      stopListening();
      pinGuard.close();
      await made();
      await live.settled();
      events.clear();
    },
  };
  return service;
}
