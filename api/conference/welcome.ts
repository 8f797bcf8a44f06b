// The welcome of a room: a WAV or MP3 that is played to every participant who comes in. The body is the file itself; it is
// converted before the answer, which therefore says whether it can be played.

import { Type } from "typebox";
import { type RoomId, roundTo } from "#common";
import type { Rooms } from "#conference/rooms";
import type { Api } from "../instance.ts";
import { HttpRefusal, refuseBody } from "../plugins/index.ts";
import { describe, noContentResponse, roomNotFound, roomParams } from "./operation.ts";

/** The storage of the files. */
export interface WelcomeFiles {
  readonly maxBytes: number;
  of(room: RoomId): { readonly seconds: number; readonly bytes: number } | undefined;
  read(room: RoomId): Promise<Buffer | undefined>;
  /** The failure says what was found instead. */
  set(
    room: RoomId,
    upload: Uint8Array,
  ): Promise<
    | { readonly ok: true; readonly value: { readonly seconds: number; readonly bytes: number } }
    | { readonly ok: false; readonly error: string }
  >;
  remove(room: RoomId): Promise<boolean>;
}

const types = [
  "audio/wav",
  "audio/x-wav",
  "audio/wave",
  "audio/mpeg",
  "audio/mp3",
  "application/octet-stream",
];

const put = {
  ...describe("setConferenceRoomWelcome", "Upload the welcome of a room"),
  description:
    "The body is a WAV or MP3 file of at most 8 MiB and 60 seconds. It is converted to mono and replaces the one " +
    "there was. A file that cannot be played is refused with what was found in it.",
  params: roomParams,
  consumes: types,
  body: Type.Unsafe<Buffer>({ description: "The file as it is." }),
  response: {
    200: Type.Object(
      {
        seconds: Type.Number({ description: "How long it is." }),
        bytes: Type.Integer({ description: "Size of the converted file." }),
      },
      { description: "It is played from now on.", examples: [{ seconds: 4.2, bytes: 134444 }] },
    ),
  },
};

const get = {
  ...describe("getConferenceRoomWelcome", "Download the welcome of a room"),
  description: "As it is played: WAV, 16-bit, mono, 16 kHz.",
  params: roomParams,
  produces: ["audio/wav"],
  response: { 200: Type.Unsafe<Buffer>({ description: "The file." }) },
};

const remove = {
  ...describe("deleteConferenceRoomWelcome", "Remove the welcome of a room"),
  params: roomParams,
  response: noContentResponse,
};

export async function welcomeRoutes(api: Api, rooms: Rooms, files: WelcomeFiles): Promise<void> {
  const address = "/conference_rooms/:id/welcome";
  const requireRoom = async (id: RoomId): Promise<void> => {
    if (!(await rooms.get(id))) throw roomNotFound(id);
  };
  const noWelcome = (id: RoomId) =>
    new HttpRefusal("WELCOME_NOT_FOUND", `The room ${id} has no welcome of its own.`);

  api.get(address, { schema: get, config: { scope: "read" } }, async (request, reply) => {
    const { id } = request.params;
    await requireRoom(id);
    const file = await files.read(id);
    if (!file) throw noWelcome(id);
    return reply.type("audio/wav").send(file);
  });

  const removal = { schema: remove, preValidation: refuseBody, config: { scope: "rooms" as const } };
  api.delete(address, removal, async (request, reply) => {
    const { id } = request.params;
    await requireRoom(id);
    if (!(await files.remove(id))) throw noWelcome(id);
    return reply.code(204).send(null);
  });

  // Files are taken here and nowhere else.
  await api.register(async (uploads: Api) => {
    uploads.removeAllContentTypeParsers();
    uploads.addContentTypeParser(types, { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    uploads.put(
      address,
      { schema: put, bodyLimit: files.maxBytes, config: { scope: "rooms" } },
      async (request) => {
        const { id } = request.params;
        await requireRoom(id);
        const set = await files.set(id, request.body ?? Buffer.alloc(0));
        if (!set.ok) throw new HttpRefusal("UNPLAYABLE_AUDIO", `WAV or MP3 is needed; this is ${set.error}.`);
        // The room may have been destroyed while the file was converted.
        if (!(await rooms.get(id))) {
          await files.remove(id);
          throw roomNotFound(id);
        }
        const { seconds, bytes } = set.value;
        return { seconds: roundTo(seconds, 2), bytes };
      },
    );
  });
}
