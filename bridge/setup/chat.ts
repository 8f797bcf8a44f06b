// The chats of this bridge, in the words of the configuration. They go with their rooms.
import { type Clock, errorMessage, type Logger } from "#common";
import { Chat } from "#conference/chat";
import type { RoomsService } from "#conference/rooms";
import type { Config } from "#config";
import type { Store } from "#services/store";

export interface ChatParts {
  readonly config: Pick<Config, "chat">;
  readonly store: Pick<Store, "chat" | "rooms">;
  readonly rooms: Pick<RoomsService, "events" | "get" | "meetingOf">;
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Logger;
}

const mebibyte = 2 ** 20;
/** The database, which shares the disk, must have room. */
const minFreeBytes = 64 * mebibyte;

export async function openChat({ config, store, rooms, folder, clock, log }: ChatParts): Promise<Chat> {
  const { keep_messages, max_file_mb, max_room_mb, max_total_mb, file_types } = config.chat;
  const ids = (await store.rooms.revisions()).map(({ id }) => id);
  const chat = await Chat.open(
    {
      repository: store.chat,
      folder,
      settings: {
        maxMessages: keep_messages,
        maxFileBytes: max_file_mb * mebibyte,
        maxRoomBytes: max_room_mb * mebibyte,
        maxTotalBytes: max_total_mb * mebibyte,
        contentTypes: file_types,
        minFreeBytes,
      },
      roomExists: async (id) => (await rooms.get(id)) !== undefined,
      meetingOf: (id) => rooms.meetingOf(id),
      ...{ clock, log },
    },
    ids,
  );
  rooms.events.on("room.deleted", ({ room }) => {
    chat.removeRoom(room.id).catch((error) => {
      log.error({ room: room.id, reason: errorMessage(error) }, "the chat of a room was not removed");
    });
  });
  return chat;
}
