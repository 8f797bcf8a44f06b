// Moves a participant from one room to another while their call goes on. A place in the other room is held first, then the call
// goes there, and the participant leaves the first room only when the call is in the other mix. Waits in the queue of one room
// at a time, so that two rooms that exchange participants do not wait for each other.
//
//   joined here → moving here, expected there → the call goes there → joined there, left here
import { fail, ok, type ParticipantId, type Result, type RoomId } from "#common";
import type { Participant } from "./live/participant.ts";
import type { LiveRoom } from "./live/room.ts";
import { type LiveRooms, roomNotFound } from "./live/rooms.ts";
import { participantNotFound } from "./live/roster.ts";
import type { PlacedParticipant } from "./records/participant-info.ts";
import type { RoomProblem } from "./records/problem.ts";
import type { Room } from "./records/room.ts";
import type { Rooms } from "./service.ts";

export interface MoveOptions {
  readonly live: LiveRooms;
  readonly find: (id: RoomId) => Promise<Room | undefined>;
}

export function participantMover({ live, find }: MoveOptions): Rooms["moveParticipant"] {
  return async (id, participantId, { roomId, role = "participant" }) => {
    const here = live.peek(id);
    if (!here) return (await find(id)) ? participantNotFound(participantId) : roomNotFound(id);
    const participant = here.roster.get(participantId);
    if (!participant) return participantNotFound(participantId);
    if (roomId === id) return fail(sameRoom);
    if (participant.state === "moving") return fail(alreadyMoving);
    participant.beginMove();
    try {
      const expected = await live.run<Participant, RoomProblem>(roomId, (there) =>
        there.expect(participant, role),
      );
      if (!expected.ok) return fail({ ...expected.error, field: "roomId" });
      const moved = await move(participant, { from: here, to: expected.value });
      return moved.ok ? infoOf(live.peek(roomId)?.participants, participantId) : moved;
    } finally {
      participant.endMove();
    }
  };
}

async function move(
  participant: Participant,
  { from, to }: { readonly from: LiveRoom; readonly to: Participant },
): Promise<Result<void, RoomProblem>> {
  const { id } = participant;
  // A call that rejects counts as a failed move, so that the place in the other room is given up.
  const moved = participant.gone ? undefined : await participant.onMove?.(to).catch(() => undefined);
  if (moved?.ok) return ok(undefined);
  const closed = to.gone;
  to.leave("Not moved");
  if (participant.gone) return participantNotFound(id);
  await from.stay(participant);
  if (closed) return fail(closedMeanwhile);
  const { status, text } = moved?.error ?? cannotMove;
  return fail({ code: "MOVE_FAILED", message: `the participant stays where they are: ${status} ${text}` });
}

function infoOf(
  there: readonly PlacedParticipant[] | undefined,
  id: ParticipantId,
): Result<PlacedParticipant, RoomProblem> {
  const found = there?.find((participant) => participant.id === id);
  return found ? ok(found) : participantNotFound(id);
}

const cannotMove = { status: 480, text: "Cannot be moved" };
const sameRoom: RoomProblem = {
  code: "INVALID_FIELD",
  message: "roomId must be another room than the one that the participant is in",
  field: "roomId",
};
const alreadyMoving: RoomProblem = {
  code: "ALREADY_MOVING",
  message: "the participant is being moved already",
};
const closedMeanwhile: RoomProblem = {
  code: "ROOM_NOT_OPEN",
  message: "the room was closed meanwhile",
  field: "roomId",
};
