// A room and a member as the meet family shows them, and the parts of a room that its clients may give. Pure.
import { type Member, permissionsOf } from "#conference/members";
import type { BaseRole, Room, RoomAccess, RoomConfig } from "#conference/rooms";
import { linkOf } from "../join/index.ts";
import { type FieldProblem, refuseFields } from "../plugins/index.ts";
import type { MeetMember, MeetRoom, PartialConfig, PartialRoles } from "./schemas.ts";

/** The state of a room that is not in its record. */
export interface RoomState {
  readonly active: boolean;
  /** The name of the owner. */
  readonly owner: string;
  /** The address with which links begin. */
  readonly joinPage: string;
  /** The roles of the links whose secrets are shown. */
  readonly secrets: readonly BaseRole[];
}

export function meetRoomOf(room: Room, { active, owner, joinPage, secrets }: RoomState): MeetRoom {
  const { id, subject, createdAt, closed, access } = room;
  const { autoDeletionDate, autoDeletionPolicy, config, permissions, links, meetingEndAction } = access;
  const link = (baseRole: BaseRole) => ({
    enabled: links[baseRole].enabled,
    accessUrl: linkOf(joinPage, id, secrets.includes(baseRole) ? links[baseRole].secret : undefined),
  });
  return {
    ...{ roomId: id, roomName: subject, owner, creationDate: Date.parse(createdAt) },
    autoDeletionDate: autoDeletionDate === null ? null : Date.parse(autoDeletionDate),
    ...(autoDeletionDate !== null && { autoDeletionPolicy: { ...autoDeletionPolicy } }),
    config,
    roles: {
      moderator: { permissions: permissions.moderator },
      speaker: { permissions: permissions.speaker },
    },
    anonymous: { moderator: link("moderator"), speaker: link("speaker") },
    accessUrl: linkOf(joinPage, id),
    status: active ? "active_meeting" : closed ? "closed" : "open",
    meetingEndAction,
  };
}

/** `memberId`: as this family knows the member. */
export function meetMemberOf(
  member: Member,
  room: Room,
  { memberId, joinPage }: { readonly memberId: string; readonly joinPage: string },
): MeetMember {
  const { name, linkSecret, baseRole, customPermissions } = member;
  return {
    ...{ memberId, name, accessUrl: linkOf(joinPage, room.id, linkSecret), baseRole },
    ...(Object.keys(customPermissions).length > 0 && { customPermissions }),
    effectivePermissions: permissionsOf(member, room),
  };
}

/** The fields that were asked for; all without any. Names that there are not are refused. */
export function pickFields<Shown extends object>(
  shown: Shown,
  names: readonly string[] | undefined,
): Partial<Shown> {
  if (!names) return shown;
  const wanted = Object.entries(shown).filter(([name]) => names.includes(name));
  return Object.fromEntries(wanted) as Partial<Shown>;
}

/** @throws HttpRefusal when one is none of `known`. */
export function readFields(
  text: string | undefined,
  known: readonly string[],
): readonly string[] | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw refuseFields([
    invalid("fields", `must not name ${JSON.stringify(unknown.slice(0, 50))}: there is no such field`),
  ]);
}

/** The given values, merged over the present ones. End-to-end encryption cannot be recorded. */
export function mergedConfig(before: RoomConfig, given: PartialConfig): RoomConfig {
  const e2ee = given.e2ee ?? before.e2ee;
  const recording = { ...before.recording, ...given.recording };
  return {
    chat: given.chat ?? before.chat,
    recording: e2ee.enabled ? { ...recording, enabled: false } : recording,
    virtualBackground: given.virtualBackground ?? before.virtualBackground,
    e2ee,
  };
}

export const mergedRoles = (
  { moderator, speaker }: RoomAccess["permissions"],
  given: PartialRoles,
): RoomAccess["permissions"] => ({
  moderator: { ...moderator, ...given.moderator?.permissions },
  speaker: { ...speaker, ...given.speaker?.permissions },
});

/** A field whose value makes no sense. */
export const invalid = (field: string, message: string): FieldProblem => ({
  field,
  message,
  code: "INVALID_FIELD",
});
