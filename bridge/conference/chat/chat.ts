// The chat of each room: messages in one order, kept as long as their room, emitted once they are in the database. The caller
// of these functions decides which participants may read and write.
import {
  type Clock,
  Emitter,
  fail,
  type Logger,
  type MeetingId,
  newId,
  ok,
  RateLimiter,
  type Result,
  type RoomId,
  SerialQueue,
} from "#common";
import { FileFolder } from "./file-folder.ts";
import { SharedFiles } from "./shared-files.ts";
import type {
  ChatAuthor,
  ChatEvents,
  ChatFile,
  ChatMessage,
  ChatPage,
  ChatProblem,
  ChatRepository,
  ChatSettings,
  NewFile,
  NewMessage,
  SharedFile,
} from "./types.ts";

export interface ChatOptions {
  readonly repository: ChatRepository;
  /** The folder of the files. */
  readonly folder: string;
  readonly settings: ChatSettings;
  readonly roomExists: (room: RoomId) => Promise<boolean>;
  /** The current meeting of the room. */
  readonly meetingOf: (room: RoomId) => MeetingId | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Limit of a message, characters. */
export const maxTextLength = 4000;
/** Rate of messages per author. */
const rate = { perSecond: 1, burst: 10, sources: 10_000 } as const;
/** Messages that wait to be written, all rooms together. */
const maxWaiting = 1000;

export class Chat {
  readonly events = new Emitter<ChatEvents>();
  readonly files: SharedFiles;
  readonly #options: ChatOptions;
  readonly #authors: RateLimiter;
  /** Assigns message numbers one after the other. */
  readonly #writes = new SerialQueue(maxWaiting);

  /** Removes the chats of rooms that are not in `rooms`: these rooms were deleted while the process ended. */
  static async open(options: ChatOptions, rooms: readonly RoomId[]): Promise<Chat> {
    const chat = new Chat(options);
    const kept = new Set(rooms);
    for (const room of await options.repository.rooms()) {
      if (!kept.has(room)) await options.repository.deleteRoom(room);
    }
    await chat.files.start();
    return chat;
  }

  private constructor(options: ChatOptions) {
    this.#options = options;
    const { repository, settings, clock, log } = options;
    this.files = new SharedFiles({
      repository,
      settings,
      clock,
      log,
      folder: new FileFolder(options.folder),
    });
    this.#authors = new RateLimiter(clock, rate);
  }

  /** A message of text, of a file that its author has uploaded to this room, or of both. */
  async send(
    room: RoomId,
    author: ChatAuthor,
    { text = "", fileId }: NewMessage,
  ): Promise<Result<ChatMessage, ChatProblem>> {
    const written = text.replace(/\r\n?/g, "\n").trim();
    const problem = problemOfText(written, fileId);
    if (problem) return fail(problem);
    const seconds = this.#authors.take(author.owner);
    if (seconds > 0) {
      const message = "one author sends a message a second in the long run";
      return fail({ code: "CHAT_LIMIT", message, seconds: Math.ceil(seconds) });
    }
    return this.#writes.run(async () => {
      if (!(await this.#options.roomExists(room))) return noRoom;
      const file = fileId === undefined ? null : await this.#ownFile(room, author, fileId);
      if (file === undefined) {
        const message = "there is no file with this id that you have uploaded here and not sent yet";
        return fail({ code: "FILE_NOT_FOUND", message, field: "fileId" });
      }
      return ok(await this.#append(room, author, { text: written, file }));
    });
  }

  /** Reserves a file for its author, for an hour. */
  announce(room: RoomId, author: ChatAuthor, file: NewFile): Promise<Result<ChatFile, ChatProblem>> {
    return this.#writes.run(async () =>
      (await this.#options.roomExists(room)) ? this.files.announce(room, author, file) : noRoom,
    );
  }

  /** In the order of their numbers: with `after` those next to it, otherwise the latest. */
  messages(room: RoomId, page: ChatPage): Promise<readonly ChatMessage[]> {
    return this.#options.repository.messages(room, page);
  }

  /** The number of the latest message; 0: there was none. */
  newest(room: RoomId): Promise<number> {
    return this.#options.repository.newest(room);
  }

  /** The room is gone, and its chat with it. */
  removeRoom(room: RoomId): Promise<void> {
    return this.#writes.run(async () => {
      await this.files.discard(await this.#options.repository.deleteRoom(room));
    });
  }

  /** Writes the waiting messages. Idempotent. */
  async close(): Promise<void> {
    this.files.close();
    await this.#writes.idle();
    this.events.clear();
  }

  async #append(
    room: RoomId,
    { owner: _, ...author }: ChatAuthor,
    { text, file }: Pick<ChatMessage, "text" | "file">,
  ): Promise<ChatMessage> {
    const { repository, settings, clock, meetingOf } = this.#options;
    const sentAt = new Date(clock.now()).toISOString();
    const { message, dropped } = await repository.append(
      { id: newId<string>(), room, meeting: meetingOf(room) ?? null, author, text, file, sentAt },
      settings.maxMessages,
    );
    this.events.emit("message", { message });
    await this.files.discard(dropped);
    return message;
  }

  async #ownFile(room: RoomId, { owner }: ChatAuthor, id: string): Promise<SharedFile | undefined> {
    const file = await this.files.find(id);
    if (file?.room !== room || file.owner !== owner || file.state !== "ready" || file.sha256 === null) {
      return undefined;
    }
    const { name, contentType, size, sha256 } = file;
    return { id, name, contentType, size, sha256 };
  }
}

const noRoom: Result<never, ChatProblem> = fail({ code: "ROOM_NOT_FOUND", message: "there is no such room" });

/** Tab and line feed are text. */
const controls = /[^\P{Cc}\t\n]/u;

function problemOfText(text: string, fileId: string | undefined): ChatProblem | undefined {
  if (text === "" && fileId === undefined) {
    return { code: "INVALID_FIELD", message: "text must not be empty without a file", field: "text" };
  }
  if ([...text].length > maxTextLength) {
    return {
      code: "INVALID_FIELD",
      message: `text must have at most ${maxTextLength} characters`,
      field: "text",
    };
  }
  if (controls.test(text)) {
    return { code: "INVALID_FIELD", message: "text must not hold control characters", field: "text" };
  }
  return undefined;
}
