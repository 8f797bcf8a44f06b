// The members of a room of the meet family: people with links of their own. For API keys alone; a member may look at
// themselves with their token.
import type { MemberId, RoomId } from "#common";
import type { Member } from "#conference/members";
import type { Room } from "#conference/rooms";
import { unwrap } from "../conference/operation.ts";
import type { Api } from "../instance.ts";
import { HttpRefusal, refuseBody, refuseFields } from "../plugins/index.ts";
import { changesOf, without } from "../read-only.ts";
import { itemsOf, readToken } from "./listing.ts";
import { findMember, nameOfMember } from "./owners.ts";
import { changeableRoom, describe, type MeetOptions, requireReadableRoom, security } from "./room-access.ts";
import {
  addMemberBody,
  fixedMemberFields,
  type MeetMember,
  memberFieldNames,
  memberListQuery,
  memberListSchema,
  memberParams,
  memberSchema,
  messageSchema,
  movingMemberFields,
  roomParams,
  updateMemberBody,
} from "./schemas.ts";
import { invalid, meetMemberOf, pickFields, readFields } from "./view.ts";

const add = {
  ...describe("addRoomMember", "Add a member to a room"),
  description:
    "A user of this bridge (`userId`) or a person without an account (`name`); not both. The member's link is in the answer.",
  security: security("rooms"),
  params: roomParams,
  body: addMemberBody,
  response: { 201: memberSchema },
};
const list = {
  ...describe("getRoomMembers", "List the members of a room"),
  description: "In the order in which they were added, a page at a time.",
  security: security("rooms"),
  params: roomParams,
  querystring: memberListQuery,
  response: { 200: memberListSchema },
};
const show = {
  ...describe("getRoomMember", "Show a member of a room"),
  description: "With a room-member token: oneself.",
  security: security("rooms", "roomMembers"),
  params: memberParams,
  response: { 200: memberSchema },
};
const update = {
  ...describe("updateRoomMember", "Change a member of a room"),
  description: "Takes effect at once, also in the middle of a meeting.",
  security: security("rooms"),
  params: memberParams,
  body: updateMemberBody,
  response: { 200: memberSchema },
};
const remove = {
  ...describe("deleteRoomMember", "Remove a member from a room"),
  description:
    "They are sent out of a running meeting at once; their link and their tokens open nothing any more.",
  security: security("rooms"),
  params: memberParams,
  response: { 200: messageSchema },
};

const config = { scope: "anyone", meet: { need: "rooms" } } as const;
const open = { scope: "anyone", meet: { need: "rooms", roomMembers: true } } as const;

export function memberRoutes(api: Api, options: MeetOptions): void {
  const { members, owners, pages, joinPage, callers } = options;

  const shown = async (member: Member, room: Room): Promise<MeetMember> =>
    meetMemberOf(member, room, { memberId: await nameOfMember(owners, member), joinPage });

  /** @throws HttpRefusal */
  async function memberOf(room: RoomId, member: MemberId): Promise<Member> {
    const found = await findMember(owners, members, { room, member });
    if (!found) throw memberNotFound(member);
    return found;
  }

  api.post("/rooms/:roomId/members", { schema: add, config }, async (request, reply) => {
    const room = await changeableRoom(options, request, request.params.roomId);
    const { userId, name, baseRole, customPermissions = {} } = request.body;
    if ((userId === undefined) === (name === undefined)) {
      const message = "must be given unless the other one is, and not both: `userId` or `name`";
      throw refuseFields([invalid("userId", message), invalid("name", message)]);
    }
    const user = userId === undefined ? undefined : await owners.users.find(userId);
    if (userId !== undefined && !user) throw new HttpRefusal("USER_NOT_FOUND", `There is no user ${userId}.`);
    const member = unwrap(
      await members.add(room.id, {
        ...{ baseRole, customPermissions, name: user?.displayName ?? name!.trim() },
        ...(user && { id: user.username as MemberId, userId: user.id }),
      }),
    );
    return reply
      .code(201)
      .header("location", `/api/v1/rooms/${room.id}/members/${member.id}`)
      .send(await shown(member, room));
  });

  api.get("/rooms/:roomId/members", { schema: list, config }, async (request) => {
    const { query } = request;
    const names = readFields(query.fields, memberFieldNames);
    const room = await changeableRoom(options, request, request.params.roomId);
    const maxItems = itemsOf(query.maxItems);
    const name = `members ${room.id}`;
    const cursor =
      query.nextPageToken === undefined ? undefined : readToken(pages, name, query.nextPageToken);
    const after = cursor && { createdAt: cursor.value ?? "", id: cursor.id as MemberId };
    const found = await members.list(room.id, { top: maxItems + 1, ...(after && { after }) });
    const page = found.slice(0, maxItems);
    const last = page.at(-1);
    const isTruncated = found.length > maxItems;
    return {
      members: (await Promise.all(page.map((member) => shown(member, room)))).map((each) =>
        pickFields(each, names),
      ),
      pagination: {
        ...{ isTruncated, maxItems },
        nextPageToken: isTruncated && last ? pages.make(name, { value: last.createdAt, id: last.id }) : null,
      },
    };
  });

  const one = "/rooms/:roomId/members/:memberId";

  api.get(one, { schema: show, config: open }, async (request): Promise<MeetMember> => {
    const { roomId, memberId } = request.params;
    const asking = callers.roomMember(request);
    const member = await findMember(owners, members, { room: roomId, member: memberId });
    if (asking && (member === undefined || asking.claims.member !== member.id)) {
      throw new HttpRefusal("PERMISSION_DENIED", "A room-member token shows its own member alone.");
    }
    const room = await requireReadableRoom(options, request, roomId);
    if (!member) throw memberNotFound(memberId);
    return shown(member, room);
  });

  api.put(one, { schema: update, config }, async (request) => {
    const { roomId, memberId } = request.params;
    const room = await changeableRoom(options, request, roomId);
    const before = await memberOf(roomId, memberId);
    const { baseRole, customPermissions } = changesOf(
      without(request.body, movingMemberFields),
      fixedMemberFields,
      await shown(before, room),
    );
    const member: Member = unwrap(
      await members.update(
        roomId,
        before.id,
        {
          ...(baseRole !== undefined && { baseRole }),
          ...(customPermissions && { customPermissions }),
        },
        { keepAdmin: "owned" },
      ),
    );
    return shown(member, room);
  });

  api.delete(one, { schema: remove, preValidation: refuseBody, config }, async (request) => {
    const { roomId, memberId } = request.params;
    await changeableRoom(options, request, roomId);
    const { id } = await memberOf(roomId, memberId);
    unwrap(await members.remove(roomId, id, { keepAdmin: "owned" }));
    return { message: `The member ${memberId} is removed from the room ${roomId}.` };
  });
}

const memberNotFound = (id: MemberId): HttpRefusal =>
  new HttpRefusal("MEMBER_NOT_FOUND", `The room has no member with the id ${id}.`);
