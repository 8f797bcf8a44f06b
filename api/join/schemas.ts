// The requests and answers of the join page. The page imports the types alone, so both sides are checked together.
import { type Static, Type } from "typebox";
import { type ReasonCode, type RoomLayout, roomLayouts } from "#conference/rooms";
import { messageExample, messageSchema } from "../chat/schemas.ts";
import { iceServer } from "../conference/ice-server.ts";
import { permissionsExample, permissionsSchema } from "../conference/participant-schemas.ts";
import { oneOf } from "../conference/room-fields.ts";

const roles = ["host", "participant"] as const;
const entries = ["open", "closed", "locked", "full", "not_begun", "over"] as const;

const sessionExample = {
  room: {
    id: "0d9c6c62-6c0b-4f7e-8a65-61a0f4f0a3b2",
    name: "Board meeting",
    extension_number: "8000",
    mode: "AUDIO",
    entry: "open",
    begins_at: null,
    recording: false,
    picture: null,
  },
  participant: { display_name: "Ada", role: "host", permissions: permissionsExample },
  links: null,
  sip: { uri: "sip:8000@conference.example.com", domain: "conference.example.com", path: "/sip" },
  ice_servers: [],
  expires_in: 14_400,
};

const rosterExample = {
  locked: false,
  recording: false,
  layout: "LAYOUT0",
  participants: [
    {
      id: "5d0f6a52-3a55-4d6b-8b1a-0e9f2c7f4f11",
      display_name: "Ada",
      role: "host",
      chairman: true,
      muted: false,
      mute_reasons: [],
      talking: true,
      hand_raised: false,
      held: false,
      position: null,
    },
  ],
  you: "5d0f6a52-3a55-4d6b-8b1a-0e9f2c7f4f11",
  permissions: permissionsExample,
};

const expiresIn = Type.Integer({ minimum: 0, description: "Seconds until the token ends." });

export const joinSessionSchema = Type.Object(
  {
    room: Type.Object(
      {
        id: Type.String({ description: "The id of the room." }),
        name: Type.String({ description: "What the room is called." }),
        extension_number: Type.String({ description: "The number that phones dial." }),
        mode: oneOf(["AUDIO", "VIDEO"], { description: "Whether the room has a picture." }),
        entry: oneOf(entries, { description: "Whether a new participant would be let in now." }),
        begins_at: Type.Unsafe<string | null>({
          type: ["string", "null"],
          format: "date-time",
          description: "When a booked room begins; null: it is not booked.",
        }),
        recording: Type.Boolean({ description: "Whether it is recorded now." }),
        picture: Type.Unsafe<{ width: number; height: number; framerate: number } | null>({
          type: ["object", "null"],
          properties: {
            width: { type: "integer", description: "Pixels." },
            height: { type: "integer", description: "Pixels." },
            framerate: { type: "integer", description: "Pictures a second." },
          },
          required: ["width", "height", "framerate"],
          description:
            "What the room's picture is at most: a camera need not send more. Null: the room has none.",
        }),
      },
      { description: "The room." },
    ),
    participant: Type.Object(
      {
        display_name: Type.String({ description: "The name that the token gives; empty: free to choose." }),
        role: oneOf(roles, { description: "As what the token lets its holder in." }),
        permissions: permissionsSchema("What they may do."),
      },
      { description: "The holder of the token." },
    ),
    links: Type.Unsafe<{ moderator: string | null; speaker: string | null } | null>({
      type: ["object", "null"],
      properties: {
        moderator: {
          type: ["string", "null"],
          description:
            "Lets hosts in; null: it is switched off, or not for this holder to hand on (`canMakeModerator`).",
        },
        speaker: { type: ["string", "null"], description: "Lets participants in; null: it is switched off." },
      },
      required: ["moderator", "speaker"],
      description: "What may be handed on to others; null for those who may not.",
    }),
    sip: Type.Object(
      {
        uri: Type.String({ description: "What to call." }),
        domain: Type.String({ description: "The domain of one's own address." }),
        path: Type.String({ description: "Where SIP over WebSocket is served on this host." }),
      },
      { description: "How the room is called." },
    ),
    ice_servers: Type.Array(iceServer, { description: "For `RTCPeerConnection`; may be empty." }),
    expires_in: expiresIn,
  },
  { description: "What a join token opens.", examples: [sessionExample] },
);
export type JoinSession = Static<typeof joinSessionSchema>;
export type Entry = JoinSession["room"]["entry"];

/** The codes of the bridge's SIP refusals and ends of calls. */
export type { ReasonCode };

export const renewedTokenSchema = Type.Object(
  { token: Type.String({ description: "The token from now on." }), expires_in: expiresIn },
  {
    description: "The same token for longer.",
    examples: [
      { token: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJqdGkiOiI1ZDFmIn0.c2lnbmF0dXJl", expires_in: 3600 },
    ],
  },
);
export type RenewedToken = Static<typeof renewedTokenSchema>;

const rosterEntrySchema = Type.Object({
  id: Type.String({ description: "The id of the participant." }),
  display_name: Type.String({ description: "The name that the room shows." }),
  role: oneOf(roles, { description: "Host or participant." }),
  chairman: Type.Boolean({ description: "Whether they have the chair." }),
  muted: Type.Boolean({ description: "Whether they are muted, for any reason." }),
  mute_reasons: Type.Array(Type.String(), { description: "`self`, `host`, `room`, `floor`." }),
  talking: Type.Boolean({ description: "Whether they speak now." }),
  hand_raised: Type.Boolean({ description: "Whether they ask for the floor." }),
  held: Type.Boolean({ description: "Whether their phone has put the conference on hold." }),
  position: Type.Unsafe<number | null>({
    type: ["integer", "null"],
    description:
      "The cell of the picture they are pinned to; -1: not shown; null: where the layout places them.",
  }),
});
export type RosterEntry = Static<typeof rosterEntrySchema>;

const rosterSchema = Type.Object(
  {
    locked: Type.Boolean({ description: "Whether new participants are kept out." }),
    recording: Type.Boolean({ description: "Whether the room is recorded." }),
    layout: oneOf<RoomLayout>(roomLayouts, {
      description: "The number of cells of the picture in a `VIDEO` room; `LAYOUT0`: as many as are needed.",
    }),
    participants: Type.Array(rosterEntrySchema, { description: "In the order in which they joined." }),
    you: Type.Unsafe<string | null>({
      type: ["string", "null"],
      description: "The participant of the call that the request names; null: it is not in the room yet.",
    }),
    permissions: Type.Unsafe<Static<ReturnType<typeof permissionsSchema>> | null>({
      ...permissionsSchema("What that participant may do now; null: it is not in the room yet."),
      type: ["object", "null"],
    }),
  },
  { examples: [rosterExample] },
);
/** The room as its participants see it. Each line of the stream that is no message is a whole one. */
export type Roster = Static<typeof rosterSchema>;

const messageLineSchema = Type.Object({ message: messageSchema }, { description: "A message of the chat." });
export type MessageLine = Static<typeof messageLineSchema>;

export const rosterLineSchema = Type.Union([rosterSchema, messageLineSchema], {
  description: "The room, or a message of its chat.",
  examples: [rosterExample, { message: messageExample }],
});

export const switchSchema = Type.Object(
  { on: Type.Boolean({ description: "On or off." }) },
  { additionalProperties: false, examples: [{ on: true }] },
);
export const inviteSchema = Type.Object(
  { number: Type.String({ minLength: 1, maxLength: 64, description: "The number to call." }) },
  { additionalProperties: false, examples: [{ number: "4930123456" }] },
);
