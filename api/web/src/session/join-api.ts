// The bridge's HTTP answers to the holder of a join token.
import type { JoinSession, RenewedToken, Roster } from "../../../join/schemas.ts";
import { type Problem, problemOfAnswer, problemOfOperation } from "./problem.ts";

/** The bridge has refused, or could not be asked. */
export class JoinRefused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem);
    this.problem = problem;
  }
}

/** Longest line of the roster's stream, characters. */
const maxLine = 1_000_000;
const answerWithinMs = 10_000;
/** The bridge sends a line every ten seconds at least. */
const silenceMs = 25_000;

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
    const response = await this.#send("POST", "/token", undefined, AbortSignal.timeout(answerWithinMs));
    const { token, expires_in } = (await response.json()) as RenewedToken;
    this.#token = token;
    return expires_in;
  }

  /** An operation of the room or of oneself. @throws JoinRefused */
  async change(method: "PUT" | "POST" | "DELETE", path: string, body?: object): Promise<void> {
    const signal = AbortSignal.timeout(answerWithinMs);
    await this.#send(method, path, body, signal, problemOfOperation);
  }

  /** The room as it is and whenever it changes, until `ended` or the stream breaks. @throws JoinRefused */
  async *rosters(ended: AbortSignal): AsyncGenerator<Roster> {
    const over = new AbortController();
    const stop = () => over.abort();
    ended.addEventListener("abort", stop);
    let timer = setTimeout(stop, silenceMs);
    try {
      const response = await this.#send("GET", "/roster", undefined, over.signal);
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
        for (const line of lines) if (line !== "") yield JSON.parse(line) as Roster;
      }
    } finally {
      clearTimeout(timer);
      ended.removeEventListener("abort", stop);
    }
  }

  async #send(
    method: string,
    path: string,
    body: object | undefined,
    signal: AbortSignal,
    problemOf: typeof problemOfAnswer = problemOfAnswer,
  ): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`/api/join${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.#token}`,
          ...(this.sipCallId === "" ? {} : { "parley-call": this.sipCallId }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
        signal,
      });
    } catch {
      throw new JoinRefused("serverUnreachable");
    }
    if (response.ok) return response;
    const { code } = (await response.json().catch(() => ({}))) as { code?: string };
    throw new JoinRefused(problemOf(response.status, code ?? ""));
  }
}
