// The expected refusals of operations on rooms, each with a code and a text. The API maps the code to an HTTP status in one
// table.
import type { Room } from "./room.ts";

/** Expected refusals. */
export interface RoomProblem {
  readonly code:
    | "ROOM_NOT_FOUND"
    | "PARTICIPANT_NOT_FOUND"
    | "EXTENSION_IN_USE"
    | "NO_FREE_EXTENSION"
    | "MAX_ROOMS_REACHED"
    | "INVALID_FIELD"
    | "ROOM_OFFLINE"
    | "ROOM_FULL"
    | "ROOM_NOT_OPEN"
    | "PRECONDITION_FAILED"
    | "POSITION_TAKEN"
    | "NO_PICTURE"
    | "MUTED_BY_HOST"
    | "NOT_PERMITTED"
    | "ROOM_HAS_ACTIVE_MEETING"
    | "ALREADY_MOVING"
    | "MOVE_FAILED"
    | "DIAL_OUT_NOT_ALLOWED"
    | "DIAL_OUT_LIMIT"
    | "DIAL_OUT_FAILED"
    | "ALREADY_DIALLING"
    | "TRUNK_DOWN"
    | "RECORDING_NOT_AVAILABLE"
    | "RECORDING_OFF"
    | "RECORDING_NOT_FOUND"
    | "RECORDING_RUNNING"
    | "ALREADY_RECORDING"
    | "NOT_RECORDING"
    | "ROOM_EMPTY"
    | "NO_SPACE_TO_RECORD"
    | "CANNOT_RECORD"
    | "OVERLOADED";
  readonly message: string;
  /** The field at fault, of the Room or of the request, in the spelling of this file. */
  readonly field?: keyof Room | "position" | "number" | "roomId" | `items[${number}]`;
}
