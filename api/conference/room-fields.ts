// The fields of a room on the wire: names, limits and defaults of the conference API. Where that API sets no
// limit to a text or a list, one is set here. The defaults are the domain's; here they are told to the reader.
import { Type } from "typebox";
import {
  type RoomControl,
  type RoomLayout,
  type RoomMode,
  roomControls,
  roomLayouts,
  roomModes,
} from "#conference/rooms";
import { canonicalInstant, instantExpected } from "../instant.ts";
import { callerIdText, extensionText, nameText, oneLine, pinText } from "../texts.ts";

export const oneOf = <Word extends string>(words: readonly Word[], options: Type.TSchemaOptions) =>
  Type.Unsafe<Word>({ type: "string", enum: [...words], ...options });

/** One of those words, or null. */
export const orNullOf = <Word extends string>(words: readonly Word[], options: Type.TSchemaOptions) =>
  Type.Unsafe<Word | null>({ type: ["string", "null"], enum: [...words, null], ...options });

/** A text that is always shown, null when there is none. */
export function orNull(options: Type.TSchemaOptions) {
  return Type.Unsafe<string | null>({ ...options, type: ["string", "null"] });
}

const pin = { minLength: 3, maxLength: 6, pattern: pinText };
const instant = { format: "date-time" };
const adminPin = "The PIN that makes its owner a host.";
const roomPin = "The PIN that lets its owner in.";
const start = "When the meeting begins.";
const end = "When the meeting ends.";

const clearablePin = (description: string) =>
  Type.Unsafe<string | null>({
    ...pin,
    type: ["string", "null"],
    description: `${description} Digits only; \`null\` removes it.`,
  });

const clearableInstant = (description: string) =>
  Type.Refine(
    Type.Unsafe<string | null>({
      ...instant,
      type: ["string", "null"],
      description: `${description} RFC 3339 with any offset; \`null\` removes it.`,
    }),
    (value) => value === null || canonicalInstant(value) !== undefined,
    () => instantExpected,
  );

export const roomId = Type.String({ description: "The id of the room." });

export const extensionNumber = (description: string) =>
  Type.String({ minLength: 3, maxLength: 64, pattern: extensionText, description });

/** Decided when the room is made. */
export const creationFields = {
  mode: oneOf<RoomMode>(roomModes, {
    description:
      "`AUDIO`: a voice conference. `VIDEO`: a video conference, which phones without video may join.",
  }),
  enable_recording: Type.Boolean({
    default: false,
    description: "Whether each meeting is recorded from its first participant on.",
  }),
};

export const nameFields = {
  subject: Type.String({
    minLength: 1,
    maxLength: 64,
    pattern: nameText,
    description: "What the room is called.",
  }),
  capacity: Type.Integer({
    minimum: 1,
    maximum: 200,
    default: 9,
    description: "How many participants there may be.",
  }),
};

/** What has a default and may be changed. */
export const settingFields = {
  control: oneOf<RoomControl>(roomControls, {
    default: "FREE",
    description: "`FREE`: all participants may speak. `MASTER`: the hosts give the floor.",
  }),
  height: Type.Integer({
    minimum: 144,
    maximum: 1920,
    default: 720,
    description: "Height of the picture in a `VIDEO` room, in pixels.",
  }),
  width: Type.Integer({
    minimum: 144,
    maximum: 1920,
    default: 1280,
    description: "Width of the picture in a `VIDEO` room, in pixels.",
  }),
  bitrate: Type.Integer({
    minimum: 128,
    maximum: 10240,
    default: 1024,
    description: "Bit rate of the picture in a `VIDEO` room, in kbit/s.",
  }),
  framerate: Type.Integer({
    minimum: 5,
    maximum: 30,
    default: 15,
    description: "Pictures a second in a `VIDEO` room.",
  }),
  layout: oneOf<RoomLayout>(roomLayouts, {
    default: "LAYOUT0",
    description: "Number of cells of the picture in a `VIDEO` room. `LAYOUT0`: as many as are needed.",
  }),
  language: Type.String({
    maxLength: 64,
    default: "en",
    description: "BCP 47 tag of the language of the prompts.",
  }),
  enable_prompt: Type.Boolean({
    default: true,
    description: "Whether welcomes and announcements are spoken.",
  }),
  timezone: Type.String({
    maxLength: 64,
    default: "UTC",
    description: "IANA name of the time zone in which times are told.",
  }),
  numbers: Type.String({
    maxLength: 128,
    default: "",
    pattern: oneLine,
    description: "The numbers that reach the room from outside, for invitations.",
  }),
  internal_invitees: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
    maxItems: 1000,
    default: [],
    description:
      "Ids or names of the users who are invited by mail. Kept as they are given: one that there is not is not written to.",
  }),
  external_invitees: Type.String({
    maxLength: 4096,
    default: "",
    description: "Mail addresses of others who are invited.",
  }),
  custom_options: Type.String({
    maxLength: 65536,
    default: "",
    description: "The client's own settings as JSON text; kept, never read.",
  }),
};

export const outboundCallerIds = Type.Array(
  Type.Object(
    {
      provider_id: Type.String({
        minLength: 1,
        maxLength: 64,
        description:
          "The name of the trunk. Kept as it is given: one that the configuration does not have is never dialled over.",
      }),
      caller_id: Type.String({
        minLength: 1,
        maxLength: 64,
        pattern: callerIdText,
        description:
          "The number to show there, or what else stands in front of the `@` of the caller's address; `anonymous`: none is shown.",
      }),
      description: Type.Optional(orNull({ maxLength: 1024, description: "What it is for." })),
    },
    { additionalProperties: false },
  ),
  {
    maxItems: 100,
    default: [],
    description: "What the room calls itself when it dials out, for each trunk.",
  },
);

/** As a client gives them. */
export const clearableFields = {
  admin_pin: clearablePin(adminPin),
  room_pin: clearablePin(roomPin),
  scheduled_start_at: clearableInstant(start),
  scheduled_end_at: clearableInstant(end),
};

/** The same as they are shown. */
export const shownFields = {
  admin_pin: orNull({ ...pin, description: adminPin }),
  room_pin: orNull({ ...pin, description: roomPin }),
  scheduled_start_at: orNull({ ...instant, description: start }),
  scheduled_end_at: orNull({ ...instant, description: end }),
};

export const closed = Type.Boolean({
  default: false,
  description:
    "Whether the room takes no new participants, hosts included, until it is opened again. A meeting that runs goes on.",
});

export const createdAt = Type.String({ ...instant, description: "When the room was made." });

/** Where a browser phone connects; null where none can. */
export const webPhoneFields = {
  domain: orNull({ minLength: 1, maxLength: 280, description: "The SIP domain." }),
  sbc_host: orNull({ description: "The host where browser phones connect." }),
  sbc_port: Type.Unsafe<number | null>({
    type: ["integer", "null"],
    minimum: 0,
    maximum: 65535,
    description: "The port where browser phones connect.",
  }),
  token: orNull({
    description:
      "A join token for participants of this room, good for a day: SIP over WebSocket takes it as `Authorization: Bearer`. Null for clients that may not see PINs.",
  }),
};
