// The chair of a meeting: one participant or none has it. The rights of the chairman are defined elsewhere.
import type { ParticipantId } from "#common";
import type { Role } from "../records/options.ts";

export interface ChairCandidate {
  readonly id: ParticipantId;
  readonly role: Role;
  /** Only `Chair` writes it. */
  chairman: boolean;
}

export class Chair<Candidate extends ChairCandidate> {
  #holder: Candidate | undefined;

  /** Whether the candidate would have the chair among these, who are in order of joining. */
  wouldGoTo(candidate: Candidate, present: readonly Candidate[]): boolean {
    return chairmanAmong(present, this.#holder?.id) === candidate.id;
  }

  /** After every arrival, departure and change of roles; returns the candidate who has just got it. */
  settle(present: readonly Candidate[]): Candidate | undefined {
    const id = chairmanAmong(present, this.#holder?.id);
    if (id === this.#holder?.id) return undefined;
    this.#holder = present.find((candidate) => candidate.id === id);
    if (this.#holder) this.#holder.chairman = true;
    return this.#holder;
  }

  /** Returns the candidate who had it before. */
  give(candidate: Candidate): Candidate | undefined {
    const predecessor = this.#holder;
    if (predecessor) predecessor.chairman = false;
    this.#holder = candidate;
    candidate.chairman = true;
    return predecessor;
  }

  /** Takes the chair from this candidate, if they have it. */
  giveUp(candidate: Candidate): void {
    if (this.#holder !== candidate) return;
    candidate.chairman = false;
    this.#holder = undefined;
  }

  /** `candidate` takes the place of `old`, who is still shown as chairman in the event of leaving. */
  inherit(old: Candidate, candidate: Candidate): void {
    if (this.#holder === old) this.#holder = candidate;
    candidate.chairman = old.chairman;
  }

  /** Restores the chair after a restart, if this candidate had it. */
  resume(candidate: Candidate): void {
    if (candidate.chairman) this.#holder = candidate;
  }
}

/**
 * The chairman among those present, who are in order of joining. The chairman keeps the chair; an empty chair goes to the
 * host who has been here longest, and so to the first host who enters.
 */
export function chairmanAmong(
  present: readonly Pick<ChairCandidate, "id" | "role">[],
  current: ParticipantId | undefined,
): ParticipantId | undefined {
  if (present.some(({ id }) => id === current)) return current;
  return present.find(({ role }) => role === "host")?.id;
}
