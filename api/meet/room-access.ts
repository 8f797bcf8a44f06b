// What the operations of the meet family share: the domain's doors, who asks, how a room is shown, and refusals in the
// family's codes.
import type { FastifyRequest } from "fastify";
import type { Clock, Result, RoomId } from "#common";
import type { Members, UserRooms } from "#conference/members";
import type { DeletionProblem, Room, RoomProblem, Rooms } from "#conference/rooms";
import type { Access } from "#services/access";
import { roomNotFound, unwrap } from "../conference/operation.ts";
import { HttpRefusal, isProblemCode } from "../plugins/index.ts";
import type { Callers } from "./callers.ts";
import { nameOfUser } from "./owners.ts";
import type { PageTokens } from "./page-tokens.ts";
import type { MeetRoom } from "./schemas.ts";
import { meetRoomOf, type RoomState } from "./view.ts";

export interface MeetOptions {
  readonly rooms: Rooms;
  readonly members: Members;
  readonly userRooms: UserRooms;
  /** The users who own rooms and may be members. */
  readonly owners: Pick<Access, "users" | "oidcUsers">;
  readonly callers: Callers;
  readonly pages: PageTokens;
  /** The address with which links begin. */
  readonly joinPage: string;
  readonly clock: Clock;
}

export const describe = (operationId: string, summary: string) => ({ tags: ["Meet"], operationId, summary });

type Credential = "users" | "roomMembers";

/** The credentials that an operation takes beside API keys. */
export const security = (need: "read" | "rooms", ...more: readonly Credential[]) => [
  { apiKey: [need] },
  ...(more.includes("users") ? [{ bearer: [] }] : []),
  ...(more.includes("roomMembers") ? [{ roomMemberToken: [] }] : []),
];

/** The room, if the caller may see it. @throws HttpRefusal */
export async function requireReadableRoom(
  options: MeetOptions,
  request: FastifyRequest,
  id: RoomId,
): Promise<Room> {
  const room = await options.rooms.get(id);
  if (!room) throw roomNotFound(id);
  await options.callers.requireRead(request, room);
  return room;
}

/** The room, if the caller may change it. @throws HttpRefusal */
export async function changeableRoom(
  options: MeetOptions,
  request: FastifyRequest,
  id: RoomId,
): Promise<Room> {
  const room = await options.rooms.get(id);
  if (!room) throw roomNotFound(id);
  options.callers.requireChange(request, room);
  return room;
}

/** The room as the caller may see it. */
export async function showRoom(options: MeetOptions, request: FastifyRequest, room: Room): Promise<MeetRoom> {
  const [shown] = await showRooms(options, request, [room]);
  return shown!;
}

export async function showRooms(
  { rooms, owners, callers, joinPage }: MeetOptions,
  request: FastifyRequest,
  shown: readonly Room[],
): Promise<MeetRoom[]> {
  const names = new Map<string | null, string>();
  for (const { access } of shown) {
    const { owner } = access;
    if (!names.has(owner)) names.set(owner, await nameOfUser(owners, owner));
  }
  const active = new Set(rooms.activeRooms());
  return shown.map((room) => {
    const { owner } = room.access;
    const surroundings: RoomState = {
      ...{ active: active.has(room.id), joinPage, secrets: callers.rolesOfLinksShown(request, room) },
      owner: names.get(owner)!,
    };
    return meetRoomOf(room, surroundings);
  });
}

/** The value of a success; throws the refusal otherwise, under the code that this family has for it. */
export function valueOrThrow<Value>(result: Result<Value, DeletionProblem | RoomProblem>): Value {
  if (result.ok) return result.value;
  const { code, message } = result.error;
  const own = code.toUpperCase();
  if (own !== code || own === "ROOM_HAS_ACTIVE_MEETING") {
    if (!isProblemCode(own)) throw new Error(`the API has no code ${own}`);
    throw new HttpRefusal(own, message, { word: own.toLowerCase() });
  }
  return unwrap({ ok: false, error: result.error as RoomProblem });
}
