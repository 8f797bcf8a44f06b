// Resumes the legs and rooms that the previous control process has left in a worker. Their notifications wait until the control
// process has resumed all that it wants, so that no part of it receives an event of a leg that it has not resumed.
import type { LegId, Logger, RoomId } from "#common";
import type { NamedNotification } from "../leg-facts.ts";
import type { CommandResult, Notification, NotificationName } from "../protocol.ts";
import type { LegRecord } from "./snapshots.ts";
import type { MediaWorker } from "./types.ts";
import type { LegListener, WorkerLegs } from "./worker-legs.ts";
import type { WorkerRecord } from "./worker-record.ts";

export interface WorkerResumptionOptions {
  /** The state that was left. */
  readonly record: WorkerRecord;
  readonly legs: WorkerLegs;
  readonly request: MediaWorker["request"];
  readonly log: Pick<Logger, "warn">;
}

/** The states that each process of a worker detects afresh. */
const heardStates: ReadonlySet<NotificationName> = new Set(["leg.talking", "leg.inbound", "leg.silent"]);
/** As many as a worker gathers without a controller. */
const maxReported = 8192;

export class WorkerResumption {
  readonly #options: WorkerResumptionOptions;
  /** Legs that were restored in another process; true: on other ports. */
  readonly #recovered = new Map<LegId, boolean>();
  #told: NamedNotification[] = [];
  /** Legs and rooms that have not been resumed yet. */
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
   * Compares the record with the contents of the process. Entries that the process does not have are dropped: it had been told to
   * close them. Legs and rooms that only the process has were created just before the restart, not stored: `settle` closes them.
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

  /** Resumes a leg, once: `listen` creates its listener from the record. Undefined: there is no such leg to resume. */
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
    // The code that waited for the capture is gone, and a running capture would refuse the next one.
    if (record.capture) void request("leg.capture.finish", { leg: id }).catch(() => {});
    return leg;
  }

  /** Resumes a room; false when the worker does not have it. */
  resumeRoom(id: RoomId): boolean {
    if (!this.#options.record.rooms.has(id)) return false;
    this.keepRoom(id);
    return true;
  }

  /** Keeps `settle` from closing the room. */
  keepRoom(id: RoomId): void {
    this.#rooms.delete(id);
  }

  /** Queues a notification until `settle`. */
  hear(told: NamedNotification): void {
    if (this.#told.length < maxReported) this.#told.push(told);
  }

  /** Delivers the queued notifications, and closes the legs and rooms that were not resumed. */
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

  /** The listener of a leg until it is resumed. */
  #listenerOf(id: LegId): LegListener {
    return {
      notify: () => {},
      recovered: (moved) => {
        this.#recovered.set(id, moved || (this.#recovered.get(id) ?? false));
        // These states were those of the previous process: the new one detects its own.
        this.#told = this.#told.filter(
          ({ name, data }) => !heardStates.has(name) || !("leg" in data) || data.leg !== id,
        );
      },
      lost: () => {},
    };
  }
}
