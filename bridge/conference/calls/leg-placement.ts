// Makes a media leg on the worker of a participant or of a place in the lobby. If that worker has no free
// ports but another one has, the participant is relocated there with the whole room, as long as no
// participant is in the mix.
import { errorCode } from "#common";
import type { MediaLeg, MediaWorker } from "#media/client";

/** A place that can be relocated to another worker. */
export interface RelocatablePlace {
  readonly worker: MediaWorker;
  relocate(refused: ReadonlySet<MediaWorker>): boolean;
}

export interface PlacedLeg {
  readonly leg: MediaLeg;
  readonly sdp: string;
}

/**
 * `make` may find that no leg is needed on a worker, and make none. Rejects with its error; with NO_PORTS only when no
 * worker that may be used has ports.
 */
export async function createLegAt<Made extends Pick<PlacedLeg, "leg"> | undefined>(
  place: RelocatablePlace,
  make: (worker: MediaWorker) => Promise<Made>,
): Promise<Made> {
  const refused = new Set<MediaWorker>();
  for (;;) {
    const { worker } = place;
    try {
      const made = await make(worker);
      if (place.worker === worker) return made;
      // Another participant has relocated the room to another worker in the meantime.
      await made?.leg.close();
    } catch (error) {
      if (errorCode(error) !== "NO_PORTS") throw error;
      refused.add(worker);
      if (place.worker === worker && !place.relocate(refused)) throw error;
    }
  }
}
