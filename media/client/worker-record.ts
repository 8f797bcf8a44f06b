// What a worker has been brought to, as plain data: its rooms and legs as the commands that were answered have left them, and
// what it has told of them. A successor is told all of it in one pass (`restore.ts`). Not a log: what is over is in it no more.
// Recordings are begun again by whoever began them, who knows what is in which file.
import type { LegId, RoomId } from "#common";
import type {
  CommandName,
  CommandParams,
  CommandResult,
  Notification,
  NotificationName,
} from "../protocol.ts";

export interface RoomRecord {
  open: CommandParams<"room.open">;
  scene?: CommandParams<"room.scene">;
}

export interface LegRecord {
  /** For workers to read; see `leg.restore`. */
  state: string;
  /** Absent: none has come since the state. */
  checkpoint?: string;
  /** When the later of them came, monotonic milliseconds. */
  checkpointAt: number;
  room?: RoomId;
  muted?: boolean;
  volume?: Omit<CommandParams<"leg.volume">, "leg">;
  /** What plays to it, and what is captured of it. */
  play?: CommandParams<"leg.play">;
  capture?: CommandParams<"leg.capture">;
}

/** One command of a restoration. */
export type Restoring = {
  readonly [Name in CommandName]: { readonly command: Name; readonly params: CommandParams<Name> };
}[CommandName];

export class WorkerRecord {
  readonly rooms = new Map<RoomId, RoomRecord>();
  readonly legs = new Map<LegId, LegRecord>();

  /** A command was obeyed. `now`: monotonic milliseconds. */
  take<Name extends CommandName>(
    name: Name,
    params: CommandParams<Name>,
    result: CommandResult<Name>,
    now: number,
  ): void {
    const taker = this.#takers[name];
    taker?.(params, result, now);
  }

  /** The worker has told something. */
  hear<Name extends NotificationName>(name: Name, data: Notification<Name>, now: number): void {
    switch (name) {
      case "legs.checkpoint":
        for (const [id, checkpoint] of (data as Notification<"legs.checkpoint">).legs) {
          const leg = this.legs.get(id);
          if (leg) Object.assign(leg, { checkpoint, checkpointAt: now });
        }
        return;
      case "leg.played": {
        const { leg: id, play } = data as Notification<"leg.played">;
        const leg = this.legs.get(id);
        if (leg?.play?.play === play) delete leg.play;
        return;
      }
      case "leg.captured":
        delete this.legs.get((data as Notification<"leg.captured">).leg)?.capture;
        return;
    }
  }

  get isEmpty(): boolean {
    return this.rooms.size === 0 && this.legs.size === 0;
  }

  clear(): void {
    this.rooms.clear();
    this.legs.clear();
  }

  /** The command by which a leg comes back. */
  restoreLeg(id: LegId, now: number): CommandParams<"leg.restore"> | undefined {
    const leg = this.legs.get(id);
    if (!leg) return undefined;
    const { state, checkpoint, checkpointAt } = leg;
    return {
      ...{ leg: id, state },
      ...(checkpoint !== undefined && { checkpoint }),
      ageMs: Math.max(0, now - checkpointAt),
    };
  }

  /** What opens the rooms: before the legs join. */
  openRooms(): Restoring[] {
    return [...this.rooms.values()].map(({ open }) => ({ command: "room.open", params: open }));
  }

  /** What a leg that is back is told, in that order. */
  afterLeg(id: LegId): Restoring[] {
    const record = this.legs.get(id);
    if (!record) return [];
    const { room, muted, volume, play, capture } = record;
    const told: Restoring[] = [];
    if (volume) told.push({ command: "leg.volume", params: { leg: id, ...volume } });
    // Before it is heard.
    if (muted) told.push({ command: "leg.mute", params: { leg: id, muted } });
    if (room !== undefined) told.push({ command: "leg.join", params: { leg: id, room } });
    if (play) told.push({ command: "leg.play", params: play });
    if (capture) told.push({ command: "leg.capture", params: capture });
    return told;
  }

  /** Who is seen where: after the legs have joined. */
  arrangePictures(): Restoring[] {
    return [...this.rooms.values()].flatMap(({ scene }) =>
      scene ? [{ command: "room.scene" as const, params: scene }] : [],
    );
  }

  readonly #takers: {
    readonly [Name in CommandName]?: (
      params: CommandParams<Name>,
      result: CommandResult<Name>,
      now: number,
    ) => void;
  } = {
    "room.open": (open) => {
      const room = this.rooms.get(open.room);
      // Limits of a picture stay when they are not named.
      if (room) room.open = { ...room.open, ...open };
      if (open.video === null) delete room?.scene;
      else this.rooms.set(open.room, { open });
    },
    "room.scene": (scene) => {
      const room = this.rooms.get(scene.room);
      if (room) room.scene = scene;
    },
    "room.close": ({ room }) => {
      this.rooms.delete(room);
      for (const leg of this.legs.values()) if (leg.room === room) delete leg.room;
    },
    "leg.create": ({ leg }, { state }, now) => {
      this.legs.set(leg, { state, checkpointAt: now });
    },
    "leg.restore": ({ leg: id }, { state }, now) => this.#keepState(id, state, now),
    "leg.answer": ({ leg }, { state }, now) => this.#keepState(leg, state, now),
    "leg.reoffer": ({ leg }, { state }, now) => this.#keepState(leg, state, now),
    "leg.offer": ({ leg }, { state }, now) => this.#keepState(leg, state, now),
    "leg.join": ({ leg: id, room }) => {
      const leg = this.legs.get(id);
      if (leg) leg.room = room;
    },
    "leg.leave": ({ leg }) => {
      delete this.legs.get(leg)?.room;
    },
    "leg.mute": ({ leg: id, muted }) => {
      const leg = this.legs.get(id);
      if (leg) leg.muted = muted;
    },
    "leg.volume": ({ leg: id, ...volume }) => {
      const leg = this.legs.get(id);
      if (leg) leg.volume = { ...leg.volume, ...volume };
    },
    "leg.play": (play) => {
      const leg = this.legs.get(play.leg);
      if (leg) leg.play = play;
    },
    "leg.stop": ({ leg }) => {
      delete this.legs.get(leg)?.play;
    },
    "leg.capture": (capture) => {
      const leg = this.legs.get(capture.leg);
      if (leg) leg.capture = capture;
    },
    "leg.close": ({ leg }) => {
      this.legs.delete(leg);
    },
  };

  /** There is a checkpoint in it. */
  #keepState(id: LegId, state: string, now: number): void {
    const leg = this.legs.get(id);
    if (!leg) return;
    leg.state = state;
    leg.checkpointAt = now;
    delete leg.checkpoint;
  }
}
