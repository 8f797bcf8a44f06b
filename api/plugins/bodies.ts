// How bytes become values: the bound of the address, the JSON parser for bodies and the parser for queries.
// None of them interprets what it reads; schemas do that.
import { parse } from "node:querystring";
import type { FastifyRequest } from "fastify";
import type { Api } from "../options.ts";
import { Refusal } from "./problem.ts";
import { refuseFields } from "./validation.ts";

const maxQueryParameters = 50;

export function boundAddress(app: Api, maxBytes: number): void {
  app.addHook("onRequest", async ({ url }) => {
    if (url.length > maxBytes) throw new Refusal("URL_TOO_LONG", `An address has at most ${maxBytes} bytes.`);
  });
}

/** JSON and nothing else. An empty body is no body, whatever its type: clients announce JSON and send none. */
export function readJsonBodies(app: Api): void {
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, undefined);
    else parseJson(request, body as string, done);
  });
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
