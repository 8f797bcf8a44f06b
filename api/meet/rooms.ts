// Rooms of the meet family: made, listed, shown, and their parts changed.
import type { FastifyRequest } from "fastify";
import { type Filter, isName } from "#common";
import type { RoomMaker } from "#conference/members";
import { type BaseRole, baseRoles, type RoomAccess, type RoomListField } from "#conference/rooms";
import type { Principal } from "#services/access";
import { unwrap } from "../conference/operation.ts";
import type { Api } from "../instance.ts";
import { optionalBody, refuseFields } from "../plugins/index.ts";
import { changesOf } from "../read-only.ts";
import { nameText, sentenceOf } from "../texts.ts";
import { itemsOf, readRoomPage } from "./listing.ts";
import { maxRoomNameLength, newRoomId, normalName } from "./names.ts";
import {
  changeableRoom,
  describe,
  type MeetOptions,
  requireReadableRoom,
  security,
  showRoom,
  showRooms,
  valueOrThrow,
} from "./room-access.ts";
import {
  anonymousBody,
  changedSchema,
  configBody,
  configSchema,
  createRoomBody,
  fixedLinkFields,
  type MeetRoom,
  rolesBody,
  roomFieldNames,
  roomFieldsQuery,
  roomListQuery,
  roomListSchema,
  roomParams,
  roomSchema,
  statusBody,
} from "./schemas.ts";
import { invalid, mergedConfig, mergedRoles, pickFields, readFields } from "./view.ts";

const hourMs = 3_600_000;
const usualName = "Room";
/** The most participants that the bridge has room for: the family has no limit of its own. */
const capacity = 200;

const create = {
  ...describe("createRoom", "Make a room"),
  description:
    "It gets an extension, too: phones may call it. All fields have defaults. A user who makes it owns it and is its first member, a " +
    "moderator. With a key, removing recordings at its date of deletion takes the scope `recordings`, too.",
  security: security("rooms", "users"),
  body: createRoomBody,
  response: { 201: roomSchema },
};
const list = {
  ...describe("getRooms", "List the rooms"),
  description:
    "A page at a time. Users without the scope `read` see their own rooms and those that they are members of.",
  security: security("read", "users"),
  querystring: roomListQuery,
  response: { 200: roomListSchema },
};
const show = {
  ...describe("getRoom", "Show a room"),
  description: "Whole, or the fields that are asked for.",
  security: security("read", "users", "roomMembers"),
  params: roomParams,
  querystring: roomFieldsQuery,
  response: { 200: roomSchema },
};
const showConfig = {
  ...describe("getRoomConfig", "Show what is on in a room"),
  description: "Chat, recording, virtual background, encryption.",
  security: security("read", "users", "roomMembers"),
  params: roomParams,
  response: { 200: configSchema },
};
const change = (operationId: string, summary: string, description: string) => ({
  ...describe(operationId, summary),
  description,
  security: security("rooms", "users"),
  params: roomParams,
});

export function roomRoutes(api: Api, options: MeetOptions): void {
  const { rooms, members, userRooms, owners, clock, pages, callers } = options;
  const changes = { scope: "anyone", meet: { need: "rooms", users: true } } as const;
  const reads = { scope: "anyone", meet: { need: "read", users: true } } as const;
  const open = { scope: "anyone", meet: { need: "read", users: true, roomMembers: true } } as const;

  /** Of users who do not see all rooms; undefined: no limit. */
  async function onlyOwn(request: FastifyRequest): Promise<Filter<RoomListField> | undefined> {
    const { principal } = request;
    if (!principal || callers.seesAll(request)) return undefined;
    const owned: Filter<RoomListField> = {
      kind: "compare",
      field: "owner",
      operator: "eq",
      value: principal.id,
    };
    const memberships = await members.roomsOf(principal.id);
    if (memberships.length === 0) return owned;
    const values = memberships.map(({ roomId }) => roomId);
    return { kind: "or", terms: [owned, { kind: "in", field: "id", values }] };
  }

  /** The user, under the name that members of this family have. */
  const makerOf = async ({ id, name }: Principal): Promise<RoomMaker> => ({
    id,
    name: (await owners.users.get(id))?.displayName ?? name,
  });

  api.post(
    "/rooms",
    { schema: create, preValidation: optionalBody, config: changes },
    async (request, reply) => {
      const {
        roomName = usualName,
        autoDeletionDate = null,
        autoDeletionPolicy,
        config,
        roles,
        anonymous,
      } = request.body;
      const name = normalName(roomName) || usualName;
      if ([...name].length > maxRoomNameLength) {
        throw refuseFields([invalid("roomName", `must have at most ${maxRoomNameLength} characters`)]);
      }
      if (!isName(name)) throw refuseFields([invalid("roomName", sentenceOf(nameText)!)]);
      if (autoDeletionDate !== null && !isLater(autoDeletionDate, clock.now())) {
        throw refuseFields([invalid("autoDeletionDate", "must be at least an hour from now")]);
      }
      const { principal } = request;
      const maker = principal?.kind === "user" ? await makerOf(principal) : undefined;
      if (!maker && autoDeletionPolicy?.withRecordings === "force") callers.requireRemoval(request);
      const id = newRoomId(name);
      const accessOf = (defaults: RoomAccess): Partial<RoomAccess> => ({
        autoDeletionDate: autoDeletionDate === null ? null : new Date(autoDeletionDate).toISOString(),
        autoDeletionPolicy: { ...defaults.autoDeletionPolicy, ...autoDeletionPolicy },
        ...(config && { config: mergedConfig(defaults.config, config) }),
        ...(roles && { permissions: mergedRoles(defaults.permissions, roles) }),
        links: {
          moderator: { ...defaults.links.moderator, ...anonymous?.moderator },
          speaker: { ...defaults.links.speaker, ...anonymous?.speaker },
        },
      });
      const fields = { mode: "VIDEO", subject: name, capacity } as const;
      const room = maker
        ? unwrap(await userRooms.make(maker, { fields, id, accessOf })).room
        : unwrap(await rooms.create(fields, id, accessOf));
      return reply
        .code(201)
        .header("location", `/api/v1/rooms/${id}`)
        .send(await showRoom(options, request, room));
    },
  );

  api.get("/rooms", { schema: list, config: reads }, async (request) => {
    const { query } = request;
    const names = readFields(query.fields, roomFieldNames);
    const maxItems = itemsOf(query.maxItems);
    const only = await onlyOwn(request);
    const page = readRoomPage({ query, active: rooms.activeRooms(), only, tokens: pages });
    const { filter, orderBy } = page;
    const { items } = await rooms.list({ skip: 0, top: maxItems + 1, orderBy, ...(filter && { filter }) });
    const shown = items.slice(0, maxItems);
    const last = shown.at(-1);
    const isTruncated = items.length > maxItems;
    return {
      rooms: (await showRooms(options, request, shown)).map((room) => pickFields(room, names)),
      pagination: {
        ...{ isTruncated, maxItems },
        nextPageToken: isTruncated && last ? pages.make(page.list, page.cursorOf(last)) : null,
      },
    };
  });

  api.get("/rooms/:roomId", { schema: show, config: open }, async (request): Promise<MeetRoom> => {
    const names = readFields(request.query.fields, roomFieldNames);
    const room = await requireReadableRoom(options, request, request.params.roomId);
    return pickFields(await showRoom(options, request, room), names);
  });

  api.get("/rooms/:roomId/config", { schema: showConfig, config: open }, async (request) => {
    const { access } = await requireReadableRoom(options, request, request.params.roomId);
    return access.config;
  });

  api.put(
    "/rooms/:roomId/config",
    {
      schema: {
        ...change(
          "updateRoomConfig",
          "Change what is on in a room",
          "Merges what is given. Not while a meeting runs.",
        ),
        ...{ body: configBody, response: { 200: changedSchema } },
      },
      config: changes,
    },
    async (request) => {
      const { id } = await changeableRoom(options, request, request.params.roomId);
      const { config } = request.body;
      const room = valueOrThrow(
        await rooms.updateIdle(id, ({ access }) => ({
          access: { config: mergedConfig(access.config, config) },
        })),
      );
      return {
        message: `The config of the room ${id} is changed.`,
        room: await showRoom(options, request, room),
      };
    },
  );

  api.put(
    "/rooms/:roomId/roles",
    {
      schema: {
        ...change(
          "updateRoomRoles",
          "Change what the roles may do",
          "Merges what is given. Not while a meeting runs.",
        ),
        ...{ body: rolesBody, response: { 200: changedSchema } },
      },
      config: changes,
    },
    async (request) => {
      const { id } = await changeableRoom(options, request, request.params.roomId);
      const { roles } = request.body;
      const room = valueOrThrow(
        await rooms.updateIdle(id, ({ access }) => ({
          access: { permissions: mergedRoles(access.permissions, roles) },
        })),
      );
      return {
        message: `The roles of the room ${id} are changed.`,
        room: await showRoom(options, request, room),
      };
    },
  );

  api.put(
    "/rooms/:roomId/anonymous",
    {
      schema: {
        ...change(
          "updateRoomAnonymous",
          "Switch the links without an account on and off",
          "Tokens that came from a link end with it. Not while a meeting runs.",
        ),
        ...{ body: anonymousBody, response: { 200: changedSchema } },
      },
      config: changes,
    },
    async (request) => {
      const before = await changeableRoom(options, request, request.params.roomId);
      const { id } = before;
      const { anonymous: links } = await showRoom(options, request, before);
      const enabled: Partial<Record<BaseRole, boolean>> = {};
      for (const baseRole of baseRoles) {
        const link = request.body.anonymous[baseRole];
        if (!link) continue;
        const path = `anonymous.${baseRole}.`;
        enabled[baseRole] = changesOf(link, fixedLinkFields, links![baseRole], path).enabled;
      }
      const room = valueOrThrow(await members.switchLinks(id, enabled));
      return {
        message: `The links of the room ${id} are changed.`,
        room: await showRoom(options, request, room),
      };
    },
  );

  api.put(
    "/rooms/:roomId/status",
    {
      schema: {
        ...change(
          "updateRoomStatus",
          "Open or close a room",
          "A closed room takes no new participants. While a meeting runs, it is closed when the meeting ends: 202.",
        ),
        ...{ body: statusBody, response: { 200: changedSchema, 202: changedSchema } },
      },
      config: changes,
    },
    async (request, reply) => {
      const { id } = await changeableRoom(options, request, request.params.roomId);
      if (request.body.status === "open") {
        const room = valueOrThrow(await rooms.reopenRoom(id));
        return { message: `The room ${id} is open.`, room: await showRoom(options, request, room) };
      }
      const { room, later } = valueOrThrow(await rooms.closeRoom(id));
      const message = later ? `The room ${id} is closed when its meeting ends.` : `The room ${id} is closed.`;
      return reply.code(later ? 202 : 200).send({ message, room: await showRoom(options, request, room) });
    },
  );
}

/** The most that a date may be, milliseconds since 1970: the year 9999. */
const latest = 253_402_300_799_999;

const isLater = (date: number, now: number): boolean => date >= now + hourMs && date <= latest;
