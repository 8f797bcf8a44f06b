// What the join page is told and what it sends. The page imports the types alone, so both sides are checked together.
import { type Static, Type } from "typebox";

const strict = { additionalProperties: false } as const;

/** Whether a new participant would be let in now. */
const entries = ["open", "locked", "full", "not_begun", "over"] as const;

export const iceServerSchema = Type.Object({
  urls: Type.Array(Type.String(), { description: "stun:, turn: and turns: addresses." }),
  username: Type.Optional(Type.String({ description: "Of TURN: when it expires, then the name." })),
  credential: Type.Optional(Type.String({ description: "Of TURN: valid as long as the user name says." })),
});

export const joinSessionSchema = Type.Object(
  {
    room: Type.Object({
      id: Type.String(),
      name: Type.String({ description: "What the room is called." }),
      extension_number: Type.String({ description: "The number that phones dial." }),
      mode: Type.Union([Type.Literal("AUDIO"), Type.Literal("VIDEO")]),
      entry: Type.Unsafe<(typeof entries)[number]>({
        type: "string",
        enum: [...entries],
        description: "Whether a new participant would be let in now.",
      }),
      begins_at: Type.Unsafe<string | null>({
        type: ["string", "null"],
        format: "date-time",
        description: "When a booked room begins; null: it is not booked.",
      }),
      recording: Type.Boolean({ description: "Whether it is recorded now." }),
    }),
    participant: Type.Object({
      display_name: Type.String({ description: "The name that the token gives; empty: free to choose." }),
      role: Type.Union([Type.Literal("host"), Type.Literal("participant")]),
    }),
    sip: Type.Object({
      uri: Type.String({ description: "What to call." }),
      domain: Type.String({ description: "The domain of one's own address." }),
      path: Type.String({ description: "Where SIP over WebSocket is served on this host." }),
    }),
    ice_servers: Type.Array(iceServerSchema),
  },
  { description: "What a join token opens." },
);
export type JoinSession = Static<typeof joinSessionSchema>;
export type Entry = JoinSession["room"]["entry"];
export type IceServer = Static<typeof iceServerSchema>;

export const rosterEntrySchema = Type.Object({
  id: Type.String(),
  display_name: Type.String(),
  role: Type.Union([Type.Literal("host"), Type.Literal("participant")]),
  chairman: Type.Boolean(),
  muted: Type.Boolean(),
  mute_reasons: Type.Array(Type.String()),
  talking: Type.Boolean(),
  hand_raised: Type.Boolean(),
  held: Type.Boolean(),
});
export type RosterEntry = Static<typeof rosterEntrySchema>;

export const rosterSchema = Type.Object({
  locked: Type.Boolean(),
  recording: Type.Boolean(),
  participants: Type.Array(rosterEntrySchema),
  you: Type.Unsafe<string | null>({
    type: ["string", "null"],
    description: "The participant who came by this token; null: nobody has, or not yet.",
  }),
});
/** The room as its participants see it. Each line of the stream is a whole one. */
export type Roster = Static<typeof rosterSchema>;

export const switchSchema = Type.Object({ on: Type.Boolean() }, strict);
export const inviteSchema = Type.Object({ number: Type.String({ minLength: 1, maxLength: 64 }) }, strict);
