// Takes a participant of one room to another while their call goes on. Their place there is held first, then the
// call goes there, and only when it is in the mix do they leave where they were: never half moved. Waits in the
// queue of one room at a time, so that two rooms that exchange people do not wait for each other.
//
//   here → expected there → call there → in its mix → gone here
import { fail, ok, type ParticipantId, type Result, type RoomId } from "#common";
import { type LiveRooms, roomNotFound } from "./live/live-rooms.ts";
import type { Origin } from "./live/origin.ts";
import type { RoomVisit } from "./live/room-visit.ts";
import { participantNotFound } from "./live/roster.ts";
import type { Participant, Room, RoomProblem, Rooms } from "./records/types.ts";

export interface MovingOptions {
  readonly live: LiveRooms;
  readonly find: (id: RoomId) => Promise<Room | undefined>;
}

export function participantMover({ live, find }: MovingOptions): Rooms["moveParticipant"] {
  return async (id, participant, { roomId, role = "participant" }) => {
    const from = live.peek(id);
    if (!from) return (await find(id)) ? participantNotFound(participant) : roomNotFound(id);
    const origin = from.entrance.originOf(participant);
    if (!origin) return participantNotFound(participant);
    if (roomId === id) return fail(sameRoom);
    if (origin.visit.moving) return fail(alreadyMoving);
    origin.visit.moving = true;
    try {
      const place = await live.run<RoomVisit, RoomProblem>(roomId, ({ entrance }) =>
        entrance.expect(origin, role),
      );
      if (!place.ok) return fail({ ...place.error, field: "roomId" });
      const moved = await take(origin, place.value);
      return moved.ok ? shown(live.peek(roomId)?.participants, participant) : moved;
    } finally {
      origin.visit.moving = false;
    }
  };
}

async function take(origin: Origin, to: RoomVisit): Promise<Result<void, RoomProblem>> {
  const { visitor, id } = origin.visit;
  // Whatever the visitor does, nothing of a move that failed stays behind.
  const moved = origin.gone ? undefined : await visitor.move?.(to).catch(() => undefined);
  if (moved?.ok) return ok(undefined);
  const closed = to.gone;
  to.leave("Not moved");
  if (origin.gone) return participantNotFound(id);
  await origin.stay();
  if (closed) return fail(closedMeanwhile);
  const { status, text } = moved?.error ?? cannotMove;
  return fail({ code: "MOVE_FAILED", message: `the participant stays where they are: ${status} ${text}` });
}

function shown(
  there: readonly Participant[] | undefined,
  id: ParticipantId,
): Result<Participant, RoomProblem> {
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
