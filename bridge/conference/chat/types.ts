// The nouns of a room's chat: messages and the files that belong to them. Instants are RFC 3339 in UTC.
import type { MeetingId, MemberId, ParticipantId, RoomId } from "#common";

/** The author of a message or an upload. */
export interface ChatAuthor {
  /** Identifies a credential or person, such as `token:5d1f0c9a7be04412`: the owner of uploads, and the key of the rate limit. */
  readonly owner: string;
  readonly displayName: string;
  /** The participant that the author is in the room; null: none. */
  readonly participantId: ParticipantId | null;
  readonly memberId: MemberId | null;
  readonly userId: string | null;
}

/** `announced`: no byte has come; `ready`: it is uploaded; `sent`: a message has it. */
const fileStates = ["announced", "ready", "sent"] as const;
export type ChatFileState = (typeof fileStates)[number];

export interface ChatFile {
  /** A UUID, and its name on the disk. */
  readonly id: string;
  readonly room: RoomId;
  readonly owner: string;
  readonly name: string;
  /** In lower case, without parameters. */
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal; null until it is uploaded. */
  readonly sha256: string | null;
  readonly state: ChatFileState;
  readonly createdAt: string;
}

/** A file as a message shows it. */
export type SharedFile = Pick<ChatFile, "id" | "name" | "contentType" | "size"> & { readonly sha256: string };

export interface ChatMessage {
  /** A UUID. */
  readonly id: string;
  readonly room: RoomId;
  /** 1, 2, 3 … in the room, also over restarts. */
  readonly number: number;
  readonly meeting: MeetingId | null;
  readonly author: Omit<ChatAuthor, "owner">;
  /** Empty only with a file. */
  readonly text: string;
  readonly file: SharedFile | null;
  readonly sentAt: string;
}

/** The content of a new message. */
export interface NewMessage {
  readonly text?: string;
  readonly fileId?: string;
}

/** The announcement of an upload. */
export interface NewFile {
  readonly name: string;
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
}

export interface ChatPage {
  /** Messages after this number, the oldest first; 0: from the first. */
  readonly after?: number;
  /** Messages with smaller numbers only. */
  readonly before?: number;
  readonly limit: number;
}

export interface ChatProblem {
  readonly code:
    | "ROOM_NOT_FOUND"
    | "INVALID_FIELD"
    | "CHAT_LIMIT"
    | "FILE_NOT_FOUND"
    | "FILE_NOT_ALLOWED"
    | "FILE_TOO_LARGE"
    | "FILE_MISMATCH"
    | "FILE_ALREADY_THERE"
    | "TOO_MANY_FILES"
    | "NO_SPACE";
  readonly message: string;
  readonly field?: "text" | "fileId" | "name" | "contentType" | "size";
  /** Seconds until another try makes sense. */
  readonly seconds?: number;
}

export type ChatEvents = { message: { readonly message: ChatMessage } };

export interface ChatSettings {
  /** Messages that a room keeps; the oldest are dropped, with their files. */
  readonly maxMessages: number;
  readonly maxFileBytes: number;
  /** All files of a room together. */
  readonly maxRoomBytes: number;
  /** All files of all rooms together. */
  readonly maxTotalBytes: number;
  /** Types of files that may be sent; none: no files. */
  readonly contentTypes: readonly string[];
  /** Bytes that must stay free on the disk. */
  readonly minFreeBytes: number;
}

export interface ChatRepository {
  /**
   * Adds a message under the next number of its room and, if it has a file, marks that as sent, in one transaction.
   * Beyond `most` the oldest of the room are deleted. Resolves with the message, its number and the deleted files.
   */
  append(
    message: Omit<ChatMessage, "number">,
    most: number,
  ): Promise<{ readonly message: ChatMessage; readonly dropped: readonly string[] }>;
  /** In the order of their numbers: with `after` those next to it, otherwise the latest. */
  messages(room: RoomId, page: ChatPage): Promise<readonly ChatMessage[]>;
  /** The number of the latest message; 0: there was none. */
  newest(room: RoomId): Promise<number>;
  insertFile(file: ChatFile): Promise<void>;
  file(id: string): Promise<ChatFile | undefined>;
  /** The file is uploaded. */
  completeFile(id: string, sha256: string): Promise<void>;
  deleteFile(id: string): Promise<void>;
  /** Bytes announced or uploaded, of one room or of all. */
  bytes(room?: RoomId): Promise<number>;
  /** Number of an owner's files that no message has yet. */
  unsent(room: RoomId, owner: string): Promise<number>;
  /** Files of no message that were announced before `instant`. */
  unsentBefore(instant: string): Promise<readonly string[]>;
  fileIds(): Promise<readonly string[]>;
  /** Deletes everything of the room; resolves with the deleted files. */
  deleteRoom(room: RoomId): Promise<readonly string[]>;
  /** Rooms that have messages or files. */
  rooms(): Promise<readonly RoomId[]>;
}
