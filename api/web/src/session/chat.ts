// The chat of the room as this page knows it: the latest messages, what is being sent, and what has not been seen. New
// messages come with the roster's stream; what was missed while that was broken is asked for.
import { computed, signal } from "@preact/signals";
import type { WireMessage } from "../../../chat/schemas.ts";
import { type JoinApi, JoinRefused } from "./join-api.ts";
import type { ChatTrouble } from "./problem.ts";

/** Messages that the page keeps. */
const maxKept = 1000;
const pageSize = 100;
/** Of messages that were missed. */
const maxPages = 10;

export class ChatSession {
  readonly messages = signal<readonly WireMessage[]>([]);
  /** Whether there are older ones than those. */
  readonly hasOlder = signal(false);
  /** Whether the chat may be read, as far as is known. */
  readonly isOpen = signal(false);
  readonly unseen = computed(
    () => this.messages.value.filter(({ number }) => number > this.seen.value).length,
  );
  readonly seen = signal(0);
  /** The name of the file that is on its way. */
  readonly uploading = signal<string | undefined>(undefined);
  readonly trouble = signal<ChatTrouble | undefined>(undefined);
  readonly #api: JoinApi;
  #loaded = false;

  constructor(api: JoinApi) {
    this.#api = api;
  }

  /** When the page is in the room, at first or again. */
  async load(): Promise<void> {
    try {
      if (!this.#loaded) {
        const { items, newest } = await this.#api.messages({ limit: pageSize });
        this.#loaded = true;
        this.hasOlder.value = (items[0]?.number ?? 1) > 1;
        this.seen.value = newest;
        this.#add(items);
      } else {
        for (let page = 0; page < maxPages; page++) {
          const after = this.messages.value.at(-1)?.number ?? 0;
          const { items } = await this.#api.messages({ after, limit: pageSize });
          this.#add(items);
          if (items.length < pageSize) break;
        }
      }
      this.isOpen.value = true;
    } catch (error) {
      if (error instanceof JoinRefused && error.code === "CHAT_NOT_ALLOWED") this.isOpen.value = false;
      // Anything else: asked again with the next stream.
    }
  }

  /** The answer of the stream. */
  heard(message: WireMessage): void {
    this.#add([message]);
  }

  async loadOlder(): Promise<void> {
    const before = this.messages.value[0]?.number;
    if (before === undefined) return;
    await this.#try(async () => {
      const { items } = await this.#api.messages({ before, limit: pageSize });
      this.hasOlder.value = items.length > 0 && (items[0]?.number ?? 1) > 1;
      this.#add(items);
    });
  }

  /** Everything that is here has been looked at. */
  markSeen(): void {
    this.seen.value = Math.max(this.seen.value, this.messages.value.at(-1)?.number ?? 0);
  }

  /** True when it was sent. */
  send(text: string): Promise<boolean> {
    return this.#try(async () => this.#sent(await this.#api.sendMessage({ text })));
  }

  /** Uploads the file and sends it as a message of its own. */
  async sendFile(file: File): Promise<boolean> {
    if (this.uploading.value !== undefined) return false;
    this.uploading.value = file.name;
    try {
      return await this.#try(async () =>
        this.#sent(await this.#api.sendMessage({ file_id: await this.#api.upload(file) })),
      );
    } finally {
      this.uploading.value = undefined;
    }
  }

  /** A link to the file, for the browser to follow; undefined: it was refused. */
  async downloadLink(id: string): Promise<string | undefined> {
    let link: string | undefined;
    await this.#try(async () => {
      link = await this.#api.downloadLink(id);
    });
    return link;
  }

  #sent(message: WireMessage): void {
    this.#add([message]);
    this.markSeen();
  }

  #add(items: readonly WireMessage[]): void {
    const known = new Map(this.messages.value.map((message) => [message.number, message]));
    for (const message of items) known.set(message.number, message);
    const all = [...known.values()].sort((left, right) => left.number - right.number);
    if (all.length > maxKept) this.hasOlder.value = true;
    this.messages.value = all.slice(-maxKept);
  }

  async #try(work: () => Promise<void>): Promise<boolean> {
    this.trouble.value = undefined;
    try {
      await work();
      return true;
    } catch (error) {
      this.trouble.value = troubleOf(error);
      return false;
    }
  }
}

/** What the chat's refusals mean to a person. */
export function troubleOf(error: unknown): ChatTrouble {
  const code = error instanceof JoinRefused ? error.code : "";
  const byCode: Readonly<Record<string, ChatTrouble>> = {
    ...{ CHAT_NOT_ALLOWED: "notAllowed", LINK_NOT_VALID: "notAllowed", CHAT_LIMIT: "tooFast" },
    ...{ FILE_TOO_LARGE: "fileTooLarge", BODY_TOO_LARGE: "fileTooLarge" },
    ...{ FILE_NOT_ALLOWED: "fileType", FILE_MISMATCH: "fileType" },
    ...{ TOO_MANY_FILES: "noSpace", NO_SPACE: "noSpace", FILE_NOT_FOUND: "fileGone" },
  };
  return byCode[code] ?? "failed";
}
