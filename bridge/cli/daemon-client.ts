// Asks the running daemon over its Unix socket, as an administrator of this machine: the REST API without a key.

import type { FileHandle } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { errorCode, errorMessage } from "#common";
import { CommandError } from "./exit.ts";

const usualAnswerMs = 10_000;
const pageSize = 100;
const maxPages = 1000;

export interface Page<Item> {
  readonly count: number;
  readonly items: readonly Item[];
}

interface Question {
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** How long the answer is waited for. */
  readonly answerMs?: number;
}

export class DaemonClient {
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /** The body of the answer, for any status. Throws CommandError. */
  async read(
    path: string,
    question: Question = {},
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    const response = await this.#ask(path, question);
    const text = await textOf(response);
    return { status: response.statusCode ?? 0, body: jsonOf(text) };
  }

  /** The answer is waited for so long. Throws a CommandError when it is no success. */
  async get<Body>(path: string, answerMs = usualAnswerMs): Promise<Body> {
    return bodyOf(await this.read(path, { answerMs }));
  }

  /** Throws a CommandError when the answer is no success. */
  async post<Body>(path: string, question: Omit<Question, "method"> = {}): Promise<Body> {
    return bodyOf(await this.read(path, { ...question, method: "POST" }));
  }

  /** Throws a CommandError when the answer is no success. */
  async delete(path: string): Promise<void> {
    bodyOf(await this.read(path, { method: "DELETE" }));
  }

  /** Every item of a list. Throws CommandError. */
  async all<Item>(path: string): Promise<readonly Item[]> {
    const items: Item[] = [];
    for (let page = 0; page < maxPages; page += 1) {
      const { count, items: more } = await this.get<Page<Item>>(
        `${path}?top=${pageSize}&skip=${items.length}`,
      );
      items.push(...more);
      if (more.length === 0 || items.length >= count) break;
    }
    return items;
  }

  /** Hands text over as it comes, until the answer or `signal` ends. Throws CommandError. */
  async follow(path: string, onText: (text: string) => void, signal: AbortSignal): Promise<void> {
    const response = await this.#ask(path);
    await requireSuccess(response);
    const stop = () => response.destroy();
    signal.addEventListener("abort", stop, { once: true });
    response.setEncoding("utf8");
    try {
      for await (const text of response) onText(text as string);
    } catch (error) {
      if (!signal.aborted) throw new CommandError(`the daemon broke off: ${errorMessage(error)}`);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Writes the body of the answer into `file`; it is waited for so long. Throws CommandError. */
  async download(
    path: string,
    { file, answerMs }: { readonly file: FileHandle; readonly answerMs: number },
  ): Promise<void> {
    const response = await this.#ask(path, { answerMs });
    await requireSuccess(response);
    try {
      for await (const bytes of response) await file.writeFile(bytes as Buffer);
    } catch (error) {
      throw new CommandError(`it broke off: ${errorMessage(error)}`);
    }
  }

  #ask(
    path: string,
    { method = "GET", body, answerMs = usualAnswerMs }: Question = {},
  ): Promise<IncomingMessage> {
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const options = { socketPath: this.#socketPath, path, method, headers, agent: false };
    return new Promise((resolve, reject) => {
      const asked = request(options, (response) => {
        asked.setTimeout(0);
        resolve(response);
      });
      asked.setTimeout(answerMs, () => asked.destroy(new Error("it does not answer")));
      asked.on("error", (error) => reject(new CommandError(this.#explain(error))));
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  #explain(error: Error): string {
    if (errorCode(error) === "EACCES") {
      return `${this.#socketPath} may not be opened by this user: use sudo, or the user that Parley runs as`;
    }
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ECONNREFUSED") {
      return `the daemon does not serve ${this.#socketPath}: it is starting or ending`;
    }
    return `the daemon cannot be asked over ${this.#socketPath}: ${errorMessage(error)}`;
  }
}

function bodyOf<Body>({ status, body }: { readonly status: number; readonly body: unknown }): Body {
  if (status < 400) return body as Body;
  throw new CommandError((body as { detail?: string } | undefined)?.detail ?? `the daemon answers ${status}`);
}

async function requireSuccess(response: IncomingMessage): Promise<void> {
  if ((response.statusCode ?? 0) < 400) return;
  const body = jsonOf(await textOf(response)) as { detail?: string } | undefined;
  throw new CommandError(body?.detail ?? `the daemon answers ${response.statusCode}`);
}

async function textOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString("utf8");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
