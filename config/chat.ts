// The section `chat`: the limits of the messages and files that rooms keep.
import { type Static, Type } from "typebox";
import { StartError } from "#common";

const count = (value: number, [minimum, maximum]: readonly [number, number], description: string) =>
  Type.Integer({ minimum, maximum, default: value, description });

export const chatSchema = Type.Object(
  {
    keep_messages: count(
      5000,
      [1, 100_000],
      "Messages that a room keeps. Beyond it the oldest go, with their files; the rest goes with the room.",
    ),
    max_file_mb: count(10, [1, 100], "The largest file that may be sent, in MiB."),
    max_room_mb: count(200, [1, 100_000], "All files of one room together, in MiB."),
    max_total_mb: count(2000, [1, 10_000_000], "All files of all rooms together, in MiB."),
    file_types: Type.Array(Type.String({ maxLength: 100 }), {
      maxItems: 100,
      default: [
        ...["image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"],
        ...["text/plain", "text/csv", "text/markdown", "application/json", "application/zip"],
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation",
        ...["audio/mpeg", "audio/wav", "video/mp4"],
      ],
      description:
        "Content types of files that may be sent; what a file is must match. An empty list: no files.",
    }),
  },
  { additionalProperties: false, description: "Chat in rooms: messages and files." },
);

/** Throws StartError. */
export function checkChat({
  file_types,
  max_file_mb,
  max_room_mb,
  max_total_mb,
}: Static<typeof chatSchema>): void {
  const wrong = file_types.find(
    (type) => !/^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/.test(type),
  );
  if (wrong !== undefined)
    throw new StartError(`chat.file_types: "${wrong}" is no content type, such as image/png`);
  if (max_file_mb > max_room_mb) throw new StartError("chat.max_file_mb is larger than chat.max_room_mb");
  if (max_room_mb > max_total_mb) throw new StartError("chat.max_room_mb is larger than chat.max_total_mb");
}
