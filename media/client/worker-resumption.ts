// What a worker's legs and rooms are between the start of a control process and the moment from which all of it works: found, and
// not resumed yet. What is told of them waits until then, so that no part hears of a change of something that it has not resumed.
import type { LegId, Logger, RoomId } from "#common";
import type { NamedNotification } from "../leg-facts.ts";
import type { CommandResult, Notification, NotificationName } from "../protocol.ts";
import type { LegRecord } from "./snapshots.ts";
import type { MediaWorker } from "./types.ts";
import type { LegListener, WorkerLegs } from "./worker-legs.ts";
import type { WorkerRecord } from "./worker-record.ts";

export interface WorkerResumptionOptions {
  /** What was left. */
  readonly record: WorkerRecord;
  readonly legs: WorkerLegs;
  readonly request: MediaWorker["request"];
  readonly log: Pick<Logger, "warn">;
}

/** What each process of a worker finds out again. */
const heardStates: ReadonlySet<NotificationName> = new Set(["leg.talking", "leg.inbound", "leg.silent"]);
/** As many as a worker gathers. */
const maxReported = 8192;

export class WorkerResumption {
  readonly #options: WorkerResumptionOptions;
  /** Legs that another process has been told of, and whether on other ports. */
  readonly #recovered = new Map<LegId, boolean>();
  #told: NamedNotification[] = [];
  /** Not resumed yet. */
  #legs: Set<LegId>;
  #rooms: Set<RoomId>;

  constructor(options: WorkerResumptionOptions) {
    const { record, legs } = options;
    this.#options = options;
    this.#legs = new Set(record.legs.keys());
    this.#rooms = new Set(record.rooms.keys());
    for (const id of this.#legs) legs.put(id, this.#listenerOf(id));
  }

  /**
   * Forgets what the worker does not have: it was told to close it, and has not been heard. What is in it alone was to be made, and
   * is not written down: it is there to be closed.
   */
  compare(has: CommandResult<"worker.attach">): void {
    const { record, legs } = this.#options;
    const [there, rooms] = [new Set(has.legs), new Set(has.rooms)];
    for (const id of [...record.legs.keys()].filter((leg) => !there.has(leg))) {
      record.dropLeg(id);
      legs.remove(id);
    }
    for (const id of [...record.rooms.keys()].filter((room) => !rooms.has(room))) record.dropRoom(id);
    this.#legs = there;
    this.#rooms = rooms;
  }

  /** Once for each leg that was left: `listen` makes, of what is known of it, what hears of it from now on. */
  resumeLeg<Leg extends LegListener>(
    id: LegId,
    listen: (record: Readonly<LegRecord>) => Leg,
  ): Leg | undefined {
    const { record: known, legs, request } = this.#options;
    const record = known.legs.get(id);
    if (!record || !this.#legs.delete(id)) return undefined;
    if (record.room !== undefined) this.keepRoom(record.room);
    const leg = listen(record);
    legs.put(id, leg);
    // What waited for it is gone, and it would be in the way of the next one.
    if (record.capture) void request("leg.capture.finish", { leg: id }).catch(() => {});
    return leg;
  }

  /** Whether the room was left and is here. */
  resumeRoom(id: RoomId): boolean {
    if (!this.#options.record.rooms.has(id)) return false;
    this.keepRoom(id);
    return true;
  }

  /** A command about it was given: it is not closed. */
  keepRoom(id: RoomId): void {
    this.#rooms.delete(id);
  }

  /** It waits. */
  hear(told: NamedNotification): void {
    if (this.#told.length < maxReported) this.#told.push(told);
  }

  /** Tells what has happened in the meantime, and closes what is not resumed. */
  async settle(
    tell: <Name extends NotificationName>(name: Name, data: Notification<Name>) => void,
  ): Promise<void> {
    const { legs, request, log } = this.#options;
    for (const [id, moved] of this.#recovered) legs.recovered(id, moved);
    for (const { name, data } of this.#told) tell(name, data);
    const unresumed = { legs: [...this.#legs], rooms: [...this.#rooms] };
    if (this.#legs.size + this.#rooms.size > 0)
      log.warn(unresumed, "legs and rooms that were not resumed are closed");
    for (const id of unresumed.legs) legs.remove(id);
    await Promise.allSettled([
      ...unresumed.legs.map((leg) => request("leg.close", { leg })),
      ...unresumed.rooms.map((room) => request("room.close", { room })),
    ]);
  }

  /** Until it is resumed. */
  #listenerOf(id: LegId): LegListener {
    return {
      notify: () => {},
      recovered: (moved) => {
        this.#recovered.set(id, moved || (this.#recovered.get(id) ?? false));
        // Of the previous process, and over.
        this.#told = this.#told.filter(
          ({ name, data }) => !heardStates.has(name) || !("leg" in data) || data.leg !== id,
        );
      },
      lost: () => {},
    };
  }
}
