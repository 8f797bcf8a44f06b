// A media leg on the worker of a participant or of a place in the lobby. A caller is not refused because the ports of one
// worker are all taken while another worker has some: the participant goes there with the whole room, as long as no
// participant is in the mix.
import { errorCode } from "#common";
import type { MediaLeg, MediaWorker } from "#media/client";

/** A place that can be taken to another worker. */
export interface RelocatablePlace {
  readonly worker: MediaWorker;
  relocate(refused: ReadonlySet<MediaWorker>): boolean;
}

export interface PlacedLeg {
  readonly leg: MediaLeg;
  readonly sdp: string;
}

/**
 * `make` may find that no leg is needed on a worker, and make none. Rejects with its error; NO_PORTS only when no worker
 * that may be asked has any.
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
      // Another participant has taken the room to another worker in the meantime.
      await made?.leg.close();
    } catch (error) {
      if (errorCode(error) !== "NO_PORTS") throw error;
      refused.add(worker);
      if (place.worker === worker && !place.relocate(refused)) throw error;
    }
  }
}
