// Entity tags of what is read (RFC 9110 section 8.8.3): the one that a handler has set, else one made of the answer.
// A client that shows with If-None-Match that it has the answer already gets 304 and no body (section 13.1.2).

import { createHash } from "node:crypto";
import type { Api } from "../instance.ts";

/** Before any route is declared. */
export function tagAnswers(api: Api): void {
  api.addHook("onSend", async (request, reply, payload) => {
    const reads = request.method === "GET" || request.method === "HEAD";
    if (!reads || reply.statusCode !== 200 || typeof payload !== "string") return payload;
    const own = reply.getHeader("etag");
    const tag = typeof own === "string" ? own : tagOf(payload);
    reply.header("etag", tag);
    if (!isAmong(request.headers["if-none-match"], tag)) return payload;
    reply.code(304).removeHeader("content-type").removeHeader("content-length");
    return null;
  });
}

const tagOf = (payload: string): string =>
  `"${createHash("sha256").update(payload).digest("base64url").slice(0, 22)}"`;

/** The weak comparison. A header that is no list of tags matches nothing. */
function isAmong(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  return header.split(",").some((one) => one.trim().replace(/^W\//, "") === tag);
}
