// The recordings of a room, and the start and end of one.
import { Type } from "typebox";
import type { RecordingId } from "#common";
import type { Rooms } from "../../bridge/rooms/types.ts";
import type { Api } from "../options.ts";
import { refuseBody } from "../plugins/index.ts";
import { toWire } from "../wire.ts";
import { accepted, describe, done, gone, roomParams } from "./operation.ts";

const params = Type.Object({
  ...roomParams.properties,
  recording_id: Type.Unsafe<RecordingId>({ type: "string", description: "The id of the recording." }),
});

const recordingSchema = Type.Object({
  id: Type.String({ description: "The id of the recording." }),
  answered_at: Type.String({ format: "date-time", description: "Its first instant." }),
  ended_at: Type.Optional(
    Type.String({ format: "date-time", description: "Its last instant; absent while it runs." }),
  ),
  duration: Type.Integer({ description: "Its length in seconds." }),
  file_name: Type.String({ description: "The name of the file." }),
  file_size: Type.Integer({ minimum: 0, description: "The size of the file in bytes." }),
  file_url: Type.String({ description: "Where the file is, relative to this API's address." }),
  read: Type.Boolean({ description: "Whether somebody has marked it as heard." }),
});

const example = {
  id: "9a1c4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f",
  answered_at: "2026-03-02T08:00:03.120Z",
  ended_at: "2026-03-02T08:41:20.000Z",
  duration: 2476,
  file_name: "2026-03-02-0800.mp3",
  file_size: 19_808_000,
  file_url: "/recordings/9a1c4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f",
  read: false,
};

const listSchema = Type.Object(
  {
    count: Type.Integer({ minimum: 0, description: "How many recordings there are." }),
    items: Type.Array(recordingSchema, { description: "The recordings." }),
  },
  { description: "The recordings of the room.", examples: [{ count: 1, items: [example] }] },
);

const list = {
  ...describe("listConferenceRecordings", "List the recordings of a room"),
  description: "All that there are of this room, also of earlier meetings.",
  params: roomParams,
  response: { 200: listSchema },
};

const action = (operationId: string, summary: string, description: string) => ({
  ...describe(operationId, summary),
  description,
  params: roomParams,
  response: done,
});

const start = action(
  "startRecordingInConferenceRoom",
  "Start recording",
  "Everybody in the room is told that recording runs.",
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
  response: done,
};

const setUnread = {
  ...describe("setConferenceRecordingUnRead", "Mark a recording as not heard"),
  description: "Nothing else changes; it may be marked again.",
  params,
  response: done,
};

const destroy = {
  ...describe("deleteConferenceRecording", "Delete a recording"),
  description: "The file goes too.",
  params,
  response: gone,
};

export function recordingRoutes(api: Api, { recordings }: Rooms): void {
  const room = "/conference_rooms/:id";
  const preValidation = refuseBody;
  const config = { scope: "recordings" } as const;

  api.post(`${room}/start_recording`, { schema: start, preValidation, config }, async (request) => {
    accepted(await recordings.start(request.params.id));
    return {};
  });

  api.post(`${room}/stop_recording`, { schema: stop, preValidation, config }, async (request) => {
    accepted(await recordings.stop(request.params.id));
    return {};
  });

  api.get(`${room}/recordings`, { schema: list, config }, async (request) => {
    const items = accepted(await recordings.list(request.params.id)).map(toWire);
    return { count: items.length, items };
  });

  const one = `${room}/recordings/:recording_id`;

  api.post(`${one}/set_read`, { schema: setRead, preValidation, config }, async (request) => {
    const { id, recording_id } = request.params;
    accepted(await recordings.setRead(id, recording_id, true));
    return {};
  });

  api.post(`${one}/set_unread`, { schema: setUnread, preValidation, config }, async (request) => {
    const { id, recording_id } = request.params;
    accepted(await recordings.setRead(id, recording_id, false));
    return {};
  });

  api.post(`${one}/destroy`, { schema: destroy, preValidation, config }, async (request, reply) => {
    const { id, recording_id } = request.params;
    accepted(await recordings.destroy(id, recording_id));
    return reply.code(204).send(null);
  });
}
