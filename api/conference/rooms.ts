// The life of a room: made, listed, shown, changed, destroyed.

import type { Room, Rooms } from "#conference/rooms";
import { roomListFields } from "#conference/rooms";
import type { InvitationOutcome } from "#services/mail-invites";
import type { Api } from "../instance.ts";
import { scheduleInUtc } from "../instant.ts";
import { type Idempotency, idempotencyHeaders, optionalBody, requireScope } from "../plugins/index.ts";
import { fieldTable, listQuerySchema, readListQuery } from "../query/index.ts";
import { changesOf, without } from "../read-only.ts";
import { fromWire, toWireWithNulls } from "../wire.ts";
import { describe, noContentResponse, roomNotFound, roomParams, unwrap } from "./operation.ts";
import { mayRead, visible } from "./pins.ts";
import { entityTag, ifMatchHeaders, revisionsOf } from "./revision.ts";
import {
  changedSchema,
  createdSchema,
  createRoomSchema,
  destroyRoomSchema,
  fixedRoomFields,
  movingRoomFields,
  roomListSchema,
  roomSchema,
  updateRoomSchema,
} from "./room-schemas.ts";
import type { WebPhoneOptions } from "./tokens.ts";

/** The outcome of the invitations of a room. */
export interface InvitationOutcomes {
  outcomeOf(room: Room): Promise<InvitationOutcome>;
}

const listFields = fieldTable(roomListFields);

const list = {
  ...describe("listConferenceRooms", "List the rooms"),
  description:
    "All rooms that match, a page at a time, in the order in which they were made unless asked otherwise.",
  querystring: listQuerySchema,
  response: { 200: roomListSchema },
};

const create = {
  ...describe("createConferenceRoom", "Make a room"),
  description:
    "The room can be called as soon as this is answered, and stays until it is destroyed, whether it is called or not.",
  headers: idempotencyHeaders,
  body: createRoomSchema,
  response: { 201: createdSchema },
};

const show = {
  ...describe("getConferenceRoom", "Show a room"),
  description: "The header ETag changes with every change of the room.",
  params: roomParams,
  response: { 200: roomSchema },
};

const update = {
  ...describe("updateConferenceRoom", "Change a room"),
  description:
    "Fields that are absent stay as they are. What GET shows may be sent back; a change without effect leaves the ETag.",
  params: roomParams,
  headers: ifMatchHeaders,
  body: updateRoomSchema,
  response: { 200: changedSchema },
};

const destroy = {
  ...describe("deleteConferenceRoom", "Destroy a room"),
  description:
    "Ends a running meeting and frees the extension number. Recordings are kept unless the body says otherwise, which " +
    "takes the scope `recordings`, too; the event of a recording that ends with the room comes before that of the room.",
  params: roomParams,
  headers: ifMatchHeaders,
  body: destroyRoomSchema,
  response: noContentResponse,
};

export interface RoomRoutesOptions {
  readonly rooms: Rooms;
  readonly idempotency: Idempotency;
  readonly invitations: InvitationOutcomes | undefined;
  readonly webPhones: WebPhoneOptions | undefined;
}

export function roomRoutes(
  api: Api,
  { rooms, idempotency, invitations, webPhones }: RoomRoutesOptions,
): void {
  const invitationOutcome = async (room: Room) =>
    invitations && { invitations: await invitations.outcomeOf(room) };

  api.get("/conference_rooms", { schema: list, config: { scope: "read" } }, async (request) => {
    const { count, items } = await rooms.list(readListQuery(request.query, listFields));
    return { count, items: items.map((room) => toWireWithNulls(visible(room, request))) };
  });

  api.post("/conference_rooms", { schema: create, config: { scope: "rooms" } }, async (request, reply) => {
    const { headers, body } = await idempotency.once(request, async () => {
      const room = unwrap(await rooms.create(scheduleInUtc(fromWire(request.body))));
      const { id, revision } = room;
      const location = `/api/conference_rooms/${id}`;
      return {
        headers: { location, etag: entityTag(revision) },
        body: { id, ...(await invitationOutcome(room)) },
      };
    });
    return reply.code(201).headers(headers).send(body);
  });

  api.get("/conference_rooms/:id", { schema: show, config: { scope: "read" } }, async (request, reply) => {
    const { id } = request.params;
    const room = await rooms.get(id);
    if (!room) throw roomNotFound(id);
    reply.header("etag", entityTag(room.revision));
    const token = webPhones && mayRead(request) ? webPhones.tokens.roomToken(id) : null;
    return { ...roomToWire(visible(room, request)), ...webPhoneFields(webPhones), token };
  });

  api.post(
    "/conference_rooms/:id",
    { schema: update, config: { scope: "rooms" } },
    async (request, reply) => {
      const revisions = revisionsOf(request.headers["if-match"]);
      const { id } = request.params;
      const before = await rooms.get(id);
      if (!before) throw roomNotFound(id);
      const given = changesOf(without(request.body, movingRoomFields), fixedRoomFields, {
        ...roomToWire(before),
        ...webPhoneFields(webPhones),
      });
      const room = unwrap(await rooms.update(id, scheduleInUtc(fromWire(given)), revisions));
      reply.header("etag", entityTag(room.revision));
      return { ...(await invitationOutcome(room)) };
    },
  );

  api.post(
    "/conference_rooms/:id/destroy",
    { schema: destroy, preValidation: optionalBody, config: { scope: "rooms" } },
    async (request, reply) => {
      const revisions = revisionsOf(request.headers["if-match"]);
      const { recordings } = request.body;
      if (recordings === "remove") requireScope(request, "recordings");
      unwrap(await rooms.destroy(request.params.id, revisions, recordings));
      return reply.code(204).send(null);
    },
  );
}

/** Where browser phones connect; null where there are none. */
const webPhoneFields = (webPhones: WebPhoneOptions | undefined) => ({
  domain: webPhones?.address.domain ?? null,
  sbc_host: webPhones?.address.sbcHost ?? null,
  sbc_port: webPhones?.address.sbcPort ?? null,
});

/** An entry of the caller ids may lack its description. */
const roomToWire = (room: Room) => ({
  ...toWireWithNulls(room),
  outbound_caller_ids: room.outboundCallerIds.map(({ providerId, callerId, description = null }) => ({
    provider_id: providerId,
    caller_id: callerId,
    description,
  })),
});
