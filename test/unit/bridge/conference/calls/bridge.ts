// A bridge without network: real rooms and real calls on fake callers and fake media.

import { newId, ok, silentLogger } from "#common";
import { type Calls, type CallsOptions, createCalls, type LegRequest } from "#conference/calls";
import {
  createRooms,
  type Room,
  type RoomFields,
  type RoomsOptions,
  type RoomsRepository,
  type RoomsService,
} from "#conference/rooms";
import type { CallRecorder } from "#services/call-records";
import {
  FakeCaller,
  FakeClock,
  FakeInvitation,
  type FakeInvitationOptions,
  FakeLeg,
  FakeRoomsRepository,
  type FakeWorker,
  FakeWorkers,
  noRecords,
  settle,
} from "#test/support";
import { noLibrary } from "../../../../../bridge/conference/rooms/recordings.ts";

export interface Bridge {
  readonly clock: FakeClock;
  readonly workers: FakeWorkers;
  readonly worker: FakeWorker;
  readonly rooms: RoomsService;
  readonly calls: Calls;
  readonly sip: FakeCaller;
  readonly legs: FakeLeg[];
  readonly legRequests: LegRequest[];
  /** What is spoken on the trunk that calls come by. */
  codecs: LegRequest["codecs"];
  /** Called before a leg is made: may wait, may throw, may change the leg. */
  beforeLeg: (leg: FakeLeg) => Promise<void> | void;
  room(fields?: RoomFields): Promise<Room>;
  /** An INVITE arrives and runs as far as it can. */
  call(room: Room | string, options?: Partial<FakeInvitationOptions>): Promise<Caller>;
  /** Who is in the room, by name. */
  present(room: Room): Promise<string[]>;
}

export interface Caller {
  readonly invitation: FakeInvitation;
  /** Throws when no leg was made for this call. */
  readonly leg: FakeLeg;
}

export interface BridgeOptions extends Partial<CallsOptions> {
  readonly clock?: FakeClock;
  readonly records?: CallRecorder;
  readonly repository?: RoomsRepository;
  readonly recordings?: RoomsOptions["recordings"];
  readonly keptRooms?: RoomsOptions["stateRecords"];
}

/** Records whatever is asked for, and keeps nothing. */
const fakeRecordings: NonNullable<RoomsOptions["recordings"]> = {
  ...noLibrary,
  start: async () => ok(newId()),
  resume: async () => true,
  stop: async () => "ended",
};

export function startBridge(options: BridgeOptions = {}, workers = new FakeWorkers()): Bridge {
  const { clock = new FakeClock(), records = noRecords, ...others } = options;
  const { repository = new FakeRoomsRepository(), keptRooms, ...more } = others;
  const { recordings = fakeRecordings, ...callsOptions } = more;
  const worker = workers.workers[0] as FakeWorker;
  const logger = silentLogger;
  const extensions = { first: 8000, last: 8999 };
  const rooms = createRooms({
    ...{ repository, workers, clock, logger, extensions },
    recordings,
    ...(callsOptions.lobby && { reserved: [callsOptions.lobby.extension] }),
    ...(keptRooms && { stateRecords: keptRooms }),
  });
  const legs: FakeLeg[] = [];
  const legRequests: LegRequest[] = [];
  const sip = new FakeCaller();
  const calls = createCalls({
    rooms,
    sip,
    clock,
    log: logger,
    records,
    trunkOf: () => "office",
    mediaAddress: (flow) => ({ bind: flow.local.address, advertised: "203.0.113.1" }),
    codecs: () => made.codecs,
    async createLeg(on, request) {
      legRequests.push(request);
      const leg = new FakeLeg(request.id, on as FakeWorker);
      leg.mayHaveVideo = request.video !== undefined;
      await made.beforeLeg(leg);
      legs.push(leg);
      return { leg, sdp: request.offer === null ? "our offer" : "answer" };
    },
    ...callsOptions,
  });

  const made: Bridge = {
    clock,
    workers,
    worker,
    rooms,
    calls,
    sip,
    legs,
    legRequests,
    codecs: undefined,
    beforeLeg: () => {},
    async room(fields = {}) {
      const result = await rooms.create(fields);
      if (!result.ok) throw new Error(result.error.message);
      return result.value;
    },
    async call(to, options = {}) {
      const dialled = typeof to === "string" ? to : to.extensionNumber;
      const invitation = new FakeInvitation({ dialled, ...options });
      const index = legs.length;
      calls.receive(invitation);
      await settle();
      return {
        invitation,
        get leg() {
          const leg = legs[index];
          if (!leg) throw new Error("this call has no leg");
          return leg;
        },
      };
    },
    async present(room) {
      const participants = await rooms.participants(room.id);
      return participants.ok ? participants.value.map(({ displayName }) => displayName) : [];
    },
  };
  return made;
}

/** Nothing of any call is left: no leg, no place in a room, no timer. */
export function traces({ calls, rooms, legs, clock }: Bridge): Record<string, number> {
  return {
    calls: calls.count,
    liveRooms: rooms.snapshot().live,
    openLegs: legs.filter(({ closed, lost }) => !closed && !lost).length,
    timers: clock.pending,
  };
}

export const none = { calls: 0, liveRooms: 0, openLegs: 0, timers: 0 };
