// Chooses the trunk that may dial a number now: the first whose rules allow it, that is not down and has budget
// left; or the reason why there is none. Changes nothing.

import { fail, ok, type Result } from "#common";
import type { RoomProblem } from "#conference/rooms";
import type { TrunkSettings, TrunkStatus } from "#services/trunks";
import type { DialBudget } from "./budget.ts";
import { cleanNumber, dialledAs } from "./number-rules.ts";

export interface ChosenTrunk {
  readonly trunk: TrunkSettings;
  /** The number in the trunk's spelling. */
  readonly dialled: string;
}

/** The numbers that one room is calling. */
export interface RoomDialling {
  /** Numbers being called or waiting for another try, and those of callees who have answered and are not inside yet. */
  readonly numbers: readonly string[];
  /** How many of them have not answered. */
  readonly unanswered: number;
  /** Limit of `unanswered`. */
  readonly maxUnanswered: number;
}

export interface TrunkChoice {
  /** In order of preference. */
  readonly over: readonly TrunkSettings[];
  readonly states: readonly Pick<TrunkStatus, "name" | "status" | "detail">[];
  readonly budget: Pick<DialBudget, "refusal">;
  readonly dialling: RoomDialling;
}

export function chooseTrunk(
  typed: string,
  { over, states, budget, dialling }: TrunkChoice,
): Result<ChosenTrunk, RoomProblem> {
  const field = "number";
  const number = cleanNumber(typed);
  if (number === undefined) {
    return fail({ code: "INVALID_FIELD", message: "number is not a telephone number", field });
  }
  const refusal = refusalOfDialling(typed, dialling);
  if (refusal) return fail(refusal);
  let problem: RoomProblem = {
    code: "DIAL_OUT_NOT_ALLOWED",
    message: `no trunk allows ${typed} to be dialled`,
    field,
  };
  for (const trunk of over) {
    const dialled = dialledAs(number, trunk.dialOut);
    if (dialled === undefined) continue;
    const state = states.find(({ name }) => name === trunk.name);
    const spent = budget.refusal(trunk.name);
    if (state?.status === "down") {
      problem = { code: "TRUNK_DOWN", message: `the trunk ${trunk.name} is down: ${state.detail}` };
    } else if (spent) {
      const why =
        spent.kind === "frozen"
          ? `has used its ${spent.minutes} minutes of today`
          : `has had its ${spent.calls} calls of this hour`;
      problem = { code: "DIAL_OUT_LIMIT", message: `the trunk ${trunk.name} ${why}` };
    } else return ok({ trunk, dialled });
  }
  return fail(problem);
}

/** Why the room may not call another number now, or not this one. */
export function refusalOfDialling(
  typed: string,
  { numbers, unanswered, maxUnanswered }: RoomDialling,
): RoomProblem | undefined {
  const plain = (number: string) => cleanNumber(number) ?? number;
  if (numbers.some((other) => plain(other) === plain(typed))) {
    return { code: "ALREADY_DIALLING", message: `${typed} is being called already`, field: "number" };
  }
  if (unanswered < maxUnanswered) return undefined;
  return { code: "DIAL_OUT_LIMIT", message: `the room calls ${maxUnanswered} numbers already` };
}
