// The recordings of a room, the start and end of one, and the recordings of all rooms, those that are gone included:
// each operation on one recording has two addresses, below its room and of its own.

import { type Static, Type } from "typebox";
import type { Clock, ParticipantId, RecordingId, RoomId } from "#common";
import { type LinkSigner, posterUrlOf, urlOf } from "#conference/recordings";
import type { RecordingPath, Rooms } from "#conference/rooms";
import { recordingListFields } from "#conference/rooms";
import type { Api } from "../instance.ts";
import { HttpRefusal, optionalBody, refuseBody } from "../plugins/index.ts";
import { fieldTable, listQuery, readListQuery } from "../query/index.ts";
import { encodeOwner } from "../recordings/index.ts";
import { toWireWithNulls } from "../wire.ts";
import { action, describe, noContentResponse, okResponse, roomParams, unwrap } from "./operation.ts";
import { orNull } from "./room-fields.ts";

const usualLinkSeconds = 3600;
const maxLinkSeconds = 7 * 24 * 3600;

const recordingParams = Type.Object({
  recording_id: Type.Unsafe<RecordingId>({ type: "string", description: "The id of the recording." }),
});
const params = Type.Object({ ...roomParams.properties, ...recordingParams.properties });

const trackSchema = Type.Object({
  participant_id: Type.String({ description: "The id that the participant had." }),
  display_name: Type.String({ description: "Their name; empty when it is not known any more." }),
  file_name: Type.String({ description: "The name of the file." }),
  file_size: Type.Integer({ minimum: 0, description: "The size of the file in bytes." }),
  file_url: Type.String({ description: "Where the file is, relative to this API's address." }),
  sha256: orNull({ description: "SHA-256 of the file, hexadecimal; null while it is being written." }),
});

const recordingSchema = Type.Object({
  id: Type.String({ description: "The id of the recording." }),
  meeting_id: Type.String({ description: "The id of the meeting that was recorded." }),
  room_id: Type.String({ description: "The id of the room; it may be gone." }),
  room_subject: Type.String({ description: "What the room was called when the recording began." }),
  room_extension_number: Type.String({ description: "Its extension number at that time." }),
  answered_at: Type.String({ format: "date-time", description: "Its first instant." }),
  ended_at: orNull({ format: "date-time", description: "Its last instant; null while it runs." }),
  duration: Type.Integer({ description: "Its length in seconds." }),
  file_name: Type.String({ description: "The name of the file." }),
  file_size: Type.Integer({ minimum: 0, description: "The size of the file in bytes." }),
  file_url: Type.String({
    description:
      "Where the file is, relative to this API's address. Takes the API key, or the query of a link.",
  }),
  poster_url: orNull({
    description:
      "Where one picture of it (JPEG) is, relative to this API's address; takes what `file_url` takes. Null while it is being written, " +
      "and for audio alone.",
    examples: ["/api/recordings/9a1c4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f/poster.jpg"],
  }),
  sha256: orNull({ description: "SHA-256 of the file, hexadecimal; null while it is being written." }),
  recovered: Type.Boolean({
    description: "It broke off with the process that wrote it; what was on the disk has been mended.",
  }),
  tracks: Type.Array(trackSchema, {
    description:
      "One file for each participant who spoke, on the same timeline; none unless recordings.tracks is separate.",
  }),
  read: Type.Boolean({ description: "Whether it was marked as heard." }),
});

const example = {
  id: "9a1c4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f",
  meeting_id: "b0a4b3a5-8a13-49b5-9c6d-0d6f0a3f7a10",
  room_id: "0b9d4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f",
  room_subject: "Weekly",
  room_extension_number: "8000",
  answered_at: "2026-03-02T08:00:03.120Z",
  ended_at: "2026-03-02T08:41:20.000Z",
  duration: 2476,
  file_name: "2026-03-02T08-00-03Z-9a1c4a5e.mp3",
  file_size: 19_808_000,
  file_url: "/api/recordings/9a1c4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f",
  poster_url: null,
  sha256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
  recovered: false,
  tracks: [],
  read: false,
};

const videoExample = {
  ...example,
  id: "5d2f468a-7c1e-4a93-b5d2-f4687c1e0a93",
  room_subject: "Demonstration",
  file_name: "2026-03-02T09-00-00Z-5d2f468a.mp4",
  file_size: 330_000_000,
  file_url: "/api/recordings/5d2f468a-7c1e-4a93-b5d2-f4687c1e0a93",
  poster_url: "/api/recordings/5d2f468a-7c1e-4a93-b5d2-f4687c1e0a93/poster.jpg",
};

const listSchema = Type.Object(
  {
    count: Type.Integer({ minimum: 0, description: "How many recordings there are." }),
    items: Type.Array(recordingSchema, { description: "The recordings." }),
  },
  { description: "The recordings of the room.", examples: [{ count: 2, items: [example, videoExample] }] },
);

const list = {
  ...describe("listConferenceRecordings", "List the recordings of a room"),
  description: "All that there are of this room, also of earlier meetings, and also when the room is gone.",
  params: roomParams,
  response: { 200: listSchema },
};

const listFields = fieldTable(recordingListFields);

const listAll = {
  ...describe("listRecordings", "List the recordings of all rooms"),
  description:
    "Those of rooms that are gone included, a page at a time, the oldest first unless asked otherwise. Filters see " +
    "`duration` and `file_size` as 0 while a recording runs.",
  querystring: listQuery({
    filter: "read eq false and answered_at ge '2026-03-01T00:00:00Z'",
    search: "weekly",
    orderby: "answered_at desc",
  }),
  response: {
    200: { ...listSchema, description: "The recordings that match." },
  },
};

const linkBody = Type.Object(
  {
    expires_in: Type.Optional(
      Type.Integer({
        minimum: 60,
        maximum: maxLinkSeconds,
        default: usualLinkSeconds,
        description: "For how many seconds the link opens.",
      }),
    ),
    participant_id: Type.Optional(
      Type.Unsafe<ParticipantId>({
        type: "string",
        maxLength: 64,
        description: "Whose track; absent: the recording itself.",
      }),
    ),
  },
  { additionalProperties: false, examples: [{ expires_in: 3600 }] },
);

const signatureExample =
  "expires=1772442000&by=key%3A7c1e0a93b5d2f468&signature=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

const link = {
  ...describe("linkConferenceRecording", "Make a link to a recording that needs no key"),
  description:
    "Every holder of the link can download this one file, and its poster by `poster_url`, until it expires, or until the key or user that made it may not " +
    "download recordings any more.",
  params,
  body: linkBody,
  response: {
    200: Type.Object(
      {
        url: Type.String({ description: "Relative to this API's address, signed." }),
        poster_url: orNull({
          description: "Of one picture of it (JPEG), signed alike; null where there is none, and for tracks.",
        }),
        expires_at: Type.String({ format: "date-time", description: "Until when it opens." }),
      },
      {
        description: "The link.",
        examples: [
          {
            url: `${videoExample.file_url}?${signatureExample}`,
            poster_url: `${videoExample.poster_url}?${signatureExample}`,
            expires_at: "2026-03-02T09:00:00.000Z",
          },
        ],
      },
    ),
  },
};

const start = action(
  "startRecordingInConferenceRoom",
  "Start recording",
  "All participants are told that recording runs.",
);
const stop = action(
  "stopRecordingInConferenceRoom",
  "Stop recording",
  "What was recorded until now is kept.",
);

const setRead = {
  ...describe("setConferenceRecordingRead", "Mark a recording as heard"),
  description: "Nothing else changes; it may be marked again.",
  params,
  response: okResponse,
};

const setUnread = {
  ...describe("setConferenceRecordingUnRead", "Mark a recording as not heard"),
  description: "Nothing else changes; it may be marked again.",
  params,
  response: okResponse,
};

const destroy = {
  ...describe("deleteConferenceRecording", "Delete a recording"),
  description: "The file goes too.",
  params,
  response: noContentResponse,
};

export interface RecordingRoutesOptions {
  readonly rooms: Rooms;
  readonly clock: Clock;
  /** Without it no links are made. */
  readonly links: LinkSigner | undefined;
}

export function recordingRoutes(api: Api, options: RecordingRoutesOptions): void {
  const { clock, links } = options;
  const { recordings } = options.rooms;
  const room = "/conference_rooms/:id";
  const preValidation = refuseBody;
  const config = { scope: "recordings" } as const;

  api.post(`${room}/start_recording`, { schema: start, preValidation, config }, async (request) => {
    unwrap(await recordings.start(request.params.id));
    return {};
  });

  api.post(`${room}/stop_recording`, { schema: stop, preValidation, config }, async (request) => {
    unwrap(await recordings.stop(request.params.id));
    return {};
  });

  api.get(`${room}/recordings`, { schema: list, config }, async (request) => {
    const items = unwrap(await recordings.list(request.params.id)).map(toWireWithNulls);
    return { count: items.length, items };
  });

  api.get("/recordings", { schema: listAll, config }, async (request) => {
    const { count, items } = await recordings.all(readListQuery(request.query, listFields));
    return { count, items: items.map(toWireWithNulls) };
  });

  for (const place of places) {
    const command = { preValidation, config };

    api.post(`${place.url}/set_read`, { schema: place.setRead, ...command }, async (request) => {
      unwrap(await recordings.setRead(pathOf(request), true));
      return {};
    });

    api.post(`${place.url}/set_unread`, { schema: place.setUnread, ...command }, async (request) => {
      unwrap(await recordings.setRead(pathOf(request), false));
      return {};
    });

    api.post(`${place.url}/destroy`, { schema: place.destroy, ...command }, async (request, reply) => {
      unwrap(await recordings.destroy(pathOf(request)));
      return reply.code(204).send(null);
    });

    if (!links) continue;
    api.post(
      `${place.url}/link`,
      { schema: place.link, preValidation: optionalBody, config },
      async (request) => {
        const { expires_in = usualLinkSeconds, participant_id } = request.body;
        const at = pathOf(request);
        const recording = unwrap(await recordings.get(at));
        const track = recording.tracks.some((each) => each.participantId === participant_id);
        if (participant_id !== undefined && !track) {
          throw new HttpRefusal("RECORDING_NOT_FOUND", `The recording ${at.recording} has no such track.`);
        }
        const expires = Math.floor(clock.now() / 1000) + expires_in;
        const terms = { expires, by: encodeOwner(request.principal!) };
        const url = links.sign(urlOf(recording, participant_id), terms);
        const hasPoster = participant_id === undefined && recording.posterUrl !== null;
        const poster_url = hasPoster ? links.sign(posterUrlOf(recording), terms) : null;
        return { url, poster_url, expires_at: new Date(expires * 1000).toISOString() };
      },
    );
  }
}

/** The room is named only by the addresses below it. */
const pathOf = ({
  params,
}: {
  readonly params: Static<typeof recordingParams> & { id?: RoomId };
}): RecordingPath => ({
  recording: params.recording_id,
  ...(params.id !== undefined && { room: params.id }),
});

const below = { url: "/conference_rooms/:id/recordings/:recording_id", setRead, setUnread, destroy, link };

const withoutRoomId = <Schema extends object>(schema: Schema, operationId: string) => ({
  ...schema,
  operationId,
  params: recordingParams,
});

const places = [
  below,
  {
    url: "/recordings/:recording_id",
    setRead: withoutRoomId(setRead, "setRecordingRead"),
    setUnread: withoutRoomId(setUnread, "setRecordingUnread"),
    destroy: withoutRoomId(destroy, "deleteRecording"),
    link: withoutRoomId(link, "linkRecording"),
  },
] as const;
