// The shapes of the meet family on the wire: camelCase, instants in milliseconds since 1970. Names, limits and defaults are
// those that its clients know.
import { type Static, type TBoolean, type TOptional, Type } from "typebox";
import type { MemberId, RoomId } from "#common";
import {
  type BaseRole,
  baseRoles,
  defaultPermissions,
  deletionSuccesses,
  meetingEndActions,
  meetingPolicies,
  type PermissionName,
  permissionNames,
  recordingPolicies,
  recordingReaders,
  recordingsPolicies,
} from "#conference/rooms";
import { oneOf } from "../conference/room-fields.ts";
import { readOnlyFields } from "../read-only.ts";
import { nameText, plainUsernameText } from "../texts.ts";

const flag = (description: string) => Type.Boolean({ description });

const permissionFields = Object.fromEntries(
  permissionNames.map((name) => [name, Type.Boolean({ description: `Whether they have \`${name}\`.` })]),
) as { [Name in PermissionName]: TBoolean };

const permissions = Type.Object(permissionFields, { description: "What the role may do." });

/** Those that are given change. */
const someOf = (description: string) =>
  Type.Object(
    Type.Partial(Type.Object(permissionFields)).properties as {
      [Name in PermissionName]: TOptional<TBoolean>;
    },
    {
      additionalProperties: false,
      description,
    },
  );

const enabled = (what: string) =>
  Type.Object(
    { enabled: flag(`Whether ${what} is on.`) },
    { additionalProperties: false, description: `The switch of ${what}.` },
  );

const recordingConfig = {
  enabled: flag("Whether the room may be recorded."),
  allowAccessTo: oneOf(recordingReaders, {
    description: "The users and participants who may see its recordings, beside administrators.",
  }),
};

const configExample = {
  chat: { enabled: true },
  recording: { enabled: true, allowAccessTo: "admin_moderator_speaker" },
  virtualBackground: { enabled: true },
  e2ee: { enabled: false },
};

export const configSchema = Type.Object(
  {
    chat: enabled("the chat"),
    recording: Type.Object(recordingConfig, { description: "Recordings of the room." }),
    virtualBackground: enabled("the virtual background"),
    e2ee: enabled("end-to-end encryption"),
  },
  {
    description: "What is on in the room.",
    examples: [configExample],
  },
);

/** As a client gives it: what is absent stays. */
const partialConfig = Type.Object(
  {
    chat: Type.Optional(enabled("the chat")),
    recording: Type.Optional(
      Type.Object(Type.Partial(Type.Object(recordingConfig)).properties, {
        additionalProperties: false,
        description: "Recordings of the room.",
      }),
    ),
    virtualBackground: Type.Optional(enabled("the virtual background")),
    e2ee: Type.Optional(enabled("end-to-end encryption, which switches recording off")),
  },
  { additionalProperties: false, description: "What is to be on in the room." },
);
export type PartialConfig = Static<typeof partialConfig>;

const someRole = Type.Object(
  { permissions: someOf("Those that are given change.") },
  { additionalProperties: false, description: "The role." },
);
const someRoles = Type.Object(
  { moderator: Type.Optional(someRole), speaker: Type.Optional(someRole) },
  { additionalProperties: false, description: "What the roles may do." },
);
export type PartialRoles = Static<typeof someRoles>;

const anonymousLinks = "The links that let people without an account in.";
const someLink = Type.Optional(enabled("the link"));
const someLinks = Type.Object(
  { moderator: someLink, speaker: someLink },
  { additionalProperties: false, description: anonymousLinks },
);

/** Of the link of a role. */
export const fixedLinkFields = ["accessUrl"] as const;
const changedLink = Type.Optional(
  Type.Object(
    { enabled: flag("Whether the link is on."), ...readOnlyFields(fixedLinkFields) },
    { additionalProperties: false, description: "The link of the role." },
  ),
);
const changedLinks = Type.Object(
  { moderator: changedLink, speaker: changedLink },
  { additionalProperties: false, description: anonymousLinks },
);

const autoDeletionDate = Type.Unsafe<number | null>({
  type: ["integer", "null"],
  description: "When the room is deleted, milliseconds since 1970, at least an hour from now.",
});
const autoDeletionPolicy = Type.Object(
  {
    withMeeting: Type.Optional(
      oneOf(["force", "when_meeting_ends"], {
        default: "when_meeting_ends",
        description: "What becomes of a meeting that runs at that moment.",
      }),
    ),
    withRecordings: Type.Optional(
      oneOf(recordingsPolicies, {
        default: "close",
        description: "`force`: recordings go, too. `close`: the room is closed instead of deleted.",
      }),
    ),
  },
  { additionalProperties: false, description: "How the room is deleted when its date has come." },
);

export const roomName = Type.String({
  maxLength: 500,
  description: "At most 50 characters once blanks are trimmed and collapsed; need not be unique.",
});

export const createRoomBody = Type.Object(
  {
    roomName: Type.Optional(roomName),
    autoDeletionDate: Type.Optional(autoDeletionDate),
    autoDeletionPolicy: Type.Optional(autoDeletionPolicy),
    config: Type.Optional(partialConfig),
    roles: Type.Optional(someRoles),
    anonymous: Type.Optional(someLinks),
  },
  {
    additionalProperties: false,
    examples: [
      { roomName: "Board meeting", roles: { speaker: { permissions: { canShareScreen: false } } } },
      {},
    ],
  },
);

export const configBody = Type.Object(
  { config: partialConfig },
  { additionalProperties: false, examples: [{ config: { chat: { enabled: false } } }] },
);
export const rolesBody = Type.Object(
  { roles: someRoles },
  { additionalProperties: false, examples: [{ roles: { speaker: { permissions: { canRecord: true } } } }] },
);
export const anonymousBody = Type.Object(
  { anonymous: changedLinks },
  { additionalProperties: false, examples: [{ anonymous: { speaker: { enabled: false } } }] },
);
export const statusBody = Type.Object(
  { status: oneOf(["open", "closed"], { description: "`closed`: takes no new participants." }) },
  { additionalProperties: false, examples: [{ status: "closed" }] },
);

const link = Type.Object(
  {
    enabled: flag("Whether the link lets participants in."),
    accessUrl: Type.String({
      format: "uri",
      description: "The link. Without its secret for those who may not hand it on.",
    }),
  },
  { description: "The link of the role." },
);
const role = Type.Object({ permissions }, { description: "The role." });

/** Every field that a room may be shown with. */
const roomFields = {
  roomId: Type.String({ description: "The id of the room, the same in every API of this bridge." }),
  roomName: Type.String({ description: "What the room is called." }),
  owner: Type.String({ description: "Whose the room is: a user name, or `admin`." }),
  creationDate: Type.Integer({ description: "When it was made, milliseconds since 1970." }),
  autoDeletionDate: Type.Unsafe<number | null>({
    type: ["integer", "null"],
    description: "When it is deleted, milliseconds since 1970; null: not by itself.",
  }),
  autoDeletionPolicy: Type.Object(
    {
      withMeeting: oneOf(["force", "when_meeting_ends"], { description: "With a meeting that runs then." }),
      withRecordings: oneOf(recordingsPolicies, { description: "With recordings that there are then." }),
    },
    { description: "How it is deleted; absent without a date." },
  ),
  config: configSchema,
  roles: Type.Object({ moderator: role, speaker: role }, { description: "What the roles may do." }),
  anonymous: Type.Object(
    { moderator: link, speaker: link },
    { description: "Links for people without an account." },
  ),
  accessUrl: Type.String({ format: "uri", description: "The link for users, who log in." }),
  status: oneOf(["open", "active_meeting", "closed"], { description: "How the room is doing." }),
  meetingEndAction: oneOf(meetingEndActions, { description: "What the end of the running meeting brings." }),
};

export type RoomFieldName = keyof typeof roomFields;
export const roomFieldNames = Object.keys(roomFields) as readonly RoomFieldName[];

const roomExample = {
  roomId: "board_meeting-Zk3v9Qm1xT0aB7c",
  roomName: "Board meeting",
  owner: "admin",
  creationDate: 1_772_438_400_000,
  autoDeletionDate: null,
  config: configExample,
  roles: {
    moderator: { permissions: defaultPermissions.moderator },
    speaker: { permissions: defaultPermissions.speaker },
  },
  anonymous: {
    moderator: {
      enabled: true,
      accessUrl: "https://meet.example.com/join/?room=board_meeting-Zk3v9Qm1xT0aB7c&secret=q8Zt3LmP0a",
    },
    speaker: {
      enabled: true,
      accessUrl: "https://meet.example.com/join/?room=board_meeting-Zk3v9Qm1xT0aB7c&secret=h2Ks7RvN4d",
    },
  },
  accessUrl: "https://meet.example.com/join/?room=board_meeting-Zk3v9Qm1xT0aB7c",
  status: "open",
  meetingEndAction: "none",
};

/** In which a meeting has begun, as webhooks tell of it: without the secrets of its links. */
export const sampleRoom = {
  ...roomExample,
  anonymous: {
    moderator: { enabled: true, accessUrl: roomExample.accessUrl },
    speaker: { enabled: true, accessUrl: roomExample.accessUrl },
  },
  status: "active_meeting",
};

/** All fields, or those that were asked for. */
export const roomSchema = Type.Object(Type.Partial(Type.Object(roomFields)).properties, {
  description: "The room.",
  examples: [roomExample],
});
export type MeetRoom = Static<typeof roomSchema>;

const pagination = Type.Object(
  {
    isTruncated: flag("Whether there are more."),
    nextPageToken: Type.Unsafe<string | null>({
      type: ["string", "null"],
      description: "For the next page; null on the last one.",
    }),
    maxItems: Type.Integer({ description: "How many there may be on a page." }),
  },
  { description: "Where this page stands." },
);
const paginationExample = { isTruncated: false, nextPageToken: null, maxItems: 10 };

export const roomListSchema = Type.Object(
  { rooms: Type.Array(roomSchema, { description: "The rooms of this page." }), pagination },
  { description: "One page of rooms.", examples: [{ rooms: [roomExample], pagination: paginationExample }] },
);

export const changedSchema = Type.Object(
  { message: Type.String({ description: "What was done." }), room: roomSchema },
  { description: "Done.", examples: [{ message: "The room is closed.", room: roomExample }] },
);

export const messageSchema = Type.Object(
  { message: Type.String({ description: "What was done." }) },
  { description: "Done.", examples: [{ message: "The member is removed." }] },
);

const deletionFields = {
  successCode: oneOf(deletionSuccesses, { description: "What became of the room." }),
  message: Type.String({ description: "The same in words." }),
  room: Type.Optional(roomSchema),
};
const deletionExample = { successCode: "room_deleted", message: "The room is deleted." };
export const deletionSchema = Type.Object(deletionFields, {
  description: "Done.",
  examples: [deletionExample],
});

const bulkFields = {
  message: Type.String({ description: "How many were processed." }),
  successful: Type.Array(Type.Object(deletionFields), { description: "What became of these." }),
  failed: Type.Array(
    Type.Object({
      roomId: Type.String({ description: "The id that was given." }),
      error: Type.String({ description: "Why nothing was done." }),
      message: Type.String({ description: "The same in words." }),
    }),
    { description: "Rooms that are as they were." },
  ),
};
const bulkExample = { message: "1 of 1 rooms was processed.", successful: [deletionExample], failed: [] };
export const bulkDoneSchema = Type.Object(bulkFields, {
  description: "All were processed.",
  examples: [bulkExample],
});
// Parameters.

export const roomParams = Type.Object({
  roomId: Type.Unsafe<RoomId>({ type: "string", description: "The id of the room." }),
});
export const memberParams = Type.Object({
  ...roomParams.properties,
  memberId: Type.Unsafe<MemberId>({ type: "string", description: "The id of the member." }),
});

const fields = (names: readonly string[]) =>
  Type.Optional(
    Type.String({ maxLength: 500, description: `Only these, with commas between: ${names.join(", ")}.` }),
  );

export const pageQuery = {
  maxItems: Type.Optional(
    Type.Integer({
      minimum: 1,
      default: 10,
      description: "How many on a page; at most 100, more is taken as 100.",
    }),
  ),
  nextPageToken: Type.Optional(
    Type.String({ minLength: 1, maxLength: 2048, description: "As the page before has it." }),
  ),
};

/** What a query holds besides is ignored: clients send what other versions of this family know. */
export const roomFieldsQuery = Type.Object({ fields: fields(roomFieldNames) });

export const roomListQuery = Type.Object({
  ...pageQuery,
  fields: fields(roomFieldNames),
  roomName: Type.Optional(
    Type.String({
      maxLength: 100,
      description: "Only rooms whose name contains this, in upper or lower case.",
    }),
  ),
  status: Type.Optional(oneOf(["open", "active_meeting", "closed"], { description: "Only these." })),
  sortField: Type.Optional(
    oneOf(["creationDate", "roomName", "autoDeletionDate"], {
      default: "creationDate",
      description: "By what they are in order.",
    }),
  ),
  sortOrder: Type.Optional(oneOf(["asc", "desc"], { default: "desc", description: "Which way." })),
});
export type RoomListQuery = Static<typeof roomListQuery>;

const policies = {
  withMeeting: Type.Optional(
    oneOf(meetingPolicies, { default: "fail", description: "With a meeting that runs in the room." }),
  ),
  withRecordings: Type.Optional(
    oneOf(recordingPolicies, { default: "fail", description: "With recordings of the room." }),
  ),
};
export const deletionQuery = Type.Object(policies);
export const bulkQuery = Type.Object({
  roomIds: Type.String({
    ...{ minLength: 1, maxLength: 8000 },
    description: "The ids of the rooms, with commas between; at most a hundred.",
  }),
  ...policies,
});

// Members.

const baseRole = oneOf<BaseRole>(baseRoles, { description: "What the member may do unless overridden." });

export const addMemberBody = Type.Object(
  {
    userId: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        pattern: plainUsernameText,
        description: "A user, by their name. Not with `name`.",
      }),
    ),
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 50,
        pattern: nameText,
        description: "A person without an account. Not with `userId`.",
      }),
    ),
    baseRole,
    customPermissions: Type.Optional(someOf("What differs from the base role.")),
  },
  {
    additionalProperties: false,
    examples: [
      { name: "Ada", baseRole: "speaker", customPermissions: { canRecord: true } },
      { userId: "alice_smith", baseRole: "moderator" },
    ],
  },
);

/** Of a member. */
export const fixedMemberFields = ["memberId", "name", "accessUrl"] as const;
/** What follows from others. */
export const movingMemberFields = ["effectivePermissions"] as const;

export const updateMemberBody = Type.Object(
  {
    ...readOnlyFields([...fixedMemberFields, ...movingMemberFields]),
    baseRole: Type.Optional(baseRole),
    customPermissions: Type.Optional(
      someOf("What differs from the base role: replaces all that did before."),
    ),
  },
  { additionalProperties: false, examples: [{ baseRole: "moderator" }] },
);

const memberFields = {
  memberId: Type.String({ description: "The user's name, or `ext-` and what makes it unique." }),
  name: Type.String({ description: "The name that the room shows." }),
  accessUrl: Type.String({ format: "uri", description: "The member's own link." }),
  baseRole,
  customPermissions: Type.Object(Type.Partial(Type.Object(permissionFields)).properties, {
    description: "What differs from the base role; absent when nothing does.",
  }),
  effectivePermissions: Type.Object(permissionFields, { description: "What they may do." }),
};
export type MemberFieldName = keyof typeof memberFields;
export const memberFieldNames = Object.keys(memberFields) as readonly MemberFieldName[];

const memberExample = {
  memberId: "ext-4kTq81LmZx0Vb2c",
  name: "Ada",
  accessUrl: "https://meet.example.com/join/?room=board_meeting-Zk3v9Qm1xT0aB7c&secret=w5Np1XcY9e",
  baseRole: "speaker",
  customPermissions: { canRecord: true },
  effectivePermissions: { ...defaultPermissions.speaker, canRecord: true },
};
export const memberSchema = Type.Object(Type.Partial(Type.Object(memberFields)).properties, {
  description: "The member.",
  examples: [memberExample],
});
export type MeetMember = Static<typeof memberSchema>;

const memberFieldsQuery = { fields: fields(memberFieldNames) };
export const memberListQuery = Type.Object({ ...pageQuery, ...memberFieldsQuery });
export const memberListSchema = Type.Object(
  { members: Type.Array(memberSchema, { description: "The members of this page." }), pagination },
  {
    description: "One page of members.",
    examples: [{ members: [memberExample], pagination: paginationExample }],
  },
);
