// Taking a participant to another room without hanging up.

import { Type } from "typebox";
import type { RoomId } from "#common";
import { type Role, type Rooms, roles } from "#conference/rooms";
import type { Api } from "../instance.ts";
import { type Idempotency, idempotencyHeaders } from "../plugins/index.ts";
import { maxRoomIdLength } from "../texts.ts";
import { describe, participantParams, unwrap } from "./operation.ts";
import { participantSchema } from "./participant-schemas.ts";
import { shownParticipant } from "./participants.ts";
import { oneOf } from "./room-fields.ts";

const move = {
  ...describe("moveConferenceRoomParticipant", "Move a participant to another room"),
  description:
    "Their call goes on, and they keep their id, their name and their own mute; hosts and the chairman of this room " +
    "are ordinary participants there unless `role` says otherwise. No PIN is asked for and a lock does not keep them " +
    "out, but the room must have a free place and have begun. When it cannot be they stay where they are. Answers " +
    "when they are there: at once, or after their phone has agreed to another media address.",
  params: participantParams,
  headers: idempotencyHeaders,
  body: Type.Object(
    {
      room_id: Type.Unsafe<RoomId>({
        type: "string",
        maxLength: maxRoomIdLength,
        description: "The id of the room that they are moved to.",
      }),
      role: Type.Optional(
        oneOf<Role>(roles, { default: "participant", description: "As whom they come there." }),
      ),
    },
    {
      additionalProperties: false,
      examples: [{ room_id: "0d9c6c62-6c0b-4f7e-8a65-61a0f4f0a3b2", role: "participant" }],
    },
  ),
  response: { 200: participantSchema },
};

export function moveRoutes(api: Api, rooms: Rooms, idempotency: Idempotency): void {
  api.post(
    "/conference_rooms/:id/participants/:participant_id/move",
    { schema: move, config: { scope: "rooms" } },
    async (request, reply) => {
      const { id, participant_id } = request.params;
      const { room_id: roomId, role } = request.body;
      const { body } = await idempotency.once(request, async () => {
        const to = role === undefined ? { roomId } : { roomId, role };
        return {
          headers: {},
          body: shownParticipant(unwrap(await rooms.moveParticipant(id, participant_id, to))),
        };
      });
      return reply.send(body);
    },
  );
}
