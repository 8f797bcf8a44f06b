// Whoever is at the door of a live room or inside, in order of arrival, and what concerns them all.
import type { ParticipantId } from "#common";
import type { MediaWorker } from "#media/client";
import type { RoomVisit } from "./room-visit.ts";
import type { Dismissal } from "./visit.ts";

export class Visits {
  readonly #visits = new Map<ParticipantId, RoomVisit>();

  get size(): number {
    return this.#visits.size;
  }

  /** Who has been let in, or is being moved here, and has not come yet. */
  get expected(): number {
    let count = 0;
    for (const { holdsPlace } of this.#visits.values()) if (holdsPlace) count += 1;
    return count;
  }

  get(id: ParticipantId): RoomVisit | undefined {
    return this.#visits.get(id);
  }

  add(visit: RoomVisit): void {
    this.#visits.set(visit.id, visit);
  }

  remove(visit: RoomVisit): void {
    this.#visits.delete(visit.id);
  }

  /** Some of them have media on the room's worker: the room cannot go to another one. */
  get bound(): boolean {
    for (const { hasLeg } of this.#visits.values()) if (hasLeg) return true;
    return false;
  }

  relocate(worker: MediaWorker): void {
    for (const visit of this.#visits.values()) visit.worker = worker;
  }

  /** Whoever waits looks again. */
  doorChanged(): void {
    for (const visit of this.#visits.values()) visit.doorChanged();
  }

  /** Sends everybody away, whoever waits at the door too. */
  dismissAll(dismissal: Dismissal): void {
    for (const visit of [...this.#visits.values()]) visit.dismiss(dismissal);
  }

  /** Whoever is the only one left inside, or no longer is, hears of it. */
  tellWhoIsAlone(inside: readonly { readonly id: ParticipantId }[]): void {
    const [first] = inside;
    if (first) this.#visits.get(first.id)?.visitor.accompanied?.(inside.length > 1);
  }
}
