// Files that belong to chats, from their announcement to the day on which their room goes:
//
//   announce → announced ─ receive ─▶ ready ─ a message has it ─▶ sent
//
// A file that was not sent within an hour of its announcement is removed. The caller of these functions checks permissions.
import {
  type Clock,
  errorMessage,
  fail,
  type Logger,
  lineBreaks,
  newId,
  ok,
  type Result,
  type RoomId,
  type Timer,
} from "#common";
import { mismatchOf } from "./content.ts";
import type { FileFolder } from "./file-folder.ts";
import type { ChatAuthor, ChatFile, ChatProblem, ChatRepository, ChatSettings, NewFile } from "./types.ts";

export interface SharedFilesOptions {
  readonly repository: ChatRepository;
  readonly folder: FileFolder;
  readonly settings: ChatSettings;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface OpenableFile extends ChatFile {
  readonly path: string;
}

/** How long a file waits for its bytes and its message. */
const unsentMs = 3_600_000;
const sweepEveryMs = 600_000;
/** Of one owner in one room. */
const maxUnsent = 10;
const maxNameLength = 200;

export class SharedFiles {
  readonly #options: SharedFilesOptions;
  readonly #receiving = new Set<string>();
  #sweep: Timer | undefined;
  #closed = false;

  constructor(options: SharedFilesOptions) {
    this.#options = options;
  }

  /** Removes files that belong to no room, and from now on unsent ones that have expired. */
  async start(): Promise<void> {
    const { repository, folder } = this.#options;
    await folder.keepOnly(new Set(await repository.fileIds()));
    await this.#clear();
  }

  /** Reserves a file. */
  async announce(room: RoomId, { owner }: ChatAuthor, file: NewFile): Promise<Result<ChatFile, ChatProblem>> {
    const { repository, folder, settings, clock } = this.#options;
    const { name, size } = file;
    const contentType = file.contentType.trim().toLowerCase();
    if (!isFileName(name)) {
      return refuse(
        "INVALID_FIELD",
        `name must be the name of a file, of 1 to ${maxNameLength} characters`,
        "name",
      );
    }
    if (!settings.contentTypes.includes(contentType)) {
      const known = settings.contentTypes.join(", ") || "none";
      return refuse(
        "FILE_NOT_ALLOWED",
        `files of this type may not be sent here; allowed: ${known}`,
        "contentType",
      );
    }
    if (size > settings.maxFileBytes) {
      return refuse("FILE_TOO_LARGE", `a file has at most ${settings.maxFileBytes} bytes`, "size");
    }
    if ((await repository.unsent(room, owner)) >= maxUnsent) {
      return refuse("TOO_MANY_FILES", `${maxUnsent} files wait to be sent already: send them first`);
    }
    if ((await repository.bytes(room)) + size > settings.maxRoomBytes) {
      return refuse("TOO_MANY_FILES", `the files of a room have at most ${settings.maxRoomBytes} bytes`);
    }
    const full = (await repository.bytes()) + size > settings.maxTotalBytes;
    if (full || (await folder.freeBytes()) - size < settings.minFreeBytes) {
      return refuse("NO_SPACE", "there is no room for the file on the disk of this bridge");
    }
    const announced: ChatFile = {
      ...{ id: newId<string>(), room, owner, name, contentType, size },
      ...{ sha256: null, state: "announced", createdAt: new Date(clock.now()).toISOString() },
    };
    await repository.insertFile(announced);
    return ok(announced);
  }

  /** Takes the bytes of an announced file, once. Rejects when the disk or the source fails; it can be tried again then. */
  async receive(id: string, source: AsyncIterable<Uint8Array>): Promise<Result<ChatFile, ChatProblem>> {
    const file = await this.find(id);
    if (!file) return notFound;
    if (file.state !== "announced" || this.#receiving.has(id)) {
      return refuse("FILE_ALREADY_THERE", "the file was uploaded already, or is being");
    }
    this.#receiving.add(id);
    const { folder, repository } = this.#options;
    try {
      const received = await folder.receive(id, source, file.size);
      const wrong =
        received.kind === "longer" || received.size !== file.size
          ? `${file.size} bytes were announced, and ${received.kind === "longer" ? "more" : received.size} came`
          : await mismatch(received.path, file.contentType);
      if (wrong !== undefined || received.kind === "longer") return refuse("FILE_MISMATCH", wrong ?? "");
      // The room may have gone in the meantime.
      if (!(await repository.file(id))) return notFound;
      await folder.keep(id);
      await repository.completeFile(id, received.sha256);
      return ok({ ...file, state: "ready", sha256: received.sha256 });
    } finally {
      this.#receiving.delete(id);
      await folder.discard(id);
    }
  }

  find(id: string): Promise<ChatFile | undefined> {
    return this.#options.repository.file(id);
  }

  /** An uploaded file of this room: sent, or the owner's own. */
  async of(room: RoomId, id: string, owner: string): Promise<OpenableFile | undefined> {
    const file = await this.openable(id);
    return file?.room === room && (file.state === "sent" || file.owner === owner) ? file : undefined;
  }

  /** An uploaded file. */
  async openable(id: string): Promise<OpenableFile | undefined> {
    const file = await this.find(id);
    if (!file || file.state === "announced") return undefined;
    return { ...file, path: this.#options.folder.path(id) };
  }

  /** Removes files whose rows are deleted already. */
  async discard(ids: readonly string[]): Promise<void> {
    const { folder, log } = this.#options;
    for (const id of ids) {
      await folder.remove(id).catch((error) => {
        log.warn({ file: id, reason: errorMessage(error) }, "a file of a chat was not removed");
      });
    }
  }

  close(): void {
    this.#closed = true;
    this.#sweep?.cancel();
  }

  async #clear(): Promise<void> {
    const { repository, clock, log } = this.#options;
    try {
      const before = new Date(clock.now() - unsentMs).toISOString();
      const ids = (await repository.unsentBefore(before)).filter((id) => !this.#receiving.has(id));
      for (const id of ids) await repository.deleteFile(id);
      await this.discard(ids);
    } catch (error) {
      log.warn({ reason: errorMessage(error) }, "files of chats that were not sent could not be removed");
    }
    if (!this.#closed) this.#sweep = clock.after(sweepEveryMs, () => void this.#clear());
  }
}

async function mismatch(path: string, contentType: string): Promise<string | undefined> {
  const found = await mismatchOf(path, contentType);
  return found && `${contentType} was announced, and the file is ${found}`;
}

/** Characters that may not be in a name: path separators and line breaks. */
const notInNames = new RegExp(`[${lineBreaks}/\\\\]`);
const isFileName = (name: string): boolean =>
  name.length <= maxNameLength && !notInNames.test(name) && /[^.\s]/.test(name) && name.isWellFormed();

const refuse = (
  code: ChatProblem["code"],
  message: string,
  field?: ChatProblem["field"],
): Result<never, ChatProblem> => fail({ code, message, ...(field !== undefined && { field }) });

const notFound: Result<never, ChatProblem> = fail({
  code: "FILE_NOT_FOUND",
  message: "there is no such file in this room",
});
