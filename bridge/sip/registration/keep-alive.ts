// Whether somebody who is asked at intervals is there: one lost answer is not a death, one answer no resurrection.
// Pure.

export interface Pulse {
  /** Undefined before anything is known. */
  readonly alive: boolean | undefined;
  /** Observations in a row that speak against `alive`. */
  readonly against: number;
}

export const noPulse: Pulse = { alive: undefined, against: 0 };

const failuresToDie = 2;
const answersToLive = 2;

/** `silenceTells`: whether a first silence means death, or only that such questions are not answered there. */
export function feel(pulse: Pulse, answered: boolean, silenceTells: boolean): Pulse {
  if (pulse.alive === undefined) return answered || silenceTells ? { alive: answered, against: 0 } : pulse;
  if (answered === pulse.alive) return { alive: pulse.alive, against: 0 };
  const against = pulse.against + 1;
  const needed = pulse.alive ? failuresToDie : answersToLive;
  return against >= needed ? { alive: answered, against: 0 } : { alive: pulse.alive, against };
}
