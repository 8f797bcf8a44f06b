// The lobby: a caller of the public number stays here until they have typed the number of a conference. A place is on a
// worker, where the leg that plays the prompt is made; wrong numbers are delayed like wrong PINs.
import { fail, newId, ok, type ParticipantId, type Result } from "#common";
import type { MediaWorker } from "#media/client";
import { type AdmissionRefusal, refusals } from "../policy/admission.ts";
import { type PinGuard, type PinGuess, pinCaller } from "../policy/pin-guard.ts";
import type { ParticipantCall } from "./participant-call.ts";
import type { Placement } from "./placement.ts";

export interface LobbyPlace {
  /** The id of the leg, and of the participant once they are inside. */
  readonly id: ParticipantId;
  /** The worker on which the leg must be made; `relocate` changes it. */
  readonly worker: MediaWorker;
  /** Takes the place to another worker; `refused`: the workers that have no ports left. False when there is no other worker. */
  relocate(refused: ReadonlySet<MediaWorker>): boolean;
  /** Begins a guess; called before a number that the caller has typed is looked up. */
  beginNumber(ended: AbortSignal): PinGuess;
  /** Gives up the place. Idempotent; the leg is not touched. */
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
