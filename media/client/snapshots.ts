// The snapshots that the pool writes for the next control process: its worker processes, their rooms and their legs. They contain
// SRTP keys (`LegRecord.state`), so that only our own user may read the file.
import { type Static, type TSchema, Type } from "typebox";
import { Check } from "typebox/value";
import type { LegId, Logger, RoomId, StateRecords } from "#common";
import { type CommandParams, commands, LegFacts } from "../protocol.ts";

/** The state of a room that a successor of its process is given. */
export interface RoomRecord {
  open: CommandParams<"room.open">;
  scene?: CommandParams<"room.scene">;
}

/** The state of a leg that a successor of its process is given. */
export interface LegRecord {
  /** Read only by workers; see `leg.restore`. */
  state: string;
  /** The last checkpoint; absent: none has come since `state`. */
  checkpoint?: string;
  /** What the worker has last reported of it. */
  facts: LegFacts;
  mayHaveVideo: boolean;
  /** The number of the last play. */
  lastPlay: number;
  room?: RoomId;
  muted?: boolean;
  volume?: Omit<CommandParams<"leg.volume">, "leg">;
  /** The play and the capture that run. */
  play?: CommandParams<"leg.play">;
  capture?: CommandParams<"leg.capture">;
}

/** The process of one worker. */
export const WorkerSnapshot = Type.Object({
  index: Type.Integer({ minimum: 0 }),
  pid: Type.Integer({ minimum: 1 }),
  socketPath: Type.String(),
  /** Its arguments except socket, number and ports. The next control process must have the same ones to attach to it. */
  settings: Type.Array(Type.String()),
  portMin: Type.Integer(),
  portMax: Type.Integer(),
  /** The process has not received its whole state yet, so that no control process may attach to it. */
  incomplete: Type.Boolean(),
});
export type WorkerSnapshot = Static<typeof WorkerSnapshot>;

const index = Type.Integer({ minimum: 0 });
const text = Type.String();

export const RoomSnapshot = Type.Object({
  worker: index,
  open: commands["room.open"].params,
  scene: Type.Optional(commands["room.scene"].params),
});
export type RoomSnapshot = Static<typeof RoomSnapshot>;

/** `LegRecord` without the fields that change all the time. */
export const LegSnapshot = Type.Object({
  worker: index,
  state: text,
  mayHaveVideo: Type.Boolean(),
  lastPlay: Type.Integer({ minimum: 0 }),
  room: Type.Optional(Type.Unsafe<RoomId>(Type.String())),
  muted: Type.Optional(Type.Boolean()),
  volume: Type.Optional(Type.Omit(commands["leg.volume"].params, ["leg"])),
  play: Type.Optional(commands["leg.play"].params),
  capture: Type.Optional(commands["leg.capture"].params),
});
export type LegSnapshot = Static<typeof LegSnapshot>;

/** The last checkpoint of a leg and its last known state. */
export const CheckpointSnapshot = Type.Object({
  /** Absent: as in the leg's state. */
  checkpoint: Type.Optional(text),
  facts: LegFacts,
});
export type CheckpointSnapshot = Static<typeof CheckpointSnapshot>;

/** Workers by their index, rooms by worker and id, legs and checkpoints by the leg's id. */
export interface MediaStateRecords {
  readonly workers: StateRecords<WorkerSnapshot>;
  readonly rooms: StateRecords<RoomSnapshot>;
  readonly legs: StateRecords<LegSnapshot>;
  readonly checkpoints: StateRecords<CheckpointSnapshot>;
}

/** The snapshots that the previous control process has left for one worker. */
export interface PreviousWorkerState {
  /** More than one when there were more workers than there are now. */
  readonly processes: readonly WorkerSnapshot[];
  readonly rooms: ReadonlyMap<RoomId, RoomRecord>;
  readonly legs: ReadonlyMap<LegId, LegRecord>;
}

export const roomKey = (worker: number, room: RoomId): string => `${worker}/${room}`;

export interface PreviousStateOptions {
  /** The present number of workers. */
  readonly workers: number;
  readonly log: Logger;
}

interface Collected extends PreviousWorkerState {
  readonly processes: WorkerSnapshot[];
  readonly rooms: Map<RoomId, RoomRecord>;
  readonly legs: Map<LegId, LegRecord>;
}

/** The state by the index of the worker that takes it over. An unusable record is skipped and logged. */
export function previousWorkerStates(
  kept: MediaStateRecords,
  { workers, log }: PreviousStateOptions,
): Map<number, PreviousWorkerState> {
  const left = new Map<number, Collected>();
  const of = (index: number): Collected => {
    const worker = index % workers;
    const known = left.get(worker) ?? { processes: [], rooms: new Map(), legs: new Map() };
    left.set(worker, known);
    return known;
  };
  const usable = <Value>(records: StateRecords<Value>, shape: TSchema): [string, Value][] =>
    [...records.previous].filter(([id, value]) => {
      const good = Check(shape, value);
      if (!good) {
        log.warn({ id }, "a media snapshot cannot be used");
        records.delete(id);
      }
      return good;
    });
  for (const [key, worker] of usable(kept.workers, WorkerSnapshot)) {
    of(worker.index).processes.push(worker);
    if (worker.index >= workers) kept.workers.delete(key);
  }
  for (const [key, { worker, ...room }] of usable(kept.rooms, RoomSnapshot)) {
    of(worker).rooms.set(room.open.room, room);
    if (worker >= workers) kept.rooms.delete(key);
  }
  const checkpoints = new Map(usable(kept.checkpoints, CheckpointSnapshot));
  for (const [id, { worker, ...leg }] of usable(kept.legs, LegSnapshot)) {
    const { checkpoint, facts } = checkpoints.get(id) ?? { checkpoint: undefined, facts: {} };
    of(worker).legs.set(id as LegId, {
      ...leg,
      ...(checkpoint !== undefined && { checkpoint }),
      facts,
    });
    checkpoints.delete(id);
  }
  for (const id of checkpoints.keys()) kept.checkpoints.delete(id);
  return left;
}
