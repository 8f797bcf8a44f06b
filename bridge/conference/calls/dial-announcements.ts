// What a host who dials by keys hears when the callee does not join: SIP causes and refusals of the dialer as sentences.
// Pure.
import type { RoomProblem } from "#conference/rooms";
import type { Sentence } from "#conference/speech";
import type { Cause } from "#sip";

/** The number is wrong, so that another one may succeed. */
export const isWrongNumber = ({ code }: RoomProblem): boolean =>
  code === "INVALID_FIELD" || code === "DIAL_OUT_NOT_ALLOWED";

/** Nothing was dialled. */
export const announceRefusal = ({ code }: RoomProblem): Sentence =>
  code === "DIAL_OUT_LIMIT" || code === "TRUNK_DOWN" ? { kind: "unreachable" } : "error";

/** It was dialled and not answered. */
export function announceFailure({ status }: Cause, number: string): Sentence {
  switch (status) {
    case 486:
    case 600:
      return { kind: "busy", number };
    case 408:
    case 480:
    case 487:
    case 603:
      return "callee does not answer";
    case 404:
    case 410:
    case 484:
    case 485:
    case 604:
      return "no such callee";
    default:
      return { kind: "unreachable" };
  }
}

/** The callee answered and did not join: the room has become full, or they did not confirm. */
export const announceDeparture = ({ status }: Cause): Sentence =>
  status === 486 ? "full" : "callee does not answer";
