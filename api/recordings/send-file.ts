// A file of ours as an answer: whole or one range of it (RFC 9110 section 14), as an attachment under its name
// (RFC 6266) that no browser takes for anything else.
import { type FileHandle, open } from "node:fs/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import { errorCode } from "#common";
import { HttpRefusal } from "../plugins/index.ts";
import { byteRange, sameFile } from "./range.ts";

/** A large file on a slow line takes its time; what moves no more ends by the idle limit of the connection. */
export const maxDownloadMs = 24 * 3_600_000;

export interface SentFile {
  /** On the disk. */
  readonly path: string;
  readonly name: string;
  readonly contentType: string;
  /** The entity tag; null while the file still changes. */
  readonly sha256: string | null;
  /** RFC 3339; null: not known. */
  readonly endedAt: string | null;
  /** The refusal when the file does not exist. */
  readonly notFound: () => HttpRefusal;
}

export async function sendFile(file: SentFile, request: FastifyRequest, reply: FastifyReply) {
  const handle = await openFile(file);
  let handedOver = false;
  try {
    const { size } = await handle.stat();
    const entityTag = file.sha256 === null ? undefined : `"${file.sha256}"`;
    const lastModified = file.endedAt === null ? undefined : new Date(file.endedAt).toUTCString();
    const same = sameFile(request.headers["if-range"] as string | undefined, { entityTag, lastModified });
    const ranged = same && request.method === "GET";
    const range = byteRange(ranged ? request.headers.range : undefined, size);
    if (range === "unsatisfiable") {
      throw new HttpRefusal("RANGE_NOT_SATISFIABLE", `The file has ${size} bytes.`, {
        headers: { "content-range": `bytes */${size}` },
      });
    }
    const { first, last } = range === "whole" ? { first: 0, last: size - 1 } : range;
    const length = last - first + 1;
    reply.headers({
      "accept-ranges": "bytes",
      "content-type": file.contentType,
      "content-length": length,
      "content-disposition": attachmentOf(file.name),
      "x-content-type-options": "nosniff",
      ...(entityTag !== undefined && { etag: entityTag }),
      ...(lastModified !== undefined && { "last-modified": lastModified }),
      ...(range !== "whole" && { "content-range": `bytes ${first}-${last}/${size}` }),
    });
    reply.code(range === "whole" ? 200 : 206);
    if (request.method === "HEAD" || length === 0) return reply.send();
    handedOver = true;
    return reply.send(handle.createReadStream({ start: first, end: last }));
  } finally {
    if (!handedOver) await handle.close();
  }
}

async function openFile({ path, notFound }: SentFile): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    throw notFound();
  }
}

/** The header with the name twice: for clients that read RFC 8187, and in ASCII for all others. */
function attachmentOf(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const extended = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return plain === name
    ? `attachment; filename="${name}"`
    : `attachment; filename="${plain}"; filename*=UTF-8''${extended}`;
}
