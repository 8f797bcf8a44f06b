// The user of a request as a member of the room. To users who are not members the room does not exist (404).
import type { FastifyRequest } from "fastify";
import type { Clock, RoomId } from "#common";
import { type Member, type Members, permissionsOf, type UserRooms } from "#conference/members";
import type { PermissionName, Permissions, Room, Rooms } from "#conference/rooms";
import type { Access, Principal } from "#services/access";
import type { ChatOptions } from "../chat/index.ts";
import { roomNotFound } from "../conference/operation.ts";
import { HttpRefusal, type IdempotencyStore } from "../plugins/index.ts";

export interface SelfServiceOptions {
  readonly rooms: Rooms;
  readonly members: Members;
  readonly access: Pick<Access, "users" | "oidcUsers" | "renew" | "changes">;
  /** Without it there is no chat. */
  readonly chat: ChatOptions | undefined;
  /** What links to the join page begin with; without, there are none. */
  readonly joinPage: string | undefined;
  readonly userRooms: UserRooms;
  readonly idempotencyStore: IdempotencyStore;
  readonly clock: Clock;
}

export interface Membership {
  readonly room: Room;
  readonly member: Member;
  readonly permissions: Permissions;
}

export const userOf = ({ principal }: FastifyRequest): Principal => principal!;

export const isAdmin = ({ baseRole }: Member): boolean => baseRole === "moderator";

/** Undefined: the user is not in the room, or there is none. */
export async function membershipOf(
  { rooms, members }: Pick<SelfServiceOptions, "rooms" | "members">,
  userId: string,
  id: RoomId,
): Promise<Membership | undefined> {
  const [room, member] = await Promise.all([rooms.get(id), members.find(id, { userId })]);
  return room && member && { room, member, permissions: permissionsOf(member, room) };
}

/** @throws HttpRefusal */
export async function requireMember(
  options: SelfServiceOptions,
  request: FastifyRequest,
  id: RoomId,
): Promise<Membership> {
  const found = await membershipOf(options, userOf(request).id, id);
  if (!found) throw roomNotFound(id);
  return found;
}

/** @throws HttpRefusal when the user is no admin of the room, or lacks the permission. */
export async function requireAdmin(
  options: SelfServiceOptions,
  request: FastifyRequest,
  { id, permission }: { readonly id: RoomId; readonly permission?: PermissionName },
): Promise<Membership> {
  const found = await requireMember(options, request, id);
  if (!isAdmin(found.member))
    throw new HttpRefusal("ROOM_ADMINS_ONLY", "Only admins of the room may do this.");
  if (permission !== undefined && !found.permissions[permission]) {
    throw new HttpRefusal("PERMISSION_DENIED", `This takes the permission ${permission}.`);
  }
  return found;
}
