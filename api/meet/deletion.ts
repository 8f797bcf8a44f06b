// Rooms of the meet family are deleted: one, or many at once, as the policies for running meetings and recordings say.
import type { FastifyRequest } from "fastify";
import type { RoomId } from "#common";
import type { DeletionOutcome, DeletionPolicies, DeletionSuccess } from "#conference/rooms";
import type { Api } from "../instance.ts";
import { HttpRefusal, refuseBody, refuseFields } from "../plugins/index.ts";
import {
  changeableRoom,
  describe,
  type MeetOptions,
  security,
  showRoom,
  valueOrThrow,
} from "./room-access.ts";
import { bulkDoneSchema, bulkQuery, deletionQuery, deletionSchema, roomParams } from "./schemas.ts";
import { invalid } from "./view.ts";

const maxBatch = 100;

const rules =
  "A meeting that runs (`withMeeting`) is ended, waited for, or keeps the room; recordings (`withRecordings`) are removed, keep the room " +
  "and close it, or keep it is. ";

const one = {
  ...describe("deleteRoom", "Delete a room"),
  description: `${rules}202: it happens when the meeting ends.`,
  security: security("rooms", "users"),
  params: roomParams,
  querystring: deletionQuery,
  response: { 200: deletionSchema, 202: deletionSchema },
};
const bulk = {
  ...describe("bulkDeleteRooms", "Delete many rooms"),
  description: `${rules}400: some were not processed.`,
  security: security("rooms", "users"),
  querystring: bulkQuery,
  response: { 200: bulkDoneSchema },
};

const config = { scope: "anyone", meet: { need: "rooms", users: true } } as const;

export function deletionRoutes(api: Api, options: MeetOptions): void {
  async function retire(
    request: FastifyRequest,
    id: RoomId,
    policies: DeletionPolicies,
  ): Promise<DeletionOutcome> {
    const room = await changeableRoom(options, request, id);
    if (policies.withRecordings === "force") options.callers.requireRemoval(request, room);
    return valueOrThrow(await options.rooms.retire(id, policies));
  }

  const answer = async (request: FastifyRequest, id: RoomId, { code, room }: DeletionOutcome) => ({
    ...{ successCode: code, message: `The room ${id} ${words[code]}.` },
    ...(room && { room: await showRoom(options, request, room) }),
  });

  api.delete("/rooms/:roomId", { schema: one, preValidation: refuseBody, config }, async (request, reply) => {
    const { roomId } = request.params;
    const { withMeeting = "fail", withRecordings = "fail" } = request.query;
    const outcome = await retire(request, roomId, { withMeeting, withRecordings });
    return reply.code(later.has(outcome.code) ? 202 : 200).send(await answer(request, roomId, outcome));
  });

  api.delete("/rooms", { schema: bulk, preValidation: refuseBody, config }, async (request) => {
    const { roomIds, withMeeting = "fail", withRecordings = "fail" } = request.query;
    const given = roomIds.split(",").map((id) => id.trim());
    const ids = [...new Set(given.filter((id) => id !== ""))] as RoomId[];
    if (ids.length === 0 || ids.length > maxBatch) {
      throw refuseFields([invalid("roomIds", `must name 1 to ${maxBatch} rooms, with commas between`)]);
    }
    const successful: Awaited<ReturnType<typeof answer>>[] = [];
    const failed: { roomId: string; error: string; message: string }[] = [];
    for (const id of ids) {
      try {
        successful.push(
          await answer(request, id, await retire(request, id, { withMeeting, withRecordings })),
        );
      } catch (error) {
        if (!(error instanceof HttpRefusal)) throw error;
        failed.push({ roomId: id, error: error.word ?? error.code.toLowerCase(), message: error.message });
      }
    }
    const message = `${successful.length} of ${ids.length} rooms were processed.`;
    if (failed.length > 0)
      throw new HttpRefusal("ROOMS_NOT_PROCESSED", message, { more: { successful, failed } });
    return { message, successful, failed };
  });
}

const later: ReadonlySet<DeletionSuccess> = new Set([
  "room_with_active_meeting_scheduled_to_be_deleted",
  "room_with_active_meeting_and_recordings_scheduled_to_be_deleted",
  "room_with_active_meeting_scheduled_to_be_closed",
]);

/** Behind the id of the room. */
const words: Readonly<Record<DeletionSuccess, string>> = {
  room_deleted: "is deleted",
  room_with_active_meeting_deleted: "is deleted and its meeting ended",
  room_with_active_meeting_scheduled_to_be_deleted: "is deleted when its meeting ends",
  room_and_recordings_deleted: "is deleted with its recordings",
  room_closed: "has recordings and is closed instead of deleted",
  room_with_active_meeting_and_recordings_deleted: "is deleted with its recordings and its meeting ended",
  room_with_active_meeting_closed: "has recordings and is closed instead of deleted; its meeting is ended",
  room_with_active_meeting_and_recordings_scheduled_to_be_deleted:
    "is deleted with its recordings when its meeting ends",
  room_with_active_meeting_scheduled_to_be_closed: "has recordings and is closed when its meeting ends",
};
