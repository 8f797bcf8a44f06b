// For callers who have not said yet which conference they want: a public number leads to the lobby. A place is on a
// worker, so that there can be a leg to ask with; wrong numbers cost time like wrong PINs.
import { fail, newId, ok, type ParticipantId, type Result } from "#common";
import type { MediaWorker } from "#media/client";
import { type AdmissionRefusal, refusals } from "../policy/admission.ts";
import { type PinGuard, type PinGuess, pinCaller } from "../policy/pin-guard.ts";
import type { ParticipantCall } from "./participant-call.ts";
import type { Placement } from "./placement.ts";

export interface LobbyPlace {
  /** The leg's, and the participant's once they are inside. */
  readonly id: ParticipantId;
  /** Where the leg must be made; another one after `relocate`. */
  readonly worker: MediaWorker;
  /** To a worker that is not one of these, which have no ports left; false when there is none. */
  relocate(refused: ReadonlySet<MediaWorker>): boolean;
  /** Before a number of this caller is looked up. */
  beginNumber(ended: AbortSignal): PinGuess;
  /** Idempotent; the leg is not touched. */
  leave(): void;
}

export interface LobbyOptions {
  readonly placement: Placement;
  readonly pinGuard: PinGuard;
}

export function enterLobby(
  { placement, pinGuard }: LobbyOptions,
  call: ParticipantCall,
): Result<LobbyPlace, AdmissionRefusal> {
  const refusal = placement.refusal();
  if (refusal) return fail(refusal);
  const worker = placement.choose();
  if (!worker) return fail(refusals.noWorker);
  let on: MediaWorker = worker;
  placement.add(worker);
  let here = true;
  return ok({
    id: newId<ParticipantId>(),
    get worker() {
      return on;
    },
    relocate(refused) {
      const other = here ? placement.choose(refused) : undefined;
      if (!other) return false;
      placement.remove(on);
      placement.add(other);
      on = other;
      return true;
    },
    beginNumber: (ended) => pinGuard.begin({ ...pinCaller(call), room: undefined }, ended),
    leave() {
      if (here) placement.remove(on);
      here = false;
    },
  });
}
