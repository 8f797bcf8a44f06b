// One request to one receiver: within a time, to an allowed address, without following redirects, and reading no more
// of the answer than is worth keeping. Whatever goes wrong is an outcome.
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { type Clock, errorCode } from "#common";
import { assertLiteralAllowed, publicLookup } from "./destination.ts";
import { longestWaitMs } from "./schedule.ts";
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
const mostRead = 4096;
const mostKept = 500;

interface Answer {
  readonly status: number;
  readonly response: string;
  readonly retryAfterMs: number;
}

export function createSend({ clock, timeoutMs, allowPrivate }: SenderOptions): Send {
  const lookup = allowPrivate ? {} : { lookup: publicLookup() };

  function ask({ url, headers, body }: Message, signal: AbortSignal): Promise<Answer> {
    const target = new URL(url);
    assertLiteralAllowed(target, allowPrivate);
    const request = target.protocol === "https:" ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const sent = request(target, {
        method: "POST",
        // A connection of its own: nothing of an earlier one decides where this goes.
        agent: false,
        headers: { ...headers, "content-length": Buffer.byteLength(body) },
        signal,
        ...lookup,
      });
      sent.once("error", reject);
      sent.once("response", (response) => {
        const pieces: Buffer[] = [];
        let size = 0;
        const finish = () => {
          const retryAfter = Number(response.headers["retry-after"]);
          resolve({
            status: response.statusCode ?? 0,
            response: printable(Buffer.concat(pieces).subarray(0, mostRead).toString("utf8")),
            retryAfterMs: retryAfter > 0 ? Math.min(longestWaitMs, retryAfter * 1000) : 0,
          });
          sent.destroy();
        };
        response.on("data", (piece: Buffer) => {
          pieces.push(piece);
          size += piece.length;
          if (size >= mostRead) finish();
        });
        response.once("end", finish);
        // The status has come: an answer that breaks off afterwards is one.
        response.once("error", finish);
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
const printable = (text: string): string => text.replace(/\p{Cc}+/gu, " ").slice(0, mostKept);
