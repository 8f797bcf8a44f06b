// The fourteen permissions of participants: the defaults of the two base roles, and the overrides of one member. Pure.
// The base role `moderator` is the role `host` of the rest of the bridge, `speaker` is `participant`.
import type { Role } from "./options.ts";

export const permissionNames = [
  "canRecord",
  "canRetrieveRecordings",
  "canDeleteRecordings",
  "canJoinMeeting",
  "canShareAccessLinks",
  "canMakeModerator",
  "canKickParticipants",
  "canEndMeeting",
  "canPublishVideo",
  "canPublishAudio",
  "canShareScreen",
  "canReadChat",
  "canWriteChat",
  "canChangeVirtualBackground",
] as const;
export type PermissionName = (typeof permissionNames)[number];

export type Permissions = { readonly [Name in PermissionName]: boolean };
/** Permissions that are absent are those of the base role. */
export type PermissionOverrides = Partial<Permissions>;

export const baseRoles = ["moderator", "speaker"] as const;
export type BaseRole = (typeof baseRoles)[number];
export type RolePermissions = Readonly<Record<BaseRole, Permissions>>;

const everything = Object.fromEntries(permissionNames.map((name) => [name, true])) as Permissions;

export const defaultPermissions: RolePermissions = {
  moderator: everything,
  speaker: {
    ...everything,
    canRecord: false,
    canDeleteRecordings: false,
    canShareAccessLinks: false,
    canMakeModerator: false,
    canKickParticipants: false,
    canEndMeeting: false,
  },
};

export const baseRoleOf = (role: Role): BaseRole => (role === "host" ? "moderator" : "speaker");
export const roleOf = (baseRole: BaseRole): Role => (baseRole === "moderator" ? "host" : "participant");

/** The roles whose link without an account may be handed on with these permissions; the link of moderators makes moderators. */
export const sharedLinkRoles = ({
  canShareAccessLinks,
  canMakeModerator,
}: Permissions): readonly BaseRole[] =>
  baseRoles.filter((role) => canShareAccessLinks && (role === "speaker" || canMakeModerator));

/** The permissions of a member in a room with these role permissions. */
export const effectivePermissions = (
  roles: RolePermissions,
  baseRole: BaseRole,
  overrides: PermissionOverrides = {},
): Permissions => ({ ...roles[baseRole], ...overrides });
