// Every kind of event as a schema of its own, and their union, told apart by `type`: what clients that are generated
// from the description read from a stream, a list or a webhook.
import { type EventType, eventData } from "#services/events";
import { eventSchema } from "./schemas.ts";

/** `participant.joined` → `EventParticipantJoined`. */
const nameOf = (type: string): string =>
  `Event${type
    .split(".")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")}`;

const kinds = Object.entries(eventData) as [EventType, object][];

const kindSchema = (type: EventType, data: object) => ({
  ...eventSchema,
  title: nameOf(type),
  properties: { ...eventSchema.properties, type: { type: "string", enum: [type] }, data },
});

const reference = (type: EventType) => `#/components/schemas/${nameOf(type)}`;

/** Names of components → their schemas. */
export const eventSchemas: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(kinds.map(([type, data]) => [nameOf(type), kindSchema(type, data)])),
  Event: {
    title: "Event",
    oneOf: kinds.map(([type]) => ({ $ref: reference(type) })),
    discriminator: {
      propertyName: "type",
      mapping: Object.fromEntries(kinds.map(([type]) => [type, reference(type)])),
    },
  },
};
