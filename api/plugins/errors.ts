// Every answer that is not a success leaves through here, as one body (see problem.ts). Turns the errors of
// the framework, of the domain and of the parser underneath into refusals; what is no expected refusal is
// logged and answered as INTERNAL_ERROR without a word about the inside.

import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { errorCode, type Logger, ParleyError } from "#common";
import type { Api } from "../instance.ts";
import { HttpRefusal, isProblemCode, type ProblemCode, problemBody } from "./problem.ts";
import { RouteMethods } from "./route-methods.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** An endpoint of OAuth: it refuses in the words of RFC 6749. */
    oauth?: boolean;
  }
}

const frameworkCodes: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  FST_ERR_BAD_URL: ["MALFORMED_REQUEST", "The address contains an invalid escape."],
  FST_ERR_MAX_PARAM_LENGTH: ["URL_TOO_LONG", "A part of the address is too long."],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json."],
  FST_ERR_CTP_BODY_TOO_LARGE: ["BODY_TOO_LARGE", "The body is larger than the limit."],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["MALFORMED_REQUEST", "The body does not have the announced length."],
  FST_ERR_CTP_INVALID_JSON_BODY: ["MALFORMED_JSON", "The body cannot be read as JSON."],
  FST_ERR_HANDLER_TIMEOUT: ["UNAVAILABLE", "The operation took too long."],
};

const connectionCodes: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  HPE_HEADER_OVERFLOW: ["HEADERS_TOO_LARGE", "The headers are larger than the limit."],
  ERR_HTTP_REQUEST_TIMEOUT: ["REQUEST_TIMEOUT", "The request did not arrive in time."],
};

export function answerProblems(app: Api, log: Logger): void {
  const methods = new RouteMethods();
  app.addHook("onRoute", ({ url, method }) => {
    // The route of preflights, which is everywhere and nowhere.
    if (url !== "*") methods.add(url, [method].flat());
  });
  app.addHook("onRequest", async (request) => {
    if (request.is404) throw methods.refusal(request.method, pathOf(request));
  });
  app.setNotFoundHandler((request) => {
    throw methods.refusal(request.method, pathOf(request));
  });
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, log));
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger) {
  const found = refusalFrom(error);
  const oauth = request.routeOptions.config?.oauth ?? false;
  const refusal = oauth ? inOAuth(found) : found;
  if (refusal.code === "INTERNAL_ERROR") log.error({ err: error, request: request.id }, "request failed");
  return (
    reply
      .code(refusal.status)
      .headers(refusal.headers)
      // No hook has run for requests that the router refuses.
      .header("x-request-id", request.id)
      .type("application/problem+json")
      .send(problemBody(refusal, pathOf(request), { oauth }))
  );
}

/** The database or the file system has no room for a change. */
const fullDisk = new Set(["SQLITE_FULL", "SQLITE_IOERR_SHMSIZE", "ENOSPC", "EDQUOT"]);
/** The database is on a disk that has become read-only, or that fails, or another program holds it for too long. */
const failingDisk = /^(?:SQLITE_READONLY|SQLITE_IOERR|SQLITE_CANTOPEN|SQLITE_BUSY|DATABASE_LOCKED|EROFS|EIO)/;
/** The media worker has died, does not answer or has no port left: seconds later another one is there, or it is free again. */
const failingMedia = new Set(["WORKER_DOWN", "WORKER_TIMEOUT", "NO_PORTS"]);
const mediaRetrySeconds = 5;
const malformed: readonly ProblemCode[] = [
  "VALIDATION_FAILED",
  "INVALID_FIELD",
  "MALFORMED_JSON",
  "MALFORMED_REQUEST",
  "UNSUPPORTED_MEDIA_TYPE",
];

/** RFC 6749 section 5.2 has one word for every request that does not hold together. */
const inOAuth = (refusal: HttpRefusal): HttpRefusal =>
  malformed.includes(refusal.code)
    ? new HttpRefusal("INVALID_REQUEST", refusal.message, { fields: refusal.fields })
    : refusal;

/** On a socket that no request has been read from. */
export function writeProblem(socket: Socket, refusal: HttpRefusal, headers = ""): void {
  const problem = problemBody(refusal, "/");
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.error}\r\nContent-Type: application/problem+json\r\n${headers}` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** To a request that no route is to see; the connection ends with it. */
export function writeWhole(response: ServerResponse, refusal: HttpRefusal, instance: string): void {
  const problem = problemBody(refusal, instance);
  const body = JSON.stringify(problem);
  response
    .writeHead(problem.status, {
      connection: "close",
      "content-type": "application/problem+json",
      "content-length": Buffer.byteLength(body),
    })
    .end(body);
}

/** For requests that could not be parsed: there is no request to answer, only a socket. */
export function refuseConnection(error: Error, socket: Socket): void {
  if (!socket.writable || errorCode(error) === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const [code, detail] = connectionCodes[errorCode(error) ?? ""] ?? [
    "MALFORMED_REQUEST",
    "This is not an HTTP request.",
  ];
  writeProblem(socket, new HttpRefusal(code, detail));
}

function refusalFrom(error: unknown): HttpRefusal {
  if (error instanceof HttpRefusal) return error;
  const code = errorCode(error);
  if (error instanceof ParleyError && isProblemCode(code)) return new HttpRefusal(code, error.message);
  if (fullDisk.has(code ?? "")) {
    return new HttpRefusal(
      "NO_SPACE",
      "The disk of this bridge is full: nothing was changed. Make room and try again.",
    );
  }
  if (failingDisk.test(code ?? "")) {
    return new HttpRefusal("UNAVAILABLE", "The disk of this bridge cannot be written: nothing was changed.");
  }
  if (failingMedia.has(code ?? "")) {
    return new HttpRefusal("UNAVAILABLE", "The media of this room do not answer now: try again.", {
      headers: { "retry-after": String(mediaRetrySeconds) },
    });
  }
  // The participant has hung up in between.
  if (code === "NO_SUCH_LEG")
    return new HttpRefusal("PARTICIPANT_NOT_FOUND", "The participant has just left.");
  const known = frameworkCodes[code ?? ""];
  if (known) return new HttpRefusal(...known);
  if (isClientError(error)) return new HttpRefusal("MALFORMED_REQUEST", "The request cannot be understood.");
  return new HttpRefusal("INTERNAL_ERROR", "The log tells more under the id in the X-Request-Id header.");
}

const isClientError = (error: unknown): boolean =>
  error instanceof Error &&
  "statusCode" in error &&
  typeof error.statusCode === "number" &&
  error.statusCode >= 400 &&
  error.statusCode < 500;

/** Without the query, which contains the search texts of clients. */
export const pathOf = (request: FastifyRequest): string => request.url.split("?", 1)[0] ?? "/";
