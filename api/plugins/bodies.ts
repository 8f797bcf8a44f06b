// How bytes become values: the bound of the address, the JSON parser for bodies and the parser for queries.
// None of them interprets what it reads; schemas do that.

import { parse } from "node:querystring";
import type { FastifyRequest } from "fastify";
import type { Api } from "../instance.ts";
import { HttpRefusal } from "./problem.ts";
import { repeatedMembers } from "./repeated-members.ts";
import { refusalOfRepeated, refuseFields } from "./validation.ts";

const maxQueryParameters = 50;

export function boundAddress(app: Api, maxBytes: number): void {
  app.addHook("onRequest", async ({ url }) => {
    if (url.length > maxBytes)
      throw new HttpRefusal("URL_TOO_LONG", `An address has at most ${maxBytes} bytes.`);
    if (!isWellEscaped(url)) {
      throw new HttpRefusal("MALFORMED_REQUEST", "The address must be UTF-8, escaped where it is not ASCII.");
    }
  });
}

function isWellEscaped(url: string): boolean {
  if (/[^\u0021-\u007e]/.test(url)) return false;
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}

/** Reads JSON only. An empty body counts as none, with any content type: some clients announce one and send nothing. */
export function readJsonBodies(app: Api): void {
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    const text = textOf(body as Buffer);
    if (typeof text !== "string") done(text);
    else if (hasHalfCharacter(text))
      done(new HttpRefusal("MALFORMED_REQUEST", "The body holds half a character."));
    else {
      parseJson(request, text, (error, value) => {
        const repeated = error ? [] : repeatedMembers(text);
        if (repeated.length > 0) done(refusalOfRepeated(repeated));
        else done(error, value);
      });
    }
  });
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else done(new HttpRefusal("UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json."));
  });
  ignoreTypesOfNothing(app);
  refuseCodings(app);
}

/** Whether a body follows, which may be empty where its length is not announced. */
export function announcesBody({ raw: { headers } }: FastifyRequest): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
}

/** Ignores the content type of a body that is announced to be empty. */
function ignoreTypesOfNothing(app: Api): void {
  app.addHook("onRequest", async (request) => {
    if (!announcesBody(request)) delete request.raw.headers["content-type"];
  });
}

/** Refuses content codings: a compressed body would be misread. */
function refuseCodings(app: Api): void {
  app.addHook("preParsing", async (request) => {
    const coding = request.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
    if (coding === "identity" || !announcesBody(request)) return;
    throw new HttpRefusal("UNSUPPORTED_MEDIA_TYPE", "Send the body as it is, without Content-Encoding.", {
      headers: { "accept-encoding": "identity" },
    });
  });
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** JSON and forms are UTF-8; anything else would be guessed. */
export function textOf(body: Buffer): string | HttpRefusal {
  try {
    return utf8.decode(body);
  } catch {
    return new HttpRefusal("MALFORMED_REQUEST", "The body is not valid UTF-8.");
  }
}

const escapes =
  /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\[\s\S]/g;

/** JSON can escape one half of a surrogate pair, which UTF-8 cannot hold (RFC 8259 section 8.2). */
function hasHalfCharacter(json: string): boolean {
  for (const { groups } of json.matchAll(escapes)) if (groups?.["half"]) return true;
  return false;
}

/** `$filter` is `filter`. A parameter given twice becomes a list, which no schema takes. */
export function parseQuery(text: string): Record<string, unknown> {
  const query: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(parse(text, "&", "=", { maxKeys: maxQueryParameters }))) {
    const plain = name.replace(/^\$(?=.)/, "");
    query[plain] = plain in query ? [query[plain], value] : value;
  }
  return query;
}

/** For operations that take no body: an empty object is as good as none, anything else is refused by name. */
export async function refuseBody(request: FastifyRequest): Promise<void> {
  const { body } = request;
  if (body === undefined || body === null) return;
  if (typeof body !== "object" || Array.isArray(body)) {
    throw refuseFields([{ field: "", message: "must be empty" }]);
  }
  const unknown = Object.keys(body).slice(0, 8);
  if (unknown.length === 0) return;
  throw refuseFields(
    unknown.map((name) => ({ field: name.slice(0, 100) || '""', message: "is not a known field" })),
  );
}

/** For operations whose body may be absent: none is as good as an empty one. */
export async function optionalBody(request: FastifyRequest): Promise<void> {
  request.body ??= {};
}
