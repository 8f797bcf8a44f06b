// What every door to a chat does the same way: one sends, reads, and gets signed links for files. Who may is decided
// before, and asked again when a link is used.
import type { Static } from "typebox";
import type { Clock, MemberId, ParticipantId, Result, RoomId } from "#common";
import type { Chat, ChatAuthor, ChatPage, ChatProblem } from "#conference/chat";
import type { LinkSigner } from "#conference/recordings";
import type { Permissions, Room, Rooms } from "#conference/rooms";
import { chatMessageOnWire } from "#services/events";
import { HttpRefusal } from "../plugins/index.ts";
import { toSnake } from "../wire.ts";
import type {
  downloadSchema,
  messagesSchema,
  newFileSchema,
  newMessageSchema,
  uploadSchema,
  WireMessage,
} from "./schemas.ts";

/** The rights of a client in the chat of one room. */
export interface ChatRights {
  readonly read: boolean;
  readonly write: boolean;
}

export const noRights: ChatRights = { read: false, write: false };

/** With these permissions, in a room that may have no chat. */
export const rightsIn = ({ access }: Room, { canReadChat, canWriteChat }: Permissions): ChatRights => {
  const { enabled } = access.config.chat;
  return { read: enabled && canReadChat, write: enabled && canWriteChat };
};

/** Of a participant at this moment. */
export async function chatRights(
  rooms: Pick<Rooms, "get" | "participant">,
  id: RoomId,
  participant: ParticipantId,
): Promise<ChatRights> {
  const [room, found] = await Promise.all([rooms.get(id), rooms.participant(id, participant)]);
  return room && found.ok ? rightsIn(room, found.value.permissions) : noRights;
}

/** @throws HttpRefusal without the right. */
export function requireRight(rights: ChatRights, right: keyof ChatRights): void {
  if (!rights[right])
    throw new HttpRefusal("CHAT_NOT_ALLOWED", `You may not ${right} in the chat of this room.`);
}

/** A member owns what they upload whether they are in the meeting or not. */
export const memberOwner = (member: MemberId): string => `member:${member}`;

/** Makers of links of one kind. Their words begin with the kind and a colon. */
export interface LinkMakers {
  /** The present rights of the maker in the room. */
  rightsOf(by: string, room: RoomId): Promise<ChatRights>;
  /** Calls when the rights of this maker in the room may have gone: each call costs reading. The returned function ends that. */
  onChange(by: string, room: RoomId, listener: () => void): () => void;
}

export interface ChatOptions {
  readonly chat: Chat;
  readonly links: LinkSigner;
  readonly clock: Clock;
}

export const uploadPath = (id: string): string => `/api/chat/uploads/${id}`;
export const downloadPath = (id: string): string => `/api/chat/files/${id}`;

const linkSeconds = 300;

export async function sendMessage(
  { chat }: ChatOptions,
  room: RoomId,
  author: ChatAuthor,
  { text, file_id: fileId }: Static<typeof newMessageSchema>,
): Promise<WireMessage> {
  const sent = await chat.send(room, author, {
    ...(text !== undefined && { text }),
    ...(fileId !== undefined && { fileId }),
  });
  return chatMessageOnWire(unwrapChat(sent));
}

export async function readMessages(
  { chat }: ChatOptions,
  room: RoomId,
  { limit = 50, ...page }: Partial<ChatPage>,
): Promise<Static<typeof messagesSchema>> {
  const items = await chat.messages(room, { ...page, limit });
  return { items: items.map(chatMessageOnWire), newest: await chat.newest(room) };
}

/** `by`: the author as the maker of the link. */
export async function announceFile(
  { chat, links, clock }: ChatOptions,
  { room, author, by }: { readonly room: RoomId; readonly author: ChatAuthor; readonly by: string },
  { name, content_type: contentType, size }: Static<typeof newFileSchema>,
): Promise<Static<typeof uploadSchema>> {
  const { id } = unwrapChat(await chat.announce(room, author, { name, contentType, size }));
  const expires = Math.floor(clock.now() / 1000) + linkSeconds;
  return {
    file_id: id,
    upload_url: links.sign(uploadPath(id), { expires, by }),
    expires_at: new Date(expires * 1000).toISOString(),
  };
}

export async function linkFile(
  { chat, links, clock }: ChatOptions,
  { room, owner, by }: { readonly room: RoomId; readonly owner: string; readonly by: string },
  id: string,
): Promise<Static<typeof downloadSchema>> {
  const file = await chat.files.of(room, id, owner);
  if (!file) throw fileNotFound();
  const expires = Math.floor(clock.now() / 1000) + linkSeconds;
  return {
    download_url: links.sign(downloadPath(id), { expires, by }),
    expires_at: new Date(expires * 1000).toISOString(),
    file: {
      ...{ id, name: file.name, content_type: file.contentType, size: file.size },
      sha256: file.sha256 ?? "",
    },
  };
}

/** @throws HttpRefusal when the chat has refused. */
export function unwrapChat<Value>(result: Result<Value, ChatProblem>): Value {
  if (result.ok) return result.value;
  const { code, message, field, seconds } = result.error;
  throw new HttpRefusal(code, message, {
    ...(field !== undefined && { fields: [{ field: toSnake(field), message }] }),
    ...(seconds !== undefined && { headers: { "retry-after": String(seconds) } }),
  });
}

export const fileNotFound = (): HttpRefusal =>
  new HttpRefusal("FILE_NOT_FOUND", "There is no such file in this room.");
