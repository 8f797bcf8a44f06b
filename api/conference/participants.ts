// The participants of a room: listed, muted, unmuted, sent out.

import type { PlacedParticipant, Rooms } from "#conference/rooms";
import type { Api } from "../instance.ts";
import { refuseBody } from "../plugins/index.ts";
import { toWireWithNulls } from "../wire.ts";
import {
  describe,
  noContentResponse,
  okResponse,
  participantParams,
  roomParams,
  unwrap,
} from "./operation.ts";
import { participantListSchema, participantSchema } from "./participant-schemas.ts";

const list = {
  ...describe("listConferenceRoomParticipants", "List the participants of a room"),
  description:
    "Participants inside, in the order in which they came; callers who are still asked for a PIN are not listed.",
  params: roomParams,
  response: { 200: participantListSchema },
};

const show = {
  ...describe("getConferenceRoomParticipant", "Show a participant"),
  description: "As long as they are inside.",
  params: participantParams,
  response: { 200: participantSchema },
};

const mute = {
  ...describe("muteConferenceRoomParticipant", "Mute a participant"),
  description: "The participant cannot undo this; a host can.",
  params: participantParams,
  response: okResponse,
};

const unmute = {
  ...describe("unmuteConferenceRoomParticipant", "Unmute a participant"),
  description: "Gives the floor: clears every reason for which the participant is muted.",
  params: participantParams,
  response: okResponse,
};

const kick = {
  ...describe("kickOutConferenceRoomParticipant", "Send a participant out of the room"),
  description:
    "They are not heard any more at once, are told so unless the room is silent, and are hung up on.",
  params: participantParams,
  response: noContentResponse,
};

/** As this API shows a participant: the position is the cell in which they are seen. */
export const shownParticipant = ({ cell, ...participant }: PlacedParticipant) =>
  toWireWithNulls({ ...participant, position: cell });

export function participantRoutes(api: Api, rooms: Rooms): void {
  api.get(
    "/conference_rooms/:id/participants",
    { schema: list, config: { scope: "read" } },
    async (request) => {
      const participants = unwrap(await rooms.participants(request.params.id));
      return { count: participants.length, items: participants.map(shownParticipant) };
    },
  );

  const one = "/conference_rooms/:id/participants/:participant_id";

  api.get(one, { schema: show, config: { scope: "read" } }, async (request) => {
    const { id, participant_id } = request.params;
    return shownParticipant(unwrap(await rooms.participant(id, participant_id)));
  });

  api.post(
    `${one}/mute`,
    { schema: mute, preValidation: refuseBody, config: { scope: "rooms" } },
    async (request) => {
      const { id, participant_id } = request.params;
      unwrap(await rooms.muteParticipant(id, participant_id, true));
      return {};
    },
  );

  api.post(
    `${one}/unmute`,
    { schema: unmute, preValidation: refuseBody, config: { scope: "rooms" } },
    async (request) => {
      const { id, participant_id } = request.params;
      unwrap(await rooms.muteParticipant(id, participant_id, false));
      return {};
    },
  );

  api.post(
    `${one}/destroy`,
    { schema: kick, preValidation: refuseBody, config: { scope: "rooms" } },
    async (request, reply) => {
      const { id, participant_id } = request.params;
      unwrap(await rooms.kick(id, participant_id));
      return reply.code(204).send(null);
    },
  );
}
