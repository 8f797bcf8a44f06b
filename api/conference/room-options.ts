// What a room of Parley can do beyond the fields of the conference API, as a resource of its own below the room, so
// that the bodies that existing clients know stay as they are.

import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import {
  type Announcement,
  announcements,
  maxMembers,
  type PictureClock,
  type PictureFit,
  pictureClocks,
  pictureFits,
  type Role,
  type Room,
  type RoomMode,
  type Rooms,
  roles,
  roomModes,
} from "#conference/rooms";
import type { Api } from "../instance.ts";
import { nameText, pinText } from "../texts.ts";
import { fromWire, toWireWithNulls } from "../wire.ts";
import { describe, roomNotFound, roomParams, unwrap } from "./operation.ts";
import { visibleOptions } from "./pins.ts";
import { entityTag, ifMatchHeaders, revisionsOf } from "./revision.ts";
import { closed, oneOf, orNull, orNullOf } from "./room-fields.ts";

const member = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: nameText,
      description: "The name the room knows them by.",
    }),
    pin: Type.String({
      minLength: 3,
      maxLength: 6,
      pattern: pinText,
      description: "Their own PIN: digits, unique in this room.",
    }),
    role: oneOf<Role>(roles, { description: "As what they enter." }),
  },
  { additionalProperties: false },
);

const fields = {
  wait_for_host: Type.Boolean({
    default: false,
    description: "Callers who come before a host wait outside with music.",
  }),
  allow_early_join: Type.Boolean({
    default: false,
    description: "Whether a host may open the room before its scheduled start.",
  }),
  announce: oneOf<Announcement>(announcements, {
    default: "tones",
    description:
      "What the room hears of arrivals and departures. `names`: callers are asked to say their name on the way in, and the room hears it in their own voice; of callers who say nothing it hears a tone.",
  }),
  members: Type.Array(member, {
    maxItems: maxMembers,
    description:
      "People who enter with a PIN of their own. A room that has some asks every caller for a PIN.",
  }),
  picture_fit: orNullOf<PictureFit>(pictureFits, {
    default: null,
    description:
      "For a camera's picture of another aspect ratio than its cell. `letterbox`: the whole picture, with bars; `crop`: it fills the cell and is cut. Shared screens are always shown whole. null: as configured (`video.fit`).",
  }),
  picture_subject: Type.Unsafe<boolean | null>({
    type: ["boolean", "null"],
    default: null,
    description:
      "Whether the subject is written into the room's picture. null: as configured (`video.subject`).",
  }),
  picture_clock: orNullOf<PictureClock>(pictureClocks, {
    default: null,
    description:
      "Whether the time of day in the room's time zone is written into its picture, to the minute or to the second. null: as configured (`video.clock`).",
  }),
};

/** Fields of the room that the bodies of the conference API do not have, or do not change. */
const changeable = {
  ...fields,
  closed,
  mode: oneOf<RoomMode>(roomModes, {
    description:
      "Whether the room has a picture. It may be changed in a meeting: who can send and show one is offered it, or loses it, and stays in the call.",
  }),
};

const example = {
  wait_for_host: true,
  allow_early_join: false,
  announce: "tones",
  closed: false,
  mode: "VIDEO" as const,
  members: [{ name: "Ada Lovelace", pin: "2718", role: "host" }],
  picture_fit: "crop",
  picture_subject: true,
  picture_clock: null,
};

/** As it is shown: without the PIN for principals that may not see it. */
const shownMember = Type.Object({
  ...member.properties,
  pin: orNull({ description: "Their own PIN; null for clients that may not see it." }),
});

const optionsResponse = {
  200: Type.Object(
    { ...changeable, members: Type.Array(shownMember, { description: "The members." }) },
    { description: "The options of the room.", examples: [example] },
  ),
};

const show = {
  ...describe("getConferenceRoomOptions", "Show the options of a room"),
  description: "How callers enter, and who is known in advance.",
  params: roomParams,
  response: optionsResponse,
};

const change = {
  ...describe("updateConferenceRoomOptions", "Change the options of a room"),
  description: "Options that are absent stay as they are. A list of members replaces the whole list.",
  params: roomParams,
  headers: ifMatchHeaders,
  body: Type.Partial(Type.Object(changeable), {
    additionalProperties: false,
    examples: [{ wait_for_host: true, announce: "none" }],
  }),
  response: optionsResponse,
};

export function roomOptionRoutes(api: Api, rooms: Rooms): void {
  api.get(
    "/conference_rooms/:id/options",
    { schema: show, config: { scope: "read" } },
    async (request, reply) => {
      const { id } = request.params;
      const room = await rooms.get(id);
      if (!room) throw roomNotFound(id);
      reply.header("etag", entityTag(room.revision));
      return shownOptions(room, request);
    },
  );

  api.patch(
    "/conference_rooms/:id/options",
    { schema: change, config: { scope: "rooms" } },
    async (request, reply) => {
      const revisions = revisionsOf(request.headers["if-match"]);
      const { closed, mode, ...options } = fromWire(request.body);
      const changes = { options, ...(closed !== undefined && { closed }), ...(mode && { mode }) };
      const room = unwrap(await rooms.update(request.params.id, changes, revisions));
      reply.header("etag", entityTag(room.revision));
      return shownOptions(room, request);
    },
  );
}

const shownOptions = (room: Room, request: FastifyRequest) => ({
  ...toWireWithNulls(visibleOptions(room, request)),
  closed: room.closed,
  mode: room.mode,
});
