// Webhooks on the wire. A secret is in two answers only: when it is made.
import { Type } from "typebox";
import { type DeliveryState, deliveryStates, type WebhookFormat, webhookFormats } from "#services/webhooks";
import { readOnlyFields } from "../read-only.ts";
import { maxRoomIdLength } from "../texts.ts";

const instant = (description: string) => Type.String({ format: "date-time", description });

const url = (description: string) => Type.String({ minLength: 1, maxLength: 2000, description });
const types = Type.Array(Type.String({ minLength: 1, maxLength: 50 }), {
  maxItems: 100,
  default: [],
  description: "Types and families of events, as `room.*`; none: all.",
});
const description = Type.String({ maxLength: 500, default: "", description: "A note of the client's own." });
const enabled = Type.Boolean({ default: true, description: "Whether anything is sent." });
const format = Type.Unsafe<WebhookFormat>({
  type: "string",
  enum: [...webhookFormats],
  default: "parley",
  description:
    "`parley`: the events of the log. `meet`: `meetingStarted`, `meetingEnded`, `recordingStarted`, `recordingUpdated` and `recordingEnded` as the meet API sends them, with its signature. Decided when the webhook is made.",
});
const room = Type.String({
  minLength: 1,
  maxLength: maxRoomIdLength,
  description: "Only events of this room.",
});

const anyRoom = Type.Unsafe<string | null>({
  type: ["string", "null"],
  minLength: 1,
  maxLength: maxRoomIdLength,
  description: "Only events of the room with this id, which there must be. Null: events of every room.",
});

export const fixedWebhookFields = ["id", "created_at", "format"] as const;
/** They change by themselves: values that a client sends back are ignored. */
export const movingWebhookFields = [
  ...(["updated_at", "position", "skipped", "pending", "disabled_reason"] as const),
] as const;

const bodyExample = {
  url: "https://example.com/parley",
  description: "The front desk's display",
  types: ["room.*", "participant.joined", "participant.left"],
};

export const createWebhookSchema = Type.Object(
  {
    url: url("Where to send: http or https, to a public address unless the configuration allows others."),
    description: Type.Optional(description),
    types: Type.Optional(types),
    room: Type.Optional(anyRoom),
    format: Type.Optional(format),
    enabled: Type.Optional(enabled),
  },
  { additionalProperties: false, examples: [bodyExample] },
);

export const updateWebhookSchema = Type.Object(
  {
    url: Type.Optional(url("Where to send.")),
    description: Type.Optional(description),
    types: Type.Optional(types),
    room: Type.Optional(anyRoom),
    enabled: Type.Optional(enabled),
    ...readOnlyFields([...fixedWebhookFields, ...movingWebhookFields]),
  },
  { additionalProperties: false, examples: [{ enabled: false }] },
);

const webhook = {
  id: Type.String({ description: "The id of the webhook." }),
  url: Type.String({ description: "Where events are sent." }),
  description,
  types,
  room: Type.Optional(room),
  format,
  enabled,
  disabled_reason: Type.Optional(
    Type.Unsafe<"gone">({
      type: "string",
      enum: ["gone"],
      description: "`gone`: the receiver answered 410.",
    }),
  ),
  created_at: instant("When it was made."),
  updated_at: instant("When it was changed last."),
  position: Type.Integer({ description: "Every event up to this number was sent once or is not wanted." }),
  skipped: Type.Integer({
    description: "Events that the log had forgotten before they could be sent.",
  }),
  pending: Type.Integer({ description: "Deliveries that failed and are tried again." }),
};

const webhookExample = {
  id: "0f3c2b9e-2a55-4b57-a1f3-6e3a1e0f9b77",
  ...bodyExample,
  format: "parley",
  enabled: true,
  created_at: "2026-03-02T08:00:00.000Z",
  updated_at: "2026-03-02T08:00:00.000Z",
  position: 1042,
  skipped: 0,
  pending: 0,
};

export const webhookSchema = Type.Object(webhook, {
  description: "The webhook.",
  examples: [webhookExample],
});

export const webhookListSchema = Type.Object(
  {
    count: Type.Integer({ minimum: 0, description: "How many there are." }),
    items: Type.Array(Type.Object(webhook), { description: "In the order in which they were made." }),
  },
  { description: "Every webhook.", examples: [{ count: 1, items: [webhookExample] }] },
);

const secretExample = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD6sR0mFhq1Lc=";
const secret = Type.String({ description: "Signatures are checked with it. It is not shown again." });

export const createdWebhookSchema = Type.Object(
  { ...webhook, secret: Type.Optional(secret) },
  { description: "The webhook is made.", examples: [{ ...webhookExample, secret: secretExample }] },
);

export const secretSchema = Type.Object(
  { secret, previous_expires_at: instant("Until then the secret before signs as well.") },
  {
    description: "The new secret.",
    examples: [{ secret: secretExample, previous_expires_at: "2026-03-03T08:00:00.000Z" }],
  },
);

const attempt = {
  at: instant("When the request was made."),
  status: Type.Optional(Type.Integer({ description: "Of the answer; absent when there was none." })),
  error: Type.Optional(
    Type.String({ description: "What went wrong, as a word; absent when the answer was a success." }),
  ),
  duration_ms: Type.Integer({ description: "How long it took." }),
  response: Type.String({ description: "How the answer began." }),
};
const attemptExample = {
  at: "2026-03-02T08:00:04.020Z",
  status: 503,
  error: "HTTP_503",
  duration_ms: 41,
  response: "down for maintenance",
};

export const attemptSchema = Type.Object(attempt, {
  description: "What came of it.",
  examples: [attemptExample],
});

const delivery = {
  id: Type.String({ description: "The id of the delivery." }),
  event: Type.String({ description: "The id of the event: what the receiver gets as `webhook-id`." }),
  seq: Type.Optional(Type.Integer({ description: "The number of the event; a test has none." })),
  type: Type.String({ description: "The type of the event." }),
  created_at: instant("When it was begun."),
  state: Type.Unsafe<DeliveryState>({
    type: "string",
    enum: [...deliveryStates],
    description: "How it stands.",
  }),
  next_attempt_at: Type.Optional(instant("When a pending one is tried again.")),
  tries: Type.Integer({ description: "How often it was tried." }),
  attempts: Type.Array(Type.Object(attempt), { description: "The last of them, oldest first." }),
  payload: Type.String({ description: "The body that is sent." }),
};
const deliveryExample = {
  id: "4c0b0a52-7a2f-4a35-a9d1-38d0b3c0e1a2",
  event: "7b1f2c1e-5f0c-4f4e-9c41-2f8f6c0a9d11",
  seq: 1042,
  type: "participant.hand",
  created_at: "2026-03-02T08:00:04.000Z",
  state: "pending" as const,
  next_attempt_at: "2026-03-02T08:00:09.400Z",
  tries: 1,
  attempts: [attemptExample],
  payload: '{"seq":1042,"type":"participant.hand"}',
};

export const deliverySchema = Type.Object(delivery, {
  description: "The delivery.",
  examples: [deliveryExample],
});

export const deliveryListSchema = Type.Object(
  {
    count: Type.Integer({ minimum: 0, description: "How many match, before paging." }),
    items: Type.Array(Type.Object(delivery), { description: "The newest first." }),
  },
  { description: "Deliveries of the webhook.", examples: [{ count: 1, items: [deliveryExample] }] },
);

export const deliveriesQuery = Type.Object(
  {
    state: Type.Optional(
      Type.Unsafe<DeliveryState>({ type: "string", enum: [...deliveryStates], description: "Only these." }),
    ),
    skip: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0, description: "So many are left out." }),
    ),
    top: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, default: 20, description: "At most so many are listed." }),
    ),
  },
  { additionalProperties: false },
);

export const webhookParams = Type.Object({ id: Type.String({ description: "The id of the webhook." }) });
export const deliveryParams = Type.Object({
  ...webhookParams.properties,
  delivery_id: Type.String({ description: "The id of the delivery." }),
});
