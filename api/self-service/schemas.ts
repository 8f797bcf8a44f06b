// Rooms and participants as the self-service API shows them.
import { type Static, Type } from "typebox";
import type { RoomId } from "#common";
import type { RoomMode } from "#conference/rooms";
import {
  clearableFields,
  creationFields,
  nameFields,
  oneOf,
  orNull,
  settingFields,
} from "../conference/room-fields.ts";
import { readOnlyFields } from "../read-only.ts";
import { nameText } from "../texts.ts";

const roomStates = ["booked", "started", "ended"] as const;
export type RoomState = (typeof roomStates)[number];

export const describe = (operationId: string, summary: string, description: string) => ({
  tags: ["Self-service"],
  operationId,
  summary,
  description,
});

export const roomParams = Type.Object({
  room_id: Type.Unsafe<RoomId>({ type: "string", description: "The id of the room." }),
});
export const participantParams = Type.Object({
  ...roomParams.properties,
  participant_id: Type.String({
    maxLength: 200,
    description: "The id of the participant: that of the user.",
  }),
});

const changeable = {
  subject: nameFields.subject,
  capacity: nameFields.capacity,
  language: settingFields.language,
  timezone: settingFields.timezone,
  scheduled_start_at: clearableFields.scheduled_start_at,
  scheduled_end_at: clearableFields.scheduled_end_at,
};

export const createSchema = Type.Object(
  {
    ...Type.Partial(Type.Object({ ...changeable, mode: creationFields.mode })).properties,
    subject: changeable.subject,
  },
  {
    additionalProperties: false,
    examples: [
      {
        subject: "Planning",
        scheduled_start_at: "2030-03-04T09:00:00Z",
        scheduled_end_at: "2030-03-04T10:00:00Z",
      },
    ],
  },
);

/** Of a room as its admin has it. */
export const fixedRoomFields = [
  "room_id",
  "extension_number",
  "mode",
  "created_at",
  "admin",
  "username",
  "archive_room",
  "join_url",
] as const;
export const movingRoomFields = ["status", "on_call"] as const;

export const changesSchema = Type.Object(
  {
    ...Type.Partial(Type.Object(changeable)).properties,
    ...readOnlyFields([...fixedRoomFields, ...movingRoomFields]),
  },
  { additionalProperties: false, examples: [{ subject: "Planning, second part" }] },
);

const maxDelaySeconds = 86_400;
const timeLeft = Type.Integer({
  minimum: 0,
  maximum: maxDelaySeconds,
  default: 0,
  description: "In how many seconds the meeting ends; 0: now.",
});

export const endSchema = Type.Object(
  { time_left: Type.Optional(timeLeft) },
  { additionalProperties: false, examples: [{ time_left: 10 }] },
);

export const changesOrEndSchema = Type.Object(
  { ...changesSchema.properties, time_left: Type.Optional(timeLeft) },
  { additionalProperties: false, examples: [{ time_left: 10 }, { subject: "Planning, second part" }] },
);

const roomExample = {
  room_id: "0d9c6c62-6c0b-4f7e-8a65-61a0f4f0a3b2",
  subject: "Planning",
  extension_number: "8000",
  mode: "VIDEO" as const,
  status: "booked" as const,
  on_call: false,
  capacity: 9,
  language: "en",
  timezone: "UTC",
  scheduled_start_at: "2030-03-04T09:00:00.000Z",
  scheduled_end_at: "2030-03-04T10:00:00.000Z",
  created_at: "2030-03-01T12:00:00.000Z",
  admin: true,
  username: "Ada",
  archive_room: false,
  join_url:
    "https://conference.example.com/join/?room=0d9c6c62-6c0b-4f7e-8a65-61a0f4f0a3b2&secret=k3Jd92mQxa",
};

const instant = (description: string) => orNull({ format: "date-time", description });

export const roomSchema = Type.Object(
  {
    room_id: Type.String({ description: "The id of the room, in every API." }),
    subject: Type.String({ description: "What it is called." }),
    extension_number: Type.String({ description: "The number that phones dial." }),
    mode: oneOf<RoomMode>(["AUDIO", "VIDEO"], { description: "Whether it has a picture." }),
    status: oneOf<RoomState>(roomStates, {
      description:
        "`booked`: it has not begun. `ended`: its time is over, or it is closed. `started`: otherwise.",
    }),
    on_call: Type.Boolean({ description: "Whether a participant is in it now." }),
    capacity: Type.Integer({ description: "How many participants there may be." }),
    language: Type.String({ description: "The language of the prompts." }),
    timezone: Type.String({ description: "The time zone in which times are told." }),
    scheduled_start_at: instant("When it begins."),
    scheduled_end_at: instant("When it ends."),
    created_at: Type.String({ format: "date-time", description: "When it was made." }),
    admin: Type.Boolean({ description: "Whether the user is an admin of the room." }),
    username: Type.String({ description: "The name of the user in the room." }),
    archive_room: Type.Boolean({ description: "Whether the user has put the room away." }),
    join_url: orNull({ description: "The user's own link into the room: not to be passed on." }),
  },
  { description: "The room as the user has it.", examples: [roomExample] },
);
export type WireRoom = Static<typeof roomSchema>;

export const roomListSchema = Type.Object(
  {
    count: Type.Integer({ description: "How many rooms the user is in." }),
    items: Type.Array(roomSchema, { description: "The latest first." }),
  },
  { description: "Rooms of the user.", examples: [{ count: 1, items: [roomExample] }] },
);

export const pageQuery = Type.Object({
  skip: Type.Optional(Type.Integer({ minimum: 0, default: 0, description: "How many to leave out." })),
  top: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100, default: 100, description: "How many at most." }),
  ),
});

const userId = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: "^[\\x21-\\x7e]+$",
  description: "The id of the user.",
});
const username = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: nameText,
  description: "The name in the room: that of the user unless given.",
});

export const inviteSchema = Type.Object(
  {
    participants: Type.Array(
      Type.Object({ user_id: userId, username: Type.Optional(username) }, { additionalProperties: false }),
      { minItems: 1, maxItems: 100, description: "Whom to invite." },
    ),
  },
  {
    additionalProperties: false,
    examples: [{ participants: [{ user_id: "5f0c4c2b-9d5e-4a7a-8d1f-0a4f5f6c7d8e", username: "Bob" }] }],
  },
);

export const removeSchema = Type.Object(
  { participant_ids: Type.Array(userId, { minItems: 1, maxItems: 100, description: "Whom to remove." }) },
  { additionalProperties: false, examples: [{ participant_ids: ["5f0c4c2b-9d5e-4a7a-8d1f-0a4f5f6c7d8e"] }] },
);

/** Of a participant. */
export const fixedProfileFields = ["participant_id", "user_id", "admin"] as const;
export const movingProfileFields = ["in_room"] as const;

export const profileSchema = Type.Object(
  {
    ...readOnlyFields([...fixedProfileFields, ...movingProfileFields]),
    username: Type.Optional(username),
    archive_room: Type.Optional(Type.Boolean({ description: "Whether the user puts the room away." })),
  },
  { additionalProperties: false, minProperties: 1, examples: [{ username: "Ada", archive_room: true }] },
);

const participantExample = {
  participant_id: "5f0c4c2b-9d5e-4a7a-8d1f-0a4f5f6c7d8e",
  user_id: "5f0c4c2b-9d5e-4a7a-8d1f-0a4f5f6c7d8e",
  username: "Bob",
  archive_room: false,
  admin: false,
  in_room: true,
};

export const participantSchema = Type.Object(
  {
    participant_id: Type.String({
      description: "The id of the participant: the user's, where they are one.",
    }),
    user_id: orNull({ description: "The user; null: a person with a link alone." }),
    username: Type.String({ description: "Their name in the room." }),
    archive_room: Type.Boolean({ description: "Whether they have put the room away." }),
    admin: Type.Boolean({ description: "Whether they are an admin of the room." }),
    in_room: Type.Boolean({ description: "Whether they are in the room now." }),
  },
  { description: "A participant with their profile.", examples: [participantExample] },
);
export type WireParticipant = Static<typeof participantSchema>;

export const participantListSchema = Type.Object(
  { items: Type.Array(participantSchema, { description: "In the order in which they were added." }) },
  { description: "The participants of the room.", examples: [{ items: [participantExample] }] },
);
