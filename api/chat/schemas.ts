// Messages and files of chats on the wire. Events tell messages in the same words.
import { type Static, Type } from "typebox";

const fileExample = {
  id: "3f0c7b8e-0d0e-4f57-9f0e-6c1f4b0a2d11",
  name: "agenda.pdf",
  content_type: "application/pdf",
  size: 48213,
  sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
};

export const messageExample = {
  id: "8a1d2f6c-6f0b-4a57-8f5a-6f0b7a1c2d33",
  number: 12,
  sent_at: "2026-03-02T08:00:03.120Z",
  text: "The agenda",
  sender: {
    display_name: "Ada",
    participant_id: "5d0f6a52-3a55-4d6b-8b1a-0e9f2c7f4f11",
    member_id: null,
    user_id: null,
  },
  file: fileExample,
};

const maybeId = (description: string) =>
  Type.Unsafe<string | null>({ type: ["string", "null"], description });

const fileSchema = Type.Object(
  {
    id: Type.String({ description: "The id of the file." }),
    name: Type.String({ description: "Its name." }),
    content_type: Type.String({ description: "What it is; checked against its bytes." }),
    size: Type.Integer({ description: "Bytes." }),
    sha256: Type.String({ description: "SHA-256 of its bytes, hexadecimal." }),
  },
  { description: "A file that belongs to a message." },
);

export const messageSchema = Type.Object(
  {
    id: Type.String({ description: "The id of the message." }),
    number: Type.Integer({ description: "1, 2, 3 … in the room." }),
    sent_at: Type.String({ format: "date-time", description: "When it was sent." }),
    text: Type.String({ description: "Plain text; empty only with a file." }),
    sender: Type.Object(
      {
        display_name: Type.String({ description: "The name that the room showed." }),
        participant_id: maybeId("The participant that they were; null: they wrote without a call."),
        member_id: maybeId("The member of the room that they were."),
        user_id: maybeId("The user that they were."),
      },
      { description: "The sender." },
    ),
    file: Type.Unsafe<Static<typeof fileSchema> | null>({
      ...fileSchema,
      type: ["object", "null"],
      description: "The file that was sent with it; null: none.",
    }),
  },
  { description: "A message of a room's chat.", examples: [messageExample] },
);
export type WireMessage = Static<typeof messageSchema>;

export const messagesSchema = Type.Object(
  {
    items: Type.Array(messageSchema, { description: "In the order in which they were sent." }),
    newest: Type.Integer({ description: "The number of the latest message of the room; 0: there was none." }),
  },
  { description: "Messages.", examples: [{ items: [messageExample], newest: 12 }] },
);

export const messagesQuery = Type.Object({
  before: Type.Optional(
    Type.Integer({ minimum: 1, description: "Only messages with a smaller number: older ones." }),
  ),
  after: Type.Optional(
    Type.Integer({ minimum: 0, description: "Those next to this number, instead of the latest." }),
  ),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 200, default: 50, description: "How many at most." }),
  ),
});

export const newMessageSchema = Type.Object(
  {
    text: Type.Optional(
      Type.String({ maxLength: 8000, description: "Plain text of at most 4000 characters." }),
    ),
    file_id: Type.Optional(
      Type.String({ maxLength: 64, description: "A file that the sender has uploaded to this room." }),
    ),
  },
  { additionalProperties: false, examples: [{ text: "The agenda", file_id: fileExample.id }] },
);

export const newFileSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200, description: "The name of the file." }),
    content_type: Type.String({ minLength: 1, maxLength: 100, description: "What it is." }),
    size: Type.Integer({ minimum: 1, description: "How many bytes it has." }),
  },
  {
    additionalProperties: false,
    examples: [{ name: "agenda.pdf", content_type: "application/pdf", size: 48213 }],
  },
);

export const uploadSchema = Type.Object(
  {
    file_id: Type.String({ description: "What the message names." }),
    upload_url: Type.String({ description: "Where the bytes go with PUT: a path that is signed, and ends." }),
    expires_at: Type.String({ format: "date-time", description: "When the upload must have begun." }),
  },
  {
    description: "The place for the file.",
    examples: [
      {
        file_id: fileExample.id,
        upload_url: `/api/chat/uploads/${fileExample.id}?expires=1772438703&by=join%3A5d1f0c9a7be04412&signature=5b1c`,
        expires_at: "2026-03-02T08:05:03.000Z",
      },
    ],
  },
);

export const downloadSchema = Type.Object(
  {
    download_url: Type.String({ description: "A path that is signed, and ends." }),
    expires_at: Type.String({ format: "date-time", description: "When it ends." }),
    file: fileSchema,
  },
  {
    description: "The link to the file.",
    examples: [
      {
        download_url: `/api/chat/files/${fileExample.id}?expires=1772438703&by=join%3A5d1f0c9a7be04412&signature=5b1c`,
        expires_at: "2026-03-02T08:05:03.000Z",
        file: fileExample,
      },
    ],
  },
);

export const uploadedSchema = Type.Object(
  {
    file_id: Type.String({ description: "What the message names." }),
    sha256: Type.String({ description: "SHA-256 of the bytes, hexadecimal." }),
    size: Type.Integer({ description: "Bytes." }),
  },
  {
    description: "The file is here.",
    examples: [{ file_id: fileExample.id, sha256: fileExample.sha256, size: fileExample.size }],
  },
);
