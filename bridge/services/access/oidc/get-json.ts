// One GET of a JSON document of the issuer: within a time, without following redirects, and no larger than such a
// document may be. What is sent holds nothing of a client's request.
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { rootCertificates } from "node:tls";
import { type Clock, ParleyError } from "#common";

/** Rejects when the document does not come, is too large or is no JSON. */
export type GetJson = (url: URL) => Promise<unknown>;

export interface GetJsonOptions {
  readonly clock: Clock;
  /** PEM of an authority that is trusted beside those that Node knows; empty: none. */
  readonly ca: string;
}

const limitMs = 5000;
const maxBytes = 256 * 1024;

export function createGetJson({ clock, ca }: GetJsonOptions): GetJson {
  const trusted = ca === "" ? {} : { ca: [...rootCertificates, ca] };
  return async (url) => {
    const limit = new AbortController();
    const timer = clock.after(limitMs, () => limit.abort());
    try {
      return JSON.parse(await read(url, trusted, limit.signal));
    } catch (error) {
      if (limit.signal.aborted) throw new ParleyError("TIMEOUT", `no answer within ${limitMs / 1000} s`);
      throw error;
    } finally {
      timer.cancel();
    }
  };
}

function read(url: URL, trusted: { readonly ca?: string[] }, signal: AbortSignal): Promise<string> {
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers: { accept: "application/json" }, agent: false, signal, ...trusted });
    const give = (code: string, message: string) => {
      reject(new ParleyError(code, message));
      sent.destroy();
    };
    sent.on("error", reject);
    sent.once("response", (response) => {
      if (response.statusCode !== 200) return give("HTTP_STATUS", `answered ${response.statusCode}`);
      const pieces: Buffer[] = [];
      let size = 0;
      response.on("data", (piece: Buffer) => {
        size += piece.length;
        if (size > maxBytes) return give("TOO_LARGE", `more than ${maxBytes} bytes`);
        pieces.push(piece);
      });
      response.once("end", () => resolve(Buffer.concat(pieces).toString("utf8")));
      response.once("error", reject);
    });
    sent.end();
  });
}
