// Who has the chair: exactly one participant or none. Pure.
import type { ParticipantId } from "#common";
import type { Role } from "../records/options.ts";

interface Present {
  readonly id: ParticipantId;
  readonly role: Role;
}

/**
 * The chairman among those present, who are in order of joining. The chairman keeps the chair; an empty chair goes to the
 * host who has been here longest, and so to the first host who enters.
 */
export function chairmanAmong(
  present: readonly Present[],
  current: ParticipantId | undefined,
): ParticipantId | undefined {
  if (present.some(({ id }) => id === current)) return current;
  return present.find(({ role }) => role === "host")?.id;
}
