// The state of a worker as plain data: its rooms and legs as the answered commands have left them, and what it has reported of
// them. A successor receives all of it in one pass (`restore.ts`). It is the present state and no log. Recordings are not part of
// it: their owner starts them again and knows their files. Each change is stored for the next control process before any
// listener learns of it (`snapshots.ts`).
import type { LegId, RoomId } from "#common";
import { changesOf, type NamedNotification, noteFact } from "../leg-facts.ts";
import type {
  CommandName,
  CommandParams,
  CommandResult,
  Notification,
  NotificationName,
} from "../protocol.ts";
import {
  type LegRecord,
  type MediaStateRecords,
  type PreviousWorkerState,
  type RoomRecord,
  roomKey,
} from "./snapshots.ts";

/** One command of a restoration. */
export type Restoring = {
  readonly [Name in CommandName]: { readonly command: Name; readonly params: CommandParams<Name> };
}[CommandName];

export interface WorkerRecordOptions {
  /** The index of the worker. */
  readonly index: number;
  readonly stateRecords: Omit<MediaStateRecords, "workers">;
  readonly previous?: Pick<PreviousWorkerState, "rooms" | "legs"> | undefined;
}

export class WorkerRecord {
  readonly #options: WorkerRecordOptions;
  readonly #rooms: Map<RoomId, RoomRecord>;
  readonly #legs: Map<LegId, LegRecord>;

  constructor(options: WorkerRecordOptions) {
    this.#options = options;
    this.#rooms = new Map(options.previous?.rooms);
    this.#legs = new Map(options.previous?.legs);
    // They may have been stored under another worker's index.
    for (const id of this.#rooms.keys()) this.#keepRoom(id);
    for (const id of this.#legs.keys()) this.#keepLeg(id);
  }

  get rooms(): ReadonlyMap<RoomId, RoomRecord> {
    return this.#rooms;
  }

  get legs(): ReadonlyMap<LegId, Readonly<LegRecord>> {
    return this.#legs;
  }

  /** Takes note of a command that succeeded. */
  take<Name extends CommandName>(name: Name, params: CommandParams<Name>, result: CommandResult<Name>): void {
    const taker = this.#takers[name];
    if (!taker) return;
    taker(params, result);
    const { leg, room } = params as { readonly leg?: LegId; readonly room?: RoomId };
    if (leg !== undefined) this.#keepLeg(leg);
    else if (room !== undefined) this.#keepRoom(room);
  }

  /** Takes note of a notification. */
  hear<Name extends NotificationName>(name: Name, data: Notification<Name>): void {
    if (name === "legs.checkpoint") {
      for (const [id, checkpoint] of (data as Notification<"legs.checkpoint">).legs) {
        const leg = this.#legs.get(id);
        if (!leg) continue;
        leg.checkpoint = checkpoint;
        this.#keepCheckpoint(id, leg);
      }
      return;
    }
    const id = "leg" in data ? data.leg : undefined;
    const leg = id !== undefined ? this.#legs.get(id) : undefined;
    if (!leg || id === undefined) return;
    if (noteFact(leg.facts, name, data)) this.#keepCheckpoint(id, leg);
    else if (name === "leg.played" && leg.play?.play === (data as Notification<"leg.played">).play) {
      delete leg.play;
      this.#keepLeg(id);
    } else if (name === "leg.captured") {
      delete leg.capture;
      this.#keepLeg(id);
    }
  }

  /** The notifications that a leg has changed by while no controller was attached. */
  changesOf({ leg: id, facts }: Notification<"leg.facts">): readonly NamedNotification[] {
    return changesOf(id, this.#legs.get(id)?.facts ?? {}, facts);
  }

  /** Forgets a leg or a room that does not exist. */
  dropLeg(id: LegId): void {
    this.#legs.delete(id);
    this.#keepLeg(id);
  }

  dropRoom(id: RoomId): void {
    this.#rooms.delete(id);
    this.#keepRoom(id);
    for (const [leg, { room }] of this.#legs) if (room === id) this.#leaveRoom(leg);
  }

  get isEmpty(): boolean {
    return this.#rooms.size === 0 && this.#legs.size === 0;
  }

  clear(): void {
    for (const id of [...this.#legs.keys()]) this.dropLeg(id);
    for (const id of [...this.#rooms.keys()]) this.dropRoom(id);
  }

  /** The parameters of the command that restores a leg. */
  restoreLeg(id: LegId): CommandParams<"leg.restore"> | undefined {
    const leg = this.#legs.get(id);
    if (!leg) return undefined;
    const { state, checkpoint } = leg;
    return { leg: id, state, ...(checkpoint !== undefined && { checkpoint }) };
  }

  /** The commands that open the rooms: sent before the legs join. */
  openRooms(): Restoring[] {
    return [...this.#rooms.values()].map(({ open }) => ({ command: "room.open", params: open }));
  }

  /** The commands for a restored leg, in the order in which they must be sent. */
  afterLeg(id: LegId): Restoring[] {
    const record = this.#legs.get(id);
    if (!record) return [];
    const { room, muted, volume, play, capture } = record;
    const told: Restoring[] = [];
    if (volume) told.push({ command: "leg.volume", params: { leg: id, ...volume } });
    // Muted before it joins, so that it is not heard.
    if (muted) told.push({ command: "leg.mute", params: { leg: id, muted } });
    if (room !== undefined) told.push({ command: "leg.join", params: { leg: id, room } });
    if (play) told.push({ command: "leg.play", params: play });
    if (capture) told.push({ command: "leg.capture", params: capture });
    return told;
  }

  /** The commands that fill the cells of the pictures: sent after the legs have joined. */
  arrangePictures(): Restoring[] {
    return [...this.#rooms.values()].flatMap(({ scene }) =>
      scene ? [{ command: "room.scene" as const, params: scene }] : [],
    );
  }

  readonly #takers: {
    readonly [Name in CommandName]?: (params: CommandParams<Name>, result: CommandResult<Name>) => void;
  } = {
    "room.open": (open) => {
      const room = this.#rooms.get(open.room);
      if (!room) {
        this.#rooms.set(open.room, { open });
        return;
      }
      // The limits and the scene of a picture stay when the command does not name them.
      room.open = { ...room.open, ...open };
      if (open.video === null) delete room.scene;
    },
    "room.scene": (scene) => {
      const room = this.#rooms.get(scene.room);
      if (room) room.scene = scene;
    },
    "room.close": ({ room }) => this.dropRoom(room),
    "leg.create": ({ leg, video }, { state }) => {
      const mayHaveVideo = video !== undefined;
      this.#legs.set(leg, { state, facts: {}, mayHaveVideo, lastPlay: 0 });
      this.#keepCheckpoint(leg, this.#legs.get(leg)!);
    },
    "leg.restore": ({ leg: id }, { state }) => {
      const leg = this.#legs.get(id);
      // The new process detects these states afresh.
      if (leg) for (const heard of ["talking", "inbound", "silentMs"] as const) delete leg.facts[heard];
      this.#takeState(id, state);
    },
    "leg.answer": ({ leg }, { state }) => this.#takeState(leg, state),
    "leg.reoffer": ({ leg }, { state }) => this.#takeState(leg, state),
    "leg.offer": ({ leg: id, video }, { state }) => {
      this.#takeState(id, state);
      const leg = this.#legs.get(id);
      if (leg && video !== undefined) leg.mayHaveVideo = video !== null;
    },
    "leg.join": ({ leg: id, room }) => {
      const leg = this.#legs.get(id);
      if (leg) leg.room = room;
    },
    "leg.leave": ({ leg }) => this.#leaveRoom(leg),
    "leg.mute": ({ leg: id, muted }) => {
      const leg = this.#legs.get(id);
      if (leg) leg.muted = muted;
    },
    "leg.volume": ({ leg: id, ...volume }) => {
      const leg = this.#legs.get(id);
      if (leg) leg.volume = { ...leg.volume, ...volume };
    },
    "leg.play": (play) => {
      const leg = this.#legs.get(play.leg);
      if (leg) Object.assign(leg, { play, lastPlay: play.play });
    },
    "leg.stop": ({ leg }) => {
      delete this.#legs.get(leg)?.play;
    },
    "leg.capture": (capture) => {
      const leg = this.#legs.get(capture.leg);
      if (leg) leg.capture = capture;
    },
    "leg.close": ({ leg }) => {
      this.#legs.delete(leg);
    },
  };

  /** Replaces the leg's state, which contains a newer checkpoint. */
  #takeState(id: LegId, state: string): void {
    const leg = this.#legs.get(id);
    if (!leg) return;
    leg.state = state;
    delete leg.checkpoint;
    this.#keepCheckpoint(id, leg);
  }

  #leaveRoom(id: LegId): void {
    const leg = this.#legs.get(id);
    if (!leg) return;
    delete leg.room;
    this.#keepLeg(id);
  }

  #keepRoom(id: RoomId): void {
    const { index, stateRecords } = this.#options;
    const room = this.#rooms.get(id);
    if (room) stateRecords.rooms.put(roomKey(index, id), { worker: index, ...room });
    else stateRecords.rooms.delete(roomKey(index, id));
  }

  #keepLeg(id: LegId): void {
    const { index, stateRecords } = this.#options;
    const leg = this.#legs.get(id);
    if (leg) {
      const { checkpoint: _, facts: __, ...lasting } = leg;
      stateRecords.legs.put(id, { worker: index, ...lasting });
    } else {
      stateRecords.legs.delete(id);
      stateRecords.checkpoints.delete(id);
    }
  }

  #keepCheckpoint(id: LegId, { checkpoint, facts }: LegRecord): void {
    this.#options.stateRecords.checkpoints.put(id, {
      ...(checkpoint !== undefined && { checkpoint }),
      facts,
    });
  }
}
