// Operations on the chair, on the cells of participants in the picture, and on numbers that the room calls.

import { Type } from "typebox";
import type { ParticipantId } from "#common";
import type { Rooms } from "#conference/rooms";
import type { Api } from "../instance.ts";
import { type Idempotency, idempotencyHeaders, refuseBody } from "../plugins/index.ts";
import { describe, okResponse, participantParams, roomParams, unwrap } from "./operation.ts";

const maxItems = 200;
/** Includes the separators that people write between digits. */
const maxNumberLength = 64;

const chairman = {
  ...describe("transferConferenceRoomOwnership", "Give the chair to a participant"),
  description:
    "There is one chairman at most: the previous one loses the chair. The new chairman is no longer muted by the " +
    "mute of the room or by `MASTER` control.",
  params: participantParams,
  response: okResponse,
};

const position = {
  ...describe("setConferenceRoomParticipantPosition", "Pin a participant to a cell of the picture"),
  description: "The cell must be one of the room's layout and not taken by another pinned participant.",
  params: participantParams,
  body: Type.Object(
    {
      position: Type.Unsafe<number | null>({
        ...{ type: ["integer", "null"], minimum: -1, maximum: 8 },
        description: "A cell of the room's layout; -1: not shown; null: where the layout places them.",
      }),
    },
    { additionalProperties: false, examples: [{ position: 0 }, { position: null }] },
  ),
  response: okResponse,
};

const layout = {
  ...describe("updateConferenceRoomParticipantsLayout", "Pin participants to the cells in order"),
  description:
    "The first participant gets the cell 0, the next the cell 1 and so on; all other participants are hidden. " +
    "An empty list lets the picture arrange itself again.",
  params: roomParams,
  body: Type.Object(
    {
      items: Type.Array(Type.Unsafe<ParticipantId>({ type: "string", maxLength: 64 }), {
        maxItems,
        description: "Ids of participants.",
      }),
    },
    { additionalProperties: false, examples: [{ items: ["5d0f6a52-3a55-4d6b-8b1a-0e9f2c7f4f11"] }] },
  ),
  response: okResponse,
};

const invite = {
  ...describe("inviteConferenceRoomParticipant", "Call a number into a room"),
  description: "Nothing is dialled unless a trunk allows the number.",
  params: roomParams,
  headers: idempotencyHeaders,
  body: Type.Object(
    {
      number: Type.String({
        minLength: 1,
        maxLength: maxNumberLength,
        description:
          "What to dial: up to 32 digits, `*` and `#`, with or without `+` in front. Blanks and `( ) . - /` between them are left out.",
      }),
    },
    { additionalProperties: false, examples: [{ number: "+34911234567" }] },
  ),
  response: okResponse,
};

export function layoutRoutes(api: Api, rooms: Rooms, idempotency: Idempotency): void {
  const people = "/conference_rooms/:id/participants";
  const one = `${people}/:participant_id`;

  api.post(
    `${one}/chairman`,
    { schema: chairman, preValidation: refuseBody, config: { scope: "rooms" } },
    async (request) => {
      const { id, participant_id } = request.params;
      unwrap(await rooms.giveChair(id, participant_id));
      return {};
    },
  );

  api.post(`${one}/position`, { schema: position, config: { scope: "rooms" } }, async (request) => {
    const { id, participant_id } = request.params;
    unwrap(await rooms.setPosition(id, participant_id, request.body.position));
    return {};
  });

  api.post(`${people}/layout`, { schema: layout, config: { scope: "rooms" } }, async (request) => {
    unwrap(await rooms.arrange(request.params.id, request.body.items));
    return {};
  });

  api.post(`${people}/invite`, { schema: invite, config: { scope: "rooms" } }, async (request, reply) => {
    const { body } = await idempotency.once(request, async () => {
      unwrap(await rooms.invite(request.params.id, request.body.number));
      return { headers: {}, body: {} };
    });
    return reply.send(body);
  });
}
