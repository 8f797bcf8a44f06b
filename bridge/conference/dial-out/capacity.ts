// Whether the bridge and its machine can take another call that a room places. Asked before each call.
import type { RoomProblem } from "#conference/rooms";
import type { SipEndpoint } from "#sip";

/** `isFull`: the limit of calls is reached; `isOverloaded`: the machine is overloaded. */
export type CallCapacity = Pick<SipEndpoint, "isFull" | "isOverloaded">;

const tooManyCalls: RoomProblem = {
  code: "DIAL_OUT_LIMIT",
  message: "there are as many calls as sip.max_calls allows",
};

const machineBusy: RoomProblem = {
  code: "OVERLOADED",
  message: "the bridge is overloaded: it places no calls for now",
};

/** Undefined: the call may be placed. */
export function refusalOfCapacity(capacity: CallCapacity): RoomProblem | undefined {
  if (capacity.isFull()) return tooManyCalls;
  return capacity.isOverloaded() ? machineBusy : undefined;
}
