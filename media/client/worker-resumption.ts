// What a worker's legs and rooms are between the start of a control process and the moment from which all of it works: found, and
// not yet in anybody's hands. What is told of them waits until then, so that nobody hears of a change of something that they
// have not resumed yet.
import type { LegId, RoomId } from "#common";
import type { Told } from "../leg-facts.ts";
import type { CommandResult } from "../protocol.ts";
import type { WorkerRecord } from "./worker-record.ts";

/** As many as a worker gathers. */
const mostTold = 8192;

export class WorkerResumption {
  /** Legs that another process has been told of, and whether on other ports. */
  readonly recovered = new Map<LegId, boolean>();
  readonly told: Told[] = [];
  /** In nobody's hands yet. */
  readonly #legs: Set<LegId>;
  readonly #rooms: Set<RoomId>;

  constructor({ legs, rooms }: WorkerRecord) {
    this.#legs = new Set(legs.keys());
    this.#rooms = new Set(rooms.keys());
  }

  /** Until somebody resumes it. */
  listenerOf(id: LegId) {
    return {
      notify: () => {},
      recovered: (moved: boolean) => void this.recovered.set(id, moved || (this.recovered.get(id) ?? false)),
      lost: () => {},
    };
  }

  /**
   * Forgets what the worker does not have: it was told to close it, and has not been heard. What is in it alone was to be made, and
   * nobody has written it down: it is there to be closed.
   */
  compare(has: CommandResult<"worker.attach">, record: WorkerRecord): void {
    const [legs, rooms] = [new Set(has.legs), new Set(has.rooms)];
    for (const id of [...record.legs.keys()]) if (!legs.has(id)) record.dropLeg(id);
    for (const id of [...record.rooms.keys()]) if (!rooms.has(id)) record.dropRoom(id);
    for (const id of this.#legs) if (!legs.has(id)) this.#legs.delete(id);
    for (const id of this.#rooms) if (!rooms.has(id)) this.#rooms.delete(id);
    for (const id of legs) this.#legs.add(id);
    for (const id of rooms) this.#rooms.add(id);
  }

  /** False: somebody has it. */
  resumeLeg(id: LegId): boolean {
    return this.#legs.delete(id);
  }

  resumeRoom(id: RoomId): void {
    this.#rooms.delete(id);
  }

  /** It waits. */
  hear(told: Told): void {
    if (this.told.length < mostTold) this.told.push(told);
  }

  /** What is in nobody's hands. */
  get unresumed(): { readonly legs: readonly LegId[]; readonly rooms: readonly RoomId[] } {
    return { legs: [...this.#legs], rooms: [...this.#rooms] };
  }
}
