// A media leg on the worker of somebody's place, at the door of a room or in the lobby. That the ports of a worker are all
// taken is no reason to refuse a caller while another worker has some: the place goes there, a room's with the room, as
// long as nobody in it has media.
import { errorCode } from "#common";
import type { MediaLeg, MediaWorker } from "#media/client";

/** A place that can be taken to another worker. */
export interface PlaceOnWorker {
  readonly worker: MediaWorker;
  legMade?(): void;
  relocate(refused: ReadonlySet<MediaWorker>): boolean;
}

export interface MadeLeg {
  readonly leg: MediaLeg;
  readonly sdp: string;
}

/** Rejects with the maker's error; NO_PORTS only when no worker that may be asked has any. */
export async function makeLegAt(
  place: PlaceOnWorker,
  make: (worker: MediaWorker) => Promise<MadeLeg>,
): Promise<MadeLeg> {
  const refused = new Set<MediaWorker>();
  for (;;) {
    const { worker } = place;
    try {
      const made = await make(worker);
      if (place.worker === worker) {
        place.legMade?.();
        return made;
      }
      // Somebody else at this door has taken the room elsewhere meanwhile.
      await made.leg.close();
    } catch (error) {
      if (errorCode(error) !== "NO_PORTS") throw error;
      refused.add(worker);
      if (place.worker === worker && !place.relocate(refused)) throw error;
    }
  }
}
