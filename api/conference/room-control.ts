// A room while it is in use: its status, its lock and its mute.

import type { RoomId } from "#common";
import type { Rooms } from "#conference/rooms";
import type { Api } from "../instance.ts";
import { refuseBody } from "../plugins/index.ts";
import { action, describe, roomParams, unwrap } from "./operation.ts";
import { roomStatusSchema } from "./room-schemas.ts";

const status = {
  ...describe("getConferenceRoomStatus", "Show how a room is doing"),
  description: "Answers for empty rooms, too.",
  params: roomParams,
  response: { 200: roomStatusSchema },
};

const mute = action(
  "muteConferenceRoom",
  "Mute a room",
  "Mutes all participants but the chairman, those who come later included.",
);
const unmute = action(
  "unmuteConferenceRoom",
  "Unmute a room",
  "Lifts what muting the room has done, and nothing else.",
);
const lock = action("lockConferenceRoom", "Lock a room", "Refuses new callers, hosts excepted.");
const unlock = action("unlockConferenceRoom", "Unlock a room", "Lets new callers in again.");

export function roomControlRoutes(api: Api, rooms: Rooms): void {
  api.get("/conference_rooms/:id/status", { schema: status, config: { scope: "read" } }, async (request) => {
    const { pictureDegradation, ...status } = unwrap(await rooms.status(request.params.id));
    return { ...status, picture_degradation: pictureDegradation };
  });

  const command = (word: string, schema: typeof mute, run: (id: RoomId) => ReturnType<Rooms["lock"]>) => {
    api.post(
      `/conference_rooms/:id/${word}`,
      { schema, preValidation: refuseBody, config: { scope: "rooms" } },
      async (request) => {
        unwrap(await run(request.params.id));
        return {};
      },
    );
  };

  command("mute", mute, (id) => rooms.mute(id, true));
  command("unmute", unmute, (id) => rooms.mute(id, false));
  command("lock", lock, (id) => rooms.lock(id, true));
  command("unlock", unlock, (id) => rooms.lock(id, false));
}
