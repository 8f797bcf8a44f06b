// Events on the wire. What `data` holds depends on the type; docs/events.md lists it.
import { Type } from "typebox";
import { type EventType, eventTypes } from "#services/events";
import { maxRoomIdLength } from "../texts.ts";

const nullableId = (what: string) =>
  Type.Union([Type.String(), Type.Null()], { description: `The id of the ${what} it is about, or null.` });

const event = {
  seq: Type.Integer({ minimum: 1, description: "1, 2, 3 … without gaps: the order of everything." }),
  id: Type.String({ description: "A UUID; the same wherever the event is told." }),
  time: Type.String({ format: "date-time", description: "When it happened." }),
  type: Type.Unsafe<EventType>({ type: "string", enum: [...eventTypes], description: "What happened." }),
  room: nullableId("room"),
  meeting: nullableId("meeting"),
  participant: nullableId("participant"),
  data: Type.Unsafe<unknown>({
    type: "object",
    additionalProperties: true,
    description: "What there is to say about it; its members belong to the type.",
  }),
};

/** Of any kind. */
export const eventSchema = Type.Object(event);

export const eventExample = {
  seq: 1042,
  id: "7b1f2c1e-5f0c-4f4e-9c41-2f8f6c0a9d11",
  time: "2026-03-02T08:00:03.120Z",
  type: "participant.hand" as const,
  room: "0d9c6c62-6c0b-4f7e-8a65-61a0f4f0a3b2",
  meeting: "b0a4b3a5-8a13-49b5-9c6d-0d6f0a3f7a10",
  participant: "5d0f6a52-3a55-4d6b-8b1a-0e9f2c7f4f11",
  data: {
    participant: {
      id: "5d0f6a52-3a55-4d6b-8b1a-0e9f2c7f4f11",
      display_name: "Ada",
      number: "1001",
      role: "participant",
      chairman: false,
      muted: true,
      mute_reasons: ["room"],
      talking: false,
      held: false,
      hand_raised: true,
      position: -1,
      video: { camera: true, screen: false, refused: false },
      joined_at: "2026-03-02T07:58:41.004Z",
      left_at: null,
      state: "joined",
      transport: "UDP",
      codecs: ["opus"],
      media_encryption: null,
      volume: 0,
      external_user_id: null,
    },
  },
};

export const eventListSchema = Type.Object(
  {
    items: Type.Array(Type.Object(event), { description: "In the order in which they happened." }),
    next: Type.Integer({ minimum: 0, description: "Where the next question begins: give it as `after`." }),
    oldest: Type.Integer({ minimum: 1, description: "The first event that the log still has." }),
    newest: Type.Integer({ minimum: 0, description: "The last event there is; 0: none yet." }),
  },
  {
    description: "Events behind `after`, oldest first.",
    examples: [{ items: [eventExample], next: 1042, oldest: 1, newest: 1050 }],
  },
);

export const eventsQuery = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        description:
          "Only events behind this number. A stream that has it continues there and sends no snapshot; a header " +
          "`Last-Event-ID` does the same.",
      }),
    ),
    types: Type.Optional(
      Type.String({
        maxLength: 1000,
        description: "Types and families, separated by commas: `room.*,participant.joined`. Absent: all.",
        examples: ["room.*,participant.joined"],
      }),
    ),
    room: Type.Optional(
      Type.String({
        maxLength: maxRoomIdLength,
        description: "Only events of the room with this id, which may have gone and is not looked up.",
      }),
    ),
    top: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        default: 100,
        description: "Of a list: at most so many. A stream has no end.",
      }),
    ),
    ticket: Type.Optional(
      Type.String({ maxLength: 100, description: "In place of a key: see `POST /api/events/tickets`." }),
    ),
  },
  { additionalProperties: false },
);

export const ticketSchema = Type.Object(
  {
    ticket: Type.String({ description: "Give it as `ticket` in the query of `GET /api/events`." }),
    expires_at: Type.String({ format: "date-time", description: "Until when it can be used." }),
  },
  {
    description: "A ticket, good for one connection.",
    examples: [
      { ticket: "Zl3xQ0pS8mJbJmFz0Yw7nYk1wS2cE4vT9uR6hA5dX8I", expires_at: "2026-03-02T08:00:33.000Z" },
    ],
  },
);
