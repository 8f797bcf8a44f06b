// Messages of chats in the event log: whole, and about whom they are.
import { Value } from "typebox/value";
import { expect, it } from "vitest";
import { Emitter, type MeetingId, type ParticipantId, type RoomId } from "#common";
import type { ChatEvents, ChatMessage } from "#conference/chat";
import { eventData, type NewEvent, recordChat } from "#services/events";

const message: ChatMessage = {
  ...{ id: "m-1", room: "r-1" as RoomId, number: 3, meeting: "t-1" as MeetingId },
  author: { displayName: "Ada", participantId: "p-1" as ParticipantId, memberId: null, userId: "u-1" },
  text: "The agenda",
  file: { id: "f-1", name: "agenda.pdf", contentType: "application/pdf", size: 9, sha256: "ab" },
  sentAt: "2026-01-01T00:00:00.000Z",
};

it("tells a message with its sender and its file, until it is stopped", () => {
  const events = new Emitter<ChatEvents>();
  const told: NewEvent[] = [];
  const stop = recordChat(events, { append: (event) => void told.push(event) });
  events.emit("message", { message });
  expect(told).toEqual([
    {
      ...{ type: "chat.message", room: "r-1", meeting: "t-1", participant: "p-1" },
      data: {
        message: {
          ...{ id: "m-1", number: 3, sent_at: message.sentAt, text: "The agenda" },
          sender: { display_name: "Ada", participant_id: "p-1", member_id: null, user_id: "u-1" },
          file: { id: "f-1", name: "agenda.pdf", content_type: "application/pdf", size: 9, sha256: "ab" },
        },
      },
    },
  ]);
  expect([...Value.Errors(eventData["chat.message"], told[0]?.data)]).toEqual([]);
  stop();
  events.emit("message", { message });
  expect(told).toHaveLength(1);
});

it("tells one that was not sent from a call, without a file", () => {
  const events = new Emitter<ChatEvents>();
  const told: NewEvent[] = [];
  recordChat(events, { append: (event) => void told.push(event) });
  const author = { ...message.author, participantId: null };
  events.emit("message", { message: { ...message, author, meeting: null, file: null } });
  expect(told[0]).not.toHaveProperty("participant");
  expect(told[0]?.data).toMatchObject({ message: { file: null, sender: { participant_id: null } } });
});
