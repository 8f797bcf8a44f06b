// Entity tags of what is read as JSON (RFC 9110 section 8.8.3): the one that a handler has set, else one made of the
// answer. A client that shows with If-None-Match that it has the answer already gets 304 and no body (section 13.1.2).
import { createHash } from "node:crypto";
import type { Api } from "../instance.ts";

/** Before any route is declared. */
export function tagAnswers(app: Api): void {
  app.addHook("onSend", async (request, reply, payload) => {
    const reads = request.method === "GET" || request.method === "HEAD";
    if (!reads || reply.statusCode !== 200 || typeof payload !== "string") return payload;
    const isJson = String(reply.getHeader("content-type")).startsWith("application/json");
    if (!isJson || !request.url.startsWith("/api/")) return payload;
    const own = reply.getHeader("etag");
    const tag = typeof own === "string" ? own : tagOf(payload);
    reply.header("etag", tag);
    if (!isAmong(request.headers["if-none-match"], tag)) return payload;
    reply.code(304).removeHeader("content-type").removeHeader("content-length");
    return "";
  });
}

const tagOf = (payload: string): string =>
  `"${createHash("sha256").update(payload).digest("base64url").slice(0, 22)}"`;

const list = /^[\s,]*(?:(?:W\/)?"[^"]*"\s*(?:,[\s,]*|$))+$/;

/** A list of tags (RFC 9110 section 5.6.1: empty elements mean nothing); undefined when it is none. */
export const tagsOf = (header: string): readonly string[] | undefined =>
  list.test(header) ? (header.match(/(?:W\/)?"[^"]*"/g) ?? []) : undefined;

/** The weak comparison. A header that is no list of tags matches nothing. */
function isAmong(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  return tagsOf(header)?.some((one) => one.replace(/^W\//, "") === tag) ?? false;
}
