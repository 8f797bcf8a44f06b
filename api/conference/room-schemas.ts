// The shapes a room takes on the wire: as it is made, changed, shown alone, shown in a list, and how it is doing.
import { Type } from "typebox";
import { type RecordingsOfDestroyed, recordingsOfDestroyed } from "#conference/rooms";
import { type InvitationOutcome, invitationOutcomes } from "#services/mail-invites";
import { readOnlyFields } from "../read-only.ts";
import {
  clearableFields,
  closed,
  createdAt,
  creationFields,
  extensionNumber,
  nameFields,
  oneOf,
  outboundCallerIds,
  roomId,
  settingFields,
  shownFields,
  webPhoneFields,
} from "./room-fields.ts";

const given = Type.Partial(
  Type.Object({ ...settingFields, ...clearableFields, outbound_caller_ids: outboundCallerIds }),
).properties;

export const createRoomSchema = Type.Object(
  {
    extension_number: Type.Optional(
      extensionNumber(
        "The number that phones dial. Without one the room gets the next free number of the configured range.",
      ),
    ),
    mode: creationFields.mode,
    enable_recording: Type.Optional(creationFields.enable_recording),
    ...nameFields,
    ...given,
  },
  {
    additionalProperties: false,
    examples: [
      {
        extension_number: "8000",
        mode: "AUDIO",
        subject: "Weekly review",
        capacity: 20,
        room_pin: "4711",
        scheduled_start_at: "2030-03-04T09:00:00+01:00",
        scheduled_end_at: "2030-03-04T10:00:00+01:00",
        timezone: "Europe/Berlin",
      },
      { mode: "VIDEO", subject: "Design", capacity: 9, layout: "LAYOUT4" },
    ],
  },
);

/** Shown with a room, and decided for good when it is made, by the bridge itself, or among the options of the room. */
export const fixedRoomFields = [
  ...(["id", "extension_number", "mode", "enable_recording", "created_at"] as const),
  ...(["closed", "domain", "sbc_host", "sbc_port"] as const),
] as const;
/** It changes by itself: a value that a client sends back is ignored. */
export const movingRoomFields = ["token"] as const;

export const updateRoomSchema = Type.Object(
  {
    ...Type.Partial(Type.Object(nameFields)).properties,
    ...given,
    ...readOnlyFields([...fixedRoomFields, ...movingRoomFields]),
  },
  { additionalProperties: false, examples: [{ subject: "Weekly review", capacity: 30, room_pin: null }] },
);

const listedRoom = {
  id: roomId,
  extension_number: extensionNumber("The number that phones dial."),
  ...creationFields,
  ...nameFields,
  ...settingFields,
  ...shownFields,
  closed,
  created_at: createdAt,
};

const roomExample = {
  id: "0b9d4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f",
  extension_number: "8000",
  mode: "AUDIO",
  enable_recording: false,
  subject: "Weekly review",
  capacity: 20,
  control: "FREE",
  height: 720,
  width: 1280,
  bitrate: 1024,
  framerate: 15,
  layout: "LAYOUT0",
  language: "en-US",
  enable_prompt: true,
  timezone: "Europe/Berlin",
  numbers: "",
  internal_invitees: [],
  external_invitees: "",
  closed: false,
  custom_options: "",
  admin_pin: null,
  room_pin: "4711",
  scheduled_start_at: "2030-03-04T08:00:00.000Z",
  scheduled_end_at: "2030-03-04T09:00:00.000Z",
  created_at: "2026-02-20T10:15:00.000Z",
};

export const roomSchema = Type.Object(
  {
    ...listedRoom,
    outbound_caller_ids: outboundCallerIds,
    ...webPhoneFields,
  },
  {
    description: "The room.",
    examples: [
      {
        ...roomExample,
        outbound_caller_ids: [],
        ...{ domain: "conference.example.com", sbc_host: "conference.example.com", sbc_port: 8887 },
        token: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJqdGkiOiI1ZDFmIn0.c2lnbmF0dXJl",
      },
    ],
  },
);

export const roomListSchema = Type.Object(
  {
    count: Type.Integer({ minimum: 0, description: "How many rooms match, before paging." }),
    items: Type.Array(Type.Object(listedRoom), { description: "The rooms of this page." }),
  },
  { description: "One page of the rooms.", examples: [{ count: 1, items: [roomExample] }] },
);

const invitations = Type.Optional(
  oneOf<InvitationOutcome>(invitationOutcomes, {
    description:
      "What came of the invitations by mail. `sent`: all invitees who have to be told are being written to. `partly`: some invitees have no usable address, or there are too many. `none`: there is no invitee to tell, or nothing new. `not_configured`: the room has invitees, and the bridge has no mail server.",
  }),
);

export const destroyRoomSchema = Type.Object(
  {
    recordings: Type.Optional(
      oneOf<RecordingsOfDestroyed>(recordingsOfDestroyed, {
        default: "keep",
        description: "`keep`: recordings stay listed, linked and deletable. `remove`: their files go, too.",
      }),
    ),
  },
  { additionalProperties: false, examples: [{ recordings: "keep" }] },
);

export const createdSchema = Type.Object(
  { id: roomId, invitations },
  {
    description: "The room was made; the Location header is its address.",
    examples: [{ id: roomExample.id, invitations: "none" }],
  },
);

export const changedSchema = Type.Object(
  { invitations },
  { description: "Done.", examples: [{ invitations: "sent" }] },
);

export const roomStatusSchema = Type.Object(
  {
    status: oneOf(["ONLINE", "OFFLINE", "ON_CALL"], {
      description:
        "`ON_CALL`: participants are connected. `ONLINE`: it can be called. `OFFLINE`: it is closed, nothing can host it now, or its booked time is over.",
    }),
    locked: Type.Boolean({ description: "Whether new callers are refused." }),
    muted: Type.Boolean({ description: "Whether the room as a whole is muted." }),
    recording: Type.Boolean({ description: "Whether a recording runs." }),
    picture_degradation: Type.Integer({
      minimum: 0,
      maximum: 4,
      description:
        "How much less the room has of its picture because the machine is near its limit. 0: nothing less; 1: half of the framerate; 2: a third; 3: a third and two thirds of width and height; 4: a third and half of them.",
    }),
  },
  {
    description: "How the room is doing.",
    examples: [{ status: "ON_CALL", locked: false, muted: false, recording: false, picture_degradation: 0 }],
  },
);
