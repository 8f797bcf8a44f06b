// The recordings of the room, for holders of a join token whom the room lets see them: listed, downloaded, deleted.
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { RecordingId, RoomId } from "#common";
import type { Members } from "#conference/members";
import type { RecordingDownloads } from "#conference/recordings";
import {
  baseRoleOf,
  type ParticipantInfo,
  type PermissionName,
  type RoomConfig,
  type Rooms,
} from "#conference/rooms";
import { okResponse, roomNotFound, unwrap } from "../conference/operation.ts";
import type { Api } from "../instance.ts";
import { HttpRefusal, refuseBody } from "../plugins/index.ts";
import { maxDownloadMs, sendFile } from "../recordings/index.ts";
import { describeJoin } from "./operation.ts";
import { onRightChange } from "./right-changes.ts";
import type { TokenHolders } from "./token-holders.ts";

export interface JoinRecordingsOptions {
  readonly rooms: Rooms;
  readonly holders: TokenHolders;
  readonly members: Pick<Members, "events">;
  /** Without it nothing can be downloaded. */
  readonly files: RecordingDownloads | undefined;
}

const describe = (operationId: string, summary: string, permission: PermissionName) =>
  describeJoin(
    operationId,
    summary,
    `It takes the permission \`${permission}\`, and the room must let the holder's role see its recordings.`,
  );

const recordingSchema = Type.Object({
  id: Type.String({ description: "The id of the recording." }),
  answered_at: Type.String({ format: "date-time", description: "Its first instant." }),
  ended_at: Type.Unsafe<string | null>({
    type: ["string", "null"],
    format: "date-time",
    description: "Its last instant; null while it runs.",
  }),
  duration: Type.Integer({ description: "Whole seconds." }),
  file_name: Type.String({ description: "What the file is called." }),
  file_size: Type.Integer({ description: "Bytes." }),
  poster_url: Type.Unsafe<string | null>({
    type: ["string", "null"],
    description:
      "Where one picture of it (JPEG) is, relative to this API's address; takes the token. Null while it runs, and for audio alone.",
  }),
});

const recordingExample = {
  id: "3f0e6f2a-6b52-4c0f-9d1e-6c1f6a2b7d10",
  answered_at: "2026-03-02T08:00:03.120Z",
  ended_at: "2026-03-02T09:00:00.000Z",
  duration: 3596,
  file_name: "2026-03-02T08-00-03Z-3f0e6f2a.mp4",
  file_size: 144_000_000,
  poster_url: "/api/join/recordings/3f0e6f2a-6b52-4c0f-9d1e-6c1f6a2b7d10/poster.jpg",
};

const list = {
  ...describe("listMyRecordings", "List the recordings of the room", "canRetrieveRecordings"),
  response: {
    200: Type.Object(
      { items: Type.Array(recordingSchema, { description: "The oldest first." }) },
      { description: "The recordings.", examples: [{ items: [recordingExample] }] },
    ),
  },
};

const params = Type.Object({
  recording_id: Type.Unsafe<RecordingId>({ type: "string", description: "The id of the recording." }),
});

export function joinRecordingRoutes(
  api: Api,
  { rooms, holders, members, files }: JoinRecordingsOptions,
): void {
  const config = { scope: "join" } as const;

  /** The room, if the caller may see its recordings. @throws HttpRefusal */
  async function permitted(request: FastifyRequest, permission: PermissionName): Promise<RoomId> {
    const { room: id, role } = await holders.permitted(request, permission);
    const room = await rooms.get(id);
    if (!room) throw roomNotFound(id);
    if (!readersOf(room.access.config).includes(baseRoleOf(role))) {
      throw new HttpRefusal("PERMISSION_DENIED", "The room does not show its recordings to this role.");
    }
    return id;
  }

  /** A download ends with the right to it, whether that was the token's, the member's, the participant's or the room's. */
  function endWithRight(request: FastifyRequest, reply: FastifyReply, room: RoomId): void {
    const end = () => void reply.raw.destroy();
    const look = () => {
      holders
        .lookAgain(request)
        .then(() => permitted(request, "canRetrieveRecordings"))
        .then((now) => now === room)
        .catch(() => false)
        .then((may) => {
          if (!may) end();
        });
    };
    const { member } = holders.of(request).claims;
    const self = holders.placeOf(request)?.participant;
    const basis = ({ role, permissions }: ParticipantInfo) => `${role} ${permissions.canRetrieveRecordings}`;
    const offs = [
      holders.untilRevoked(request, end),
      members.events.on("changed", ({ member: changed }) => {
        if (changed.id === member && changed.roomId === room) look();
      }),
      onRightChange(rooms, { room, participant: self, basis }, look),
    ];
    const stop = () => {
      for (const off of offs) off();
    };
    if (reply.raw.destroyed) stop();
    else reply.raw.once("close", stop);
    // It may have gone while the file was looked for.
    look();
  }

  api.get("/join/recordings", { schema: list, config }, async (request) => {
    const room = await permitted(request, "canRetrieveRecordings");
    const found = unwrap(await rooms.recordings.list(room));
    return {
      items: found.map((recording) => ({
        ...{ id: recording.id, answered_at: recording.answeredAt, ended_at: recording.endedAt },
        ...{ duration: recording.duration, file_name: recording.fileName, file_size: recording.fileSize },
        poster_url: recording.posterUrl === null ? null : `/api/join/recordings/${recording.id}/poster.jpg`,
      })),
    };
  });

  if (files) {
    const download = (operationId: string, summary: string, types: readonly string[]) => ({
      ...describe(operationId, summary, "canRetrieveRecordings"),
      params,
      response: {
        200: {
          description: "The file.",
          content: Object.fromEntries(
            types.map((type) => [type, { schema: Type.String({ contentMediaType: type }) }]),
          ),
        },
      },
    });
    const served = [
      {
        name: "file",
        schema: download("downloadMyRecording", "Download a recording of the room", [
          "audio/mpeg",
          "video/mp4",
        ]),
        find: (id: RecordingId) => files.file(id),
      },
      {
        name: "poster.jpg",
        schema: download("downloadMyRecordingPoster", "Download one picture of a recording", ["image/jpeg"]),
        find: (id: RecordingId) => files.poster(id),
      },
    ];
    for (const { name, schema, find } of served) {
      const settings = { schema, config, handlerTimeout: maxDownloadMs };
      api.get(`/join/recordings/:recording_id/${name}`, settings, async (request, reply) => {
        const room = await permitted(request, "canRetrieveRecordings");
        const { id } = unwrap(await rooms.recordings.get({ room, recording: request.params.recording_id }));
        const found = await find(id);
        const notFound = () =>
          new HttpRefusal("RECORDING_NOT_FOUND", "The file of the recording is not there any more.");
        if (!found) throw notFound();
        endWithRight(request, reply, room);
        return sendFile({ ...found, notFound }, request, reply);
      });
    }
  }

  api.delete(
    "/join/recordings/:recording_id",
    {
      schema: {
        ...describe("deleteMyRecording", "Delete a recording of the room", "canDeleteRecordings"),
        params,
        response: okResponse,
      },
      preValidation: refuseBody,
      config,
    },
    async (request) => {
      const room = await permitted(request, "canDeleteRecordings");
      unwrap(await rooms.recordings.destroy({ room, recording: request.params.recording_id }));
      return {};
    },
  );
}

function readersOf({ recording }: RoomConfig): readonly string[] {
  switch (recording.allowAccessTo) {
    case "admin":
      return [];
    case "admin_moderator":
      return ["moderator"];
    case "admin_moderator_speaker":
      return ["moderator", "speaker"];
  }
}
