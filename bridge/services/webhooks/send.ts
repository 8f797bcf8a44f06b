// One request to one receiver: within a time, to an allowed address, without following redirects, and reading no more
// of the answer than is worth keeping. Every failure is returned as an outcome.
//
// A connection is kept for a few seconds for the next request to the same receiver. It leads where it led when it was
// made, to an address that was looked at then; what a name stands for is looked up with every new one.
import { Agent as HttpAgent, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { type Clock, errorCode } from "#common";
import { assertLiteralAllowed, publicLookup } from "./destination.ts";
import { maxWaitMs } from "./schedule.ts";
import type { Attempt } from "./types.ts";

export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SendOutcome extends Attempt {
  /** How long the receiver asks us to wait. */
  readonly retryAfterMs: number;
}

/** Never rejects. */
export type Send = (message: Message, signal: AbortSignal) => Promise<SendOutcome>;

export interface SenderOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly allowPrivate: boolean;
}

/** Read of an answer, and kept. */
const maxReadLength = 4096;
const maxKept = 500;

interface Answer {
  readonly status: number;
  readonly response: string;
  readonly retryAfterMs: number;
}

/** One request at a time is made to a webhook; a second connection is for one that is sent again or tested. */
const kept = { keepAlive: true, maxFreeSockets: 1, maxTotalSockets: 400, timeout: 15_000 };

export function createSend({ clock, timeoutMs, allowPrivate }: SenderOptions): Send {
  const agents = { http: new HttpAgent(kept), https: new HttpsAgent(kept) };
  const lookup = allowPrivate ? {} : { lookup: publicLookup() };

  function ask(message: Message, signal: AbortSignal, again = false): Promise<Answer> {
    const { url, headers, body } = message;
    const target = new URL(url);
    assertLiteralAllowed(target, allowPrivate);
    const secure = target.protocol === "https:";
    const request = secure ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const sent = request(target, {
        method: "POST",
        agent: secure ? agents.https : agents.http,
        headers: { ...headers, "content-length": Buffer.byteLength(body) },
        signal,
        ...lookup,
      });
      sent.once("error", (error) => {
        // The receiver has closed a kept connection in the moment in which it was used again.
        const stale = sent.reusedSocket && !again && errorCode(error) === "ECONNRESET";
        if (stale) resolve(ask(message, signal, true));
        else reject(error);
      });
      sent.once("response", (response) => {
        const pieces: Buffer[] = [];
        let size = 0;
        const read = () => {
          const retryAfter = Number(response.headers["retry-after"]);
          resolve({
            status: response.statusCode ?? 0,
            response: printable(Buffer.concat(pieces).subarray(0, maxReadLength).toString("utf8")),
            retryAfterMs: retryAfter > 0 ? Math.min(maxWaitMs, retryAfter * 1000) : 0,
          });
        };
        const breakOff = () => {
          read();
          sent.destroy();
        };
        response.on("data", (piece: Buffer) => {
          pieces.push(piece);
          size += piece.length;
          if (size >= maxReadLength) breakOff();
        });
        response.once("end", read);
        // The status has come: an answer that breaks off afterwards is one.
        response.once("error", breakOff);
      });
      sent.end(body);
    });
  }

  return async (message, signal) => {
    const at = new Date(clock.now()).toISOString();
    const startedAt = clock.monotonic();
    const limit = new AbortController();
    const timer = clock.after(timeoutMs, () => limit.abort());
    const durationMs = () => Math.round(clock.monotonic() - startedAt);
    try {
      const { status, response, retryAfterMs } = await ask(message, AbortSignal.any([signal, limit.signal]));
      const error = status >= 200 && status < 300 ? null : wordFor(status);
      return { at, status, error, durationMs: durationMs(), response, retryAfterMs };
    } catch (failure) {
      const error = limit.signal.aborted ? "TIMEOUT" : (errorCode(failure) ?? "FAILED");
      return { at, status: null, error, durationMs: durationMs(), response: "", retryAfterMs: 0 };
    } finally {
      timer.cancel();
    }
  };
}

const wordFor = (status: number): string => (status >= 300 && status < 400 ? "REDIRECT" : `HTTP_${status}`);

/** It comes from strangers and ends on screens. */
const printable = (text: string): string => text.replace(/\p{Cc}+/gu, " ").slice(0, maxKept);
