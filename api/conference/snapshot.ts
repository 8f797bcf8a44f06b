// The picture of a room as every viewer sees it at this moment, as a JPEG: for panels, and for finding faults.
import { Type } from "typebox";
import type { Result, RoomId } from "#common";
import type { RoomProblem } from "#conference/rooms";
import type { Api } from "../instance.ts";
import { preventCaching } from "../plugins/index.ts";
import { describe, roomParams, unwrap } from "./operation.ts";

/** The function that takes the pictures. */
export interface PictureSource {
  of(room: RoomId): Promise<Result<Buffer, RoomProblem>>;
}

const schema = {
  ...describe("getConferenceRoomSnapshot", "Take a picture of a room"),
  description:
    "The composed picture as every viewer sees it at this moment. Requests within half a second of each other get the " +
    "same one. 409 `NO_PICTURE`: the room is empty, or it has no picture. " +
    "503 `UNAVAILABLE`: what composes pictures is starting, a moment after the first participant has come. " +
    "503 `OVERLOADED`: the bridge begins nothing new for now.",
  params: roomParams,
  produces: ["image/jpeg"],
  response: {
    200: {
      description: "The picture.",
      content: {
        "image/jpeg": { schema: Type.String({ contentMediaType: "image/jpeg", examples: ["(JPEG)"] }) },
      },
    },
  },
};

export function snapshotRoutes(api: Api, snapshots: PictureSource): void {
  api.get(
    "/conference_rooms/:id/snapshot.jpg",
    { schema, config: { scope: "read" }, onRequest: preventCaching },
    async (request, reply) => {
      const picture: Buffer = unwrap(await snapshots.of(request.params.id));
      reply.header("content-disposition", 'inline; filename="snapshot.jpg"');
      reply.header("x-content-type-options", "nosniff");
      return reply.type("image/jpeg").send(picture as never);
    },
  );
}
