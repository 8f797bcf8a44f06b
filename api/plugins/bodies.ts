// How bytes become values: the bound of the address, the JSON parser for bodies and the parser for queries.
// None of them interprets what it reads; schemas do that.

import { parse } from "node:querystring";
import type { FastifyRequest } from "fastify";
import type { Api } from "../instance.ts";
import { Refusal } from "./problem.ts";
import { refuseFields } from "./validation.ts";

const maxQueryParameters = 50;

export function boundAddress(app: Api, maxBytes: number): void {
  app.addHook("onRequest", async ({ url }) => {
    if (url.length > maxBytes) throw new Refusal("URL_TOO_LONG", `An address has at most ${maxBytes} bytes.`);
    if (!isWellEscaped(url)) {
      throw new Refusal("MALFORMED_REQUEST", "The address must be UTF-8, escaped where it is not ASCII.");
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

/** JSON and nothing else. An empty body is no body, whatever its type: clients announce one and send none. */
export function readJsonBodies(app: Api): void {
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    const text = textOf(body as Buffer);
    if (typeof text === "string") parseJson(request, text, done);
    else done(text);
  });
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else done(new Refusal("UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json."));
  });
  ignoreTypesOfNothing(app);
}

/** The type of a body that is announced to be empty says nothing, whatever it is. */
function ignoreTypesOfNothing(app: Api): void {
  app.addHook("onRequest", async ({ raw: { headers } }) => {
    const chunked = headers["transfer-encoding"] !== undefined;
    if (!chunked && Number(headers["content-length"] ?? 0) === 0) delete headers["content-type"];
  });
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** JSON and forms are UTF-8; anything else would be guessed. */
export function textOf(body: Buffer): string | Refusal {
  try {
    return utf8.decode(body);
  } catch {
    return new Refusal("MALFORMED_REQUEST", "The body is not valid UTF-8.");
  }
}

/** `$filter` is `filter`. A parameter given twice becomes a list, which no schema takes. */
export function parseQuery(text: string): Record<string, unknown> {
  const query: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(parse(text, "&", "=", { maxKeys: maxQueryParameters }))) {
    const plain = name.replace(/^\$/, "");
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
  throw refuseFields(unknown.map((name) => ({ field: name.slice(0, 100), message: "is not a known field" })));
}

/** For operations whose body may be absent: none is as good as an empty one. */
export async function optionalBody(request: FastifyRequest): Promise<void> {
  request.body ??= {};
}
