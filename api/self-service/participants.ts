// The members of a room: listed, invited and removed by its admins, who also make others admins. A room always keeps an admin.

import type { FastifyRequest } from "fastify";
import type { Static } from "typebox";
import type { MemberId, RoomId } from "#common";
import type { Member, NewUserMember } from "#conference/members";
import { noContentResponse, unwrap } from "../conference/operation.ts";
import type { Api } from "../instance.ts";
import { type FieldProblem, HttpRefusal, refuseBody } from "../plugins/index.ts";
import { changesOf, without } from "../read-only.ts";
import { isAdmin, requireAdmin, requireMember, type SelfServiceOptions } from "./membership.ts";
import {
  describe,
  fixedProfileFields,
  inviteSchema,
  movingProfileFields,
  participantListSchema,
  participantParams,
  participantSchema,
  profileSchema,
  removeSchema,
  roomParams,
  type WireParticipant,
} from "./schemas.ts";

const forAdmins = "For admins of the room.";

const invite = {
  ...describe(
    "inviteParticipants",
    "Invite users to a room",
    `A user who is in it already stays as they are. With an id that is no user's, no user is invited. ${forAdmins}`,
  ),
  params: roomParams,
  body: inviteSchema,
  response: { 200: participantListSchema },
};
const remove = {
  ...describe(
    "removeParticipants",
    "Remove participants from a room",
    `Who is in the meeting is sent away at once; their links and tokens open nothing any more. The last admin cannot be removed. ${forAdmins}`,
  ),
  params: roomParams,
  body: removeSchema,
  response: noContentResponse,
};
const grant = {
  ...describe("grantRoomAdmin", "Make an admin of a participant", forAdmins),
  params: participantParams,
  response: { 200: participantSchema },
};
const revoke = {
  ...describe("revokeRoomAdmin", "Make an admin a participant", `The last admin stays one. ${forAdmins}`),
  params: participantParams,
  response: { 200: participantSchema },
};
const list = {
  ...describe(
    "listParticipants",
    "List the participants of a room",
    "With their profiles, for those who are in it.",
  ),
  params: roomParams,
  response: { 200: participantListSchema },
};
const profile = {
  ...describe(
    "updateMyProfile",
    "Change one's own profile in a room",
    "The name that the room shows, and whether the user has put the room away.",
  ),
  params: roomParams,
  body: profileSchema,
  response: { 200: participantSchema },
};

const config = { scope: "user" } as const;
const pageSize = 100;

export function participantRoutes(api: Api, options: SelfServiceOptions): void {
  const { rooms, members } = options;
  const { users, oidcUsers } = options.access;

  async function allOf(room: RoomId): Promise<readonly Member[]> {
    const all: Member[] = [];
    for (;;) {
      const last = all.at(-1);
      const page = await members.list(room, { ...(last && { after: last }), top: pageSize });
      all.push(...page);
      if (page.length < pageSize) return all;
    }
  }

  async function shown(room: RoomId, some: readonly Member[]): Promise<WireParticipant[]> {
    const found = await rooms.participants(room);
    const inside = new Set(found.ok ? found.value.flatMap(({ memberId }) => memberId ?? []) : []);
    return some.map((member) => ({
      ...{ participant_id: member.userId ?? member.id, user_id: member.userId, username: member.name },
      ...{ archive_room: member.archived, admin: isAdmin(member), in_room: inside.has(member.id) },
    }));
  }

  /** @throws HttpRefusal that names the ids of no user. */
  async function usersOf(people: Static<typeof inviteSchema>["participants"]): Promise<NewUserMember[]> {
    const known: NewUserMember[] = [];
    const unknown: FieldProblem[] = [];
    for (const [index, { user_id: userId, username }] of people.entries()) {
      const name = (await users.get(userId))?.displayName ?? (await oidcUsers.get(userId))?.name;
      if (name === undefined) {
        unknown.push({ field: `participants[${index}].user_id`, message: "must be the id of a user" });
      } else known.push({ id: userId as MemberId, userId, name: username ?? name, baseRole: "speaker" });
    }
    if (unknown.length === 0) return known;
    const details = unknown.map(({ field, message }) => `${field} ${message}`).join("; ");
    throw new HttpRefusal("USER_NOT_FOUND", `${details}. No user was invited.`, { fields: unknown });
  }

  api.post("/admin/room/:room_id/participant", { schema: invite, config }, async (request) => {
    const { room } = await requireAdmin(options, request, { id: request.params.room_id });
    const users = await usersOf(request.body.participants);
    return { items: await shown(room.id, unwrap(await members.addUsers(room.id, users))) };
  });

  api.delete("/admin/room/:room_id/participant", { schema: remove, config }, async (request, reply) => {
    const { room } = await requireAdmin(options, request, {
      ...{ id: request.params.room_id, permission: "canKickParticipants" },
    });
    const leaving: MemberId[] = [];
    for (const id of request.body.participant_ids) leaving.push((await memberOf(room.id, id)).id);
    unwrap(await members.removeAll(room.id, leaving, { keepAdmin: "always" }));
    return reply.code(204).send(null);
  });

  const setRole = async (
    request: FastifyRequest<{ Params: { room_id: RoomId; participant_id: string } }>,
    baseRole: Member["baseRole"],
  ): Promise<WireParticipant> => {
    const { room_id: id, participant_id: participant } = request.params;
    const { room } = await requireAdmin(options, request, { id, permission: "canMakeModerator" });
    const { id: member } = await memberOf(room.id, participant);
    const changed = unwrap(await members.update(room.id, member, { baseRole }, { keepAdmin: "always" }));
    return (await shown(room.id, [changed]))[0]!;
  };

  const adminPath = "/admin/room/:room_id/participant/:participant_id/admin";
  api.post(adminPath, { schema: grant, preValidation: refuseBody, config }, (request) =>
    setRole(request, "moderator"),
  );
  api.delete(adminPath, { schema: revoke, preValidation: refuseBody, config }, (request) =>
    setRole(request, "speaker"),
  );

  api.get("/participant/room/:room_id/participant", { schema: list, config }, async (request) => {
    const { room } = await requireMember(options, request, request.params.room_id);
    return { items: await shown(room.id, await allOf(room.id)) };
  });

  api.patch("/participant/room/:room_id/userprofile", { schema: profile, config }, async (request) => {
    const { room, member } = await requireMember(options, request, request.params.room_id);
    const { username: name, archive_room: archived } = changesOf(
      without(request.body, movingProfileFields),
      fixedProfileFields,
      (await shown(room.id, [member]))[0]!,
    );
    const changes = { ...(name !== undefined && { name }), ...(archived !== undefined && { archived }) };
    const changed = unwrap(await members.update(room.id, member.id, changes));
    return (await shown(room.id, [changed]))[0]!;
  });

  /** A user by their id, whichever API has made them a member. @throws HttpRefusal */
  async function memberOf(room: RoomId, participant: string): Promise<Member> {
    const found =
      (await members.get(room, participant as MemberId)) ??
      (await members.find(room, { userId: participant }));
    if (!found) throw new HttpRefusal("MEMBER_NOT_FOUND", `The room has no participant ${participant}.`);
    return found;
  }
}
