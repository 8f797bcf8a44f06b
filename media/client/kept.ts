// What the pool writes down for the control process that comes after this one: which processes there are, and what each has been
// brought to. Keys of SRTP are in it (`LegRecord.state`): it lies where only our own user can read.
import { type Static, type TSchema, Type } from "typebox";
import { Check } from "typebox/value";
import type { KeptRecords, LegId, Logger, RoomId } from "#common";
import { type CommandParams, commands, LegFacts } from "../protocol.ts";

/** What is known of a room. */
export interface RoomRecord {
  open: CommandParams<"room.open">;
  scene?: CommandParams<"room.scene">;
}

/** What is known of a leg. */
export interface LegRecord {
  /** For workers to read; see `leg.restore`. */
  state: string;
  /** Absent: none has come since the state. */
  checkpoint?: string;
  /** What was told of it. */
  facts: LegFacts;
  mayHaveVideo: boolean;
  /** The number of the last play. */
  lastPlay: number;
  room?: RoomId;
  muted?: boolean;
  volume?: Omit<CommandParams<"leg.volume">, "leg">;
  /** What plays to it, and what is captured of it. */
  play?: CommandParams<"leg.play">;
  capture?: CommandParams<"leg.capture">;
}

/** The process of one worker. */
export const KeptWorker = Type.Object({
  index: Type.Integer({ minimum: 0 }),
  pid: Type.Integer({ minimum: 1 }),
  socketPath: Type.String(),
  /** Its arguments but for the socket, the number and the ports: what the next control process must want the same. */
  settings: Type.Array(Type.String()),
  portMin: Type.Integer(),
  portMax: Type.Integer(),
  /** It has not been told everything yet: another one is told it all. */
  incomplete: Type.Boolean(),
});
export type KeptWorker = Static<typeof KeptWorker>;

const index = Type.Integer({ minimum: 0 });
const text = Type.String();

export const KeptRoom = Type.Object({
  worker: index,
  open: commands["room.open"].params,
  scene: Type.Optional(commands["room.scene"].params),
});
export type KeptRoom = Static<typeof KeptRoom>;

/** `LegRecord` without what changes all the time. */
export const KeptLeg = Type.Object({
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
export type KeptLeg = Static<typeof KeptLeg>;

/** How far a leg had come, and what was known of it. */
export const KeptCheckpoint = Type.Object({
  /** Absent: as in the leg's state. */
  checkpoint: Type.Optional(text),
  facts: LegFacts,
});
export type KeptCheckpoint = Static<typeof KeptCheckpoint>;

/** Workers by their index, rooms by worker and id, legs and checkpoints by the leg's id. */
export interface KeptMedia {
  readonly workers: KeptRecords<KeptWorker>;
  readonly rooms: KeptRecords<KeptRoom>;
  readonly legs: KeptRecords<KeptLeg>;
  readonly checkpoints: KeptRecords<KeptCheckpoint>;
}

/** What the control process before has left for one worker. */
export interface LeftForWorker {
  /** Several when there were more workers than there are now. */
  readonly processes: readonly KeptWorker[];
  readonly rooms: ReadonlyMap<RoomId, RoomRecord>;
  readonly legs: ReadonlyMap<LegId, LegRecord>;
}

export const roomKey = (worker: number, room: RoomId): string => `${worker}/${room}`;

export interface LeftConditions {
  /** How many there are now. */
  readonly workers: number;
  readonly log: Logger;
}

interface Collected extends LeftForWorker {
  readonly processes: KeptWorker[];
  readonly rooms: Map<RoomId, RoomRecord>;
  readonly legs: Map<LegId, LegRecord>;
}

/** By the index of the worker that goes on with it. A record that cannot be used is left out, with a line in the log. */
export function leftForWorkers(
  kept: KeptMedia,
  { workers, log }: LeftConditions,
): Map<number, LeftForWorker> {
  const left = new Map<number, Collected>();
  const of = (index: number): Collected => {
    const worker = index % workers;
    const known = left.get(worker) ?? { processes: [], rooms: new Map(), legs: new Map() };
    left.set(worker, known);
    return known;
  };
  const usable = <Value>(records: KeptRecords<Value>, shape: TSchema): [string, Value][] =>
    [...records.left].filter(([id, value]) => {
      const good = Check(shape, value);
      if (!good) {
        log.warn({ id }, "what was written down of media cannot be used");
        records.delete(id);
      }
      return good;
    });
  for (const [key, worker] of usable(kept.workers, KeptWorker)) {
    of(worker.index).processes.push(worker);
    if (worker.index >= workers) kept.workers.delete(key);
  }
  for (const [key, { worker, ...room }] of usable(kept.rooms, KeptRoom)) {
    of(worker).rooms.set(room.open.room, room);
    if (worker >= workers) kept.rooms.delete(key);
  }
  const checkpoints = new Map(usable(kept.checkpoints, KeptCheckpoint));
  for (const [id, { worker, ...leg }] of usable(kept.legs, KeptLeg)) {
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
