// The bridge's HTTP answers to the holder of a join token.
import type { WireMessage } from "../../../chat/schemas.ts";
import type { JoinSession, MessageLine, RenewedToken, Roster } from "../../../join/schemas.ts";
import { bridgePath } from "./bridge-path.ts";
import { type Problem, problemOfAnswer, problemOfOperation } from "./problem.ts";

/** The bridge has refused, or could not be asked. */
export class JoinRefused extends Error {
  readonly problem: Problem;
  /** Of the bridge's answer; empty when there was none. */
  readonly code: string;

  constructor(problem: Problem, code = "") {
    super(problem);
    this.problem = problem;
    this.code = code;
  }
}

/** Longest line of the roster's stream, characters. */
const maxLine = 1_000_000;
const answerWithinMs = 10_000;
const uploadWithinMs = 120_000;
/** The bridge sends a line every ten seconds at least. */
const silenceMs = 25_000;

interface MessagePage {
  readonly items: readonly WireMessage[];
  readonly newest: number;
}

interface Upload {
  readonly file_id: string;
  readonly upload_url: string;
}

interface Download {
  readonly download_url: string;
}

export class JoinApi {
  #token: string;
  /** Call-ID of the call that this page has with the room: it shows for whom the page speaks. */
  sipCallId = "";

  constructor(token: string) {
    this.#token = token;
  }

  /** For requests to the bridge, by SIP too: another one after `renew`. */
  get token(): string {
    return this.#token;
  }

  /** @throws JoinRefused */
  async session(): Promise<JoinSession> {
    const response = await this.#send("GET", "", undefined, AbortSignal.timeout(answerWithinMs));
    return (await response.json()) as JoinSession;
  }

  /** Gets the token for longer, while the call lasts. Resolves with the seconds until it ends. @throws JoinRefused */
  async renew(): Promise<number> {
    const response = await this.#send("POST", "/renewal", undefined, AbortSignal.timeout(answerWithinMs));
    const { token, expires_in } = (await response.json()) as RenewedToken;
    this.#token = token;
    return expires_in;
  }

  /** An operation of the room or of oneself. @throws JoinRefused */
  async change(method: "PUT" | "POST" | "DELETE", path: string, body?: object): Promise<void> {
    const signal = AbortSignal.timeout(answerWithinMs);
    await this.#send(method, path, body, signal, problemOfOperation);
  }

  /** Messages of the chat. @throws JoinRefused */
  async messages(query: Readonly<Record<string, number>>): Promise<MessagePage> {
    const words = Object.entries(query).map(([name, value]) => `${name}=${value}`);
    const signal = AbortSignal.timeout(answerWithinMs);
    const answer = await this.#send("GET", `/chat?${words.join("&")}`, undefined, signal);
    return (await answer.json()) as MessagePage;
  }

  /** @throws JoinRefused */
  async sendMessage(message: { readonly text?: string; readonly file_id?: string }): Promise<WireMessage> {
    const answer = await this.#send("POST", "/chat", message, AbortSignal.timeout(answerWithinMs));
    return (await answer.json()) as WireMessage;
  }

  /** The id that a message names the file by. @throws JoinRefused */
  async upload(file: File): Promise<string> {
    const { name, size, type } = file;
    const announced = { name, size, content_type: typeOf(name, type) };
    const answer = await this.#send("POST", "/chat/files", announced, AbortSignal.timeout(answerWithinMs));
    const { file_id, upload_url } = (await answer.json()) as Upload;
    await this.#fetch(upload_url, {
      ...{ method: "PUT", body: file, signal: AbortSignal.timeout(uploadWithinMs) },
      headers: { "content-type": "application/octet-stream" },
    });
    return file_id;
  }

  /** A link that needs no token, for a few minutes. @throws JoinRefused */
  async downloadLink(id: string): Promise<string> {
    const signal = AbortSignal.timeout(answerWithinMs);
    const answer = await this.#send("GET", `/chat/files/${encodeURIComponent(id)}`, undefined, signal);
    return bridgePath(((await answer.json()) as Download).download_url);
  }

  /**
   * The room as it is and whenever it changes, and messages of its chat as they come, until `ended` or the stream
   * breaks. @throws JoinRefused
   */
  async *follow(ended: AbortSignal): AsyncGenerator<Roster | MessageLine> {
    const over = new AbortController();
    const stop = () => over.abort();
    ended.addEventListener("abort", stop);
    let timer = setTimeout(stop, silenceMs);
    try {
      const response = await this.#send("GET", "/roster?chat=true", undefined, over.signal);
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        clearTimeout(timer);
        timer = setTimeout(stop, silenceMs);
        const lines = (text + value).split("\n");
        text = lines.pop()!;
        if (text.length > maxLine) return;
        for (const line of lines) if (line !== "") yield JSON.parse(line);
      }
    } finally {
      clearTimeout(timer);
      ended.removeEventListener("abort", stop);
      // However it ends: a response that is not read any more is not left open.
      stop();
    }
  }

  async #send(
    method: string,
    path: string,
    body: object | undefined,
    signal: AbortSignal,
    problemOf?: typeof problemOfAnswer,
  ): Promise<Response> {
    const request = {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(this.sipCallId === "" ? {} : { "parley-call": this.sipCallId }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal,
    };
    return this.#fetch(`/api/join${path}`, request, problemOf);
  }

  async #fetch(path: string, request: RequestInit, problemOf = problemOfAnswer): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(bridgePath(path), { cache: "no-store", credentials: "omit", ...request });
    } catch {
      throw new JoinRefused("serverUnreachable");
    }
    if (response.ok) return response;
    const { code = "" } = (await response.json().catch(() => ({}))) as { code?: string };
    throw new JoinRefused(problemOf(response.status, code), code);
  }
}

/** Types that some systems do not know or name otherwise, by the ends of names. */
const typesByEnd: Readonly<Record<string, string>> = {
  ...{ md: "text/markdown", csv: "text/csv", txt: "text/plain", json: "application/json" },
  zip: "application/zip",
};

function typeOf(name: string, type: string): string {
  const end = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return typesByEnd[end] ?? (type.split(";", 1)[0] || "application/octet-stream");
}
