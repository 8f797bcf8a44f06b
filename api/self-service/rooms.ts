// Rooms of users: made by users who are logged in, changed and ended by their admins, listed for those who are in them.

import type { Static } from "typebox";
import type { Member } from "#conference/members";
import type { Room } from "#conference/rooms";
import { scheduleOf } from "#conference/rooms";
import { unwrap } from "../conference/operation.ts";
import type { Api } from "../instance.ts";
import { scheduleInUtc } from "../instant.ts";
import { linkOf } from "../join/index.ts";
import { type Idempotency, idempotencyHeaders, optionalBody, refuseFields } from "../plugins/index.ts";
import { changesOf, without } from "../read-only.ts";
import { fromWire } from "../wire.ts";
import {
  isAdmin,
  type Membership,
  requireAdmin,
  requireMember,
  type SelfServiceOptions,
  userOf,
} from "./membership.ts";
import {
  changesOrEndSchema,
  changesSchema,
  createSchema,
  describe,
  endSchema,
  fixedRoomFields,
  movingRoomFields,
  pageQuery,
  type RoomState,
  roomListSchema,
  roomParams,
  roomSchema,
  type WireRoom,
} from "./schemas.ts";

const create = {
  ...describe(
    "createOwnRoom",
    "Make a room",
    "The user is its admin. It gets an extension, so that phones reach it.",
  ),
  headers: idempotencyHeaders,
  body: createSchema,
  response: { 201: roomSchema },
};
const update = {
  ...describe(
    "updateRoom",
    "Change a room",
    "Fields that are absent stay as they are. For admins of the room.",
  ),
  params: roomParams,
  body: changesSchema,
  response: { 200: roomSchema },
};
const end = {
  ...describe(
    "endRoom",
    "End a room",
    "Its meeting ends in `time_left` seconds, at once without; those inside hear how long they have. No participant enters a room " +
      "that has ended. For admins of the room.",
  ),
  params: roomParams,
  body: endSchema,
  response: { 200: roomSchema },
};
const updateOrEnd = {
  ...describe(
    "updateOrEndRoom",
    "Change or end a room",
    "For clients that know one address for both: with fields of the room it changes the room, without any it ends it in " +
      "`time_left` seconds. Others change with PATCH and end with `/end`.",
  ),
  params: roomParams,
  body: changesOrEndSchema,
  response: { 200: roomSchema },
};
const mine = {
  ...describe(
    "listMyRooms",
    "List the rooms that the user is in",
    "Those that are booked, started and ended.",
  ),
  querystring: pageQuery,
  response: { 200: roomListSchema },
};
const show = {
  ...describe("getMyRoom", "Show a room that the user is in", "As the user has it."),
  params: roomParams,
  response: { 200: roomSchema },
};

const config = { scope: "user" } as const;

export function roomRoutes(api: Api, options: SelfServiceOptions, idempotency: Idempotency): void {
  const { rooms, members, userRooms, clock, joinPage } = options;
  const shown = async (room: Room, member: Member): Promise<WireRoom> => {
    const status = await rooms.status(room.id);
    return {
      ...{ room_id: room.id, subject: room.subject, extension_number: room.extensionNumber, mode: room.mode },
      ...{ status: stateOf(room, clock.now()), on_call: status.ok && status.value.status === "ON_CALL" },
      ...{ capacity: room.capacity, language: room.language, timezone: room.timezone },
      ...{ scheduled_start_at: room.scheduledStartAt, scheduled_end_at: room.scheduledEndAt },
      created_at: room.createdAt,
      ...{ admin: isAdmin(member), username: member.name, archive_room: member.archived },
      join_url: joinPage === undefined ? null : linkOf(joinPage, room.id, member.linkSecret),
    };
  };

  api.post("/room", { schema: create, config }, async (request, reply) => {
    const { headers, body } = await idempotency.once(request, async () => {
      const { mode = "VIDEO", ...fields } = scheduleInUtc(fromWire(request.body));
      const made = await userRooms.make(userOf(request), { fields: { ...fields, mode } });
      const { room, member } = unwrap(made);
      return {
        headers: { location: `/api/participant/room/${room.id}` },
        body: await shown(room, member),
      };
    });
    return reply.code(201).headers(headers).send(body);
  });

  const change = async (body: Static<typeof changesSchema>, { room, member }: Membership) => {
    const changes = changesOf(without(body, movingRoomFields), fixedRoomFields, await shown(room, member));
    return shown(unwrap(await rooms.update(room.id, scheduleInUtc(fromWire(changes)))), member);
  };

  api.patch("/admin/room/:room_id", { schema: update, config }, async (request) =>
    change(request.body, await requireAdmin(options, request, { id: request.params.room_id })),
  );

  api.post(
    "/admin/room/:room_id/end",
    { schema: end, preValidation: optionalBody, config },
    async (request) => {
      const { room, member } = await requireAdmin(options, request, {
        ...{ id: request.params.room_id, permission: "canEndMeeting" },
      });
      return shown(unwrap(await rooms.endIn(room.id, request.body.time_left ?? 0)), member);
    },
  );

  api.post(
    "/admin/room/:room_id",
    { schema: updateOrEnd, preValidation: optionalBody, config },
    async (request) => {
      const { time_left: timeLeft, ...changes } = request.body;
      const ends = Object.keys(changes).length === 0;
      const membership = await requireAdmin(options, request, {
        ...{ id: request.params.room_id, ...(ends && { permission: "canEndMeeting" as const }) },
      });
      const { room, member } = membership;
      if (ends) return shown(unwrap(await rooms.endIn(room.id, timeLeft ?? 0)), member);
      if (timeLeft !== undefined) {
        throw refuseFields([{ field: "time_left", message: "must come without fields to change" }]);
      }
      return change(changes, membership);
    },
  );

  api.get("/participant/room", { schema: mine, config }, async (request) => {
    const { skip = 0, top = 100 } = request.query;
    const all = await members.roomsOf(userOf(request).id);
    const items: WireRoom[] = [];
    for (const member of all.slice(skip, skip + top)) {
      const room = await rooms.get(member.roomId);
      if (room) items.push(await shown(room, member));
    }
    return { count: all.length, items };
  });

  api.get("/participant/room/:room_id", { schema: show, config }, async (request) => {
    const { room, member } = await requireMember(options, request, request.params.room_id);
    return shown(room, member);
  });
}

function stateOf(room: Room, now: number): RoomState {
  const { phase } = scheduleOf(room, now);
  if (room.closed || phase === "over") return "ended";
  return phase === "open" ? "started" : "booked";
}
