// Listens to the chats and writes each message into the log.
import type { Emitter, Unsubscribe } from "#common";
import type { ChatEvents } from "#conference/chat";
import type { EventLog } from "./log.ts";
import { chatMessageOnWire } from "./wire.ts";

export const recordChat = (events: Emitter<ChatEvents>, log: Pick<EventLog, "append">): Unsubscribe =>
  events.on("message", ({ message }) =>
    log.append({
      type: "chat.message",
      room: message.room,
      meeting: message.meeting ?? undefined,
      ...(message.author.participantId !== null && { participant: message.author.participantId }),
      data: { message: chatMessageOnWire(message) },
    }),
  );
