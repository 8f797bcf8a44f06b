// A member: a person known to a room in advance, by a link and by tokens of their own. All API families that know people
// before they come share the members: one who is added through one of them is visible through the others.
import type { MemberId, ParticipantId, RoomId } from "#common";
import {
  type BaseRole,
  effectivePermissions,
  type PermissionOverrides,
  type Permissions,
  type Room,
} from "#conference/rooms";

export interface Member {
  /** Unique in its room. */
  readonly id: MemberId;
  /** The id of the participant that the member is while in the room. */
  readonly participantId: ParticipantId;
  readonly roomId: RoomId;
  readonly name: string;
  /** A user of this bridge or of the configured issuer of tokens; unique in its room. */
  readonly userId: string | null;
  /** The id that a client's own system has for them; unique in its room. */
  readonly externalUserId: string | null;
  readonly baseRole: BaseRole;
  readonly customPermissions: PermissionOverrides;
  /** The secret in their personal link. */
  readonly linkSecret: string;
  /** They have put the room away in their own list. */
  readonly archived: boolean;
  /** RFC 3339 in UTC. */
  readonly createdAt: string;
}

export interface NewMember {
  /** Cut to 64 characters. */
  readonly name: string;
  readonly baseRole: BaseRole;
  /** Default: a new one that begins with `ext-`. */
  readonly id?: MemberId;
  readonly userId?: string;
  readonly externalUserId?: string;
  readonly customPermissions?: PermissionOverrides;
}

/** The member is a user. */
export interface NewUserMember extends NewMember {
  readonly userId: string;
}

/** An absent field stays as it is; `customPermissions` replaces all overrides. */
export type MemberChanges = Partial<Pick<Member, "name" | "baseRole" | "customPermissions" | "archived">>;

export const permissionsOf = (
  { baseRole, customPermissions }: Pick<Member, "baseRole" | "customPermissions">,
  { access }: Pick<Room, "access">,
): Permissions => effectivePermissions(access.permissions, baseRole, customPermissions);

/** A user who administers the room. */
export const isAdmin = ({ userId, baseRole }: Member): boolean => userId !== null && baseRole === "moderator";

/** Refusals of the domain. */
export interface MemberProblem {
  readonly code: "ROOM_NOT_FOUND" | "MEMBER_NOT_FOUND" | "MEMBER_EXISTS" | "TOO_MANY_MEMBERS" | "LAST_ADMIN";
  readonly message: string;
}
