// The access settings of a room beside PINs: the permissions of its roles, the links without an account, the functions that are
// switched off, and what is done with the room when its meeting or its time is over. Pure: the defaults.
import { type BaseRole, defaultPermissions, type RolePermissions } from "./permissions.ts";

/** A link that lets people without an account in, with one role. */
export interface AnonymousLink {
  readonly enabled: boolean;
  /** Its knowledge is enough to enter, so it is shown only to clients that may change the room. */
  readonly secret: string;
}

export const recordingReaders = ["admin", "admin_moderator", "admin_moderator_speaker"] as const;

export interface RoomConfig {
  readonly chat: { readonly enabled: boolean };
  readonly recording: {
    readonly enabled: boolean;
    readonly allowAccessTo: (typeof recordingReaders)[number];
  };
  readonly virtualBackground: { readonly enabled: boolean };
  readonly e2ee: { readonly enabled: boolean };
}

export const meetingEndActions = ["none", "delete", "close"] as const;
export type MeetingEndAction = (typeof meetingEndActions)[number];

/** How recordings are treated when their room is deleted; `close`: they stay, and the room is closed instead. */
export const recordingsPolicies = ["force", "close"] as const;
export type RecordingsPolicy = (typeof recordingsPolicies)[number];

export interface AutoDeletionPolicy {
  readonly withMeeting: "force" | "when_meeting_ends";
  readonly withRecordings: RecordingsPolicy;
}

export interface RoomAccess {
  /** The id of the user who made the room; null: it was made with a key. */
  readonly owner: string | null;
  readonly permissions: RolePermissions;
  readonly links: Readonly<Record<BaseRole, AnonymousLink>>;
  readonly config: RoomConfig;
  /** RFC 3339 in UTC; null: the room stays. */
  readonly autoDeletionDate: string | null;
  readonly autoDeletionPolicy: AutoDeletionPolicy;
  /** What is done with the room at the end of the running meeting; `none` without one. */
  readonly meetingEndAction: MeetingEndAction;
  /** For `delete`: how recordings are treated then. */
  readonly meetingEndRecordings: RecordingsPolicy;
}

/** Returns the access settings of a new room that differ from `defaults`, which contain those from its fields. */
export type AccessOf = (defaults: RoomAccess) => Partial<RoomAccess>;

/** `secrets`: of the anonymous links. */
export const defaultAccess = (secrets: Readonly<Record<BaseRole, string>>): RoomAccess => ({
  owner: null,
  permissions: defaultPermissions,
  links: {
    moderator: { enabled: true, secret: secrets.moderator },
    speaker: { enabled: true, secret: secrets.speaker },
  },
  config: {
    chat: { enabled: true },
    recording: { enabled: true, allowAccessTo: "admin_moderator_speaker" },
    virtualBackground: { enabled: true },
    e2ee: { enabled: false },
  },
  autoDeletionDate: null,
  autoDeletionPolicy: { withMeeting: "when_meeting_ends", withRecordings: "close" },
  meetingEndAction: "none",
  meetingEndRecordings: "close",
});

/** The number of characters of the secret of a link. */
export const linkSecretLength = 10;
