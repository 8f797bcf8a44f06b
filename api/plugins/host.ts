// What the parser underneath would refuse without a body, or let pass: a request without Host, with two of them or with
// one that is no host (RFC 9112 section 3.2), another version of HTTP, a target that is no path, an expectation that is
// not `100-continue` (RFC 9110 section 10.1.1) and CONNECT. The parser is told to let them pass; they are refused with
// the one problem body.
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Api } from "../instance.ts";
import { writeProblem } from "./errors.ts";
import { HttpRefusal } from "./problem.ts";

export function requireOneHost(app: Api): void {
  app.addHook("onRequest", async ({ raw }) => {
    const refusal = headRefusal(raw);
    if (refusal) throw refusal;
  });
}

/** The refusal of a request with a fault in its head; undefined without one. */
export const headRefusal = (request: IncomingMessage): HttpRefusal | undefined =>
  versionRefusal(request) ?? hostRefusal(request) ?? targetRefusal(request) ?? expectationRefusal(request);

const malformed = (detail: string): HttpRefusal => new HttpRefusal("MALFORMED_REQUEST", detail);

const versionRefusal = ({ httpVersion }: IncomingMessage): HttpRefusal | undefined =>
  httpVersion === "1.1" || httpVersion === "1.0"
    ? undefined
    : malformed("Only HTTP/1.1 and HTTP/1.0 are possible here.");

/** Name, IPv4 address or IPv6 address in brackets, with or without a port (RFC 3986 section 3.2.2). */
const hostForm = /^(?:\[[0-9A-Fa-f:.]+(?:%25[\w.~%-]+)?\]|(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::\d*)?$/;

function hostRefusal({ httpVersion, rawHeaders }: IncomingMessage): HttpRefusal | undefined {
  const hosts: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.toLowerCase() === "host") hosts.push(rawHeaders[index + 1]!);
  }
  const [host] = hosts;
  if (host === undefined) {
    return httpVersion === "1.0" ? undefined : malformed("The header Host is missing.");
  }
  if (hosts.length > 1) return malformed("The header Host comes more than once.");
  return hostForm.test(host) ? undefined : malformed("The header Host holds no host.");
}

function targetRefusal({ method, url = "/" }: IncomingMessage): HttpRefusal | undefined {
  if (url.startsWith("/") || (url === "*" && method === "OPTIONS")) return undefined;
  return malformed("The target of the request is no path.");
}

function expectationRefusal({ headers: { expect = "" } }: IncomingMessage): HttpRefusal | undefined {
  const others = expect.split(",").filter((one) => !/^\s*(?:100-continue\s*)?$/i.test(one));
  if (others.length === 0) return undefined;
  // Whether a body follows is not known.
  return new HttpRefusal("EXPECTATION_FAILED", "Nothing but 100-continue can be expected.", {
    headers: { connection: "close" },
  });
}

/** A target in absolute form (RFC 9112 section 3.2.2) as the path that it names. */
export function pathOfTarget({ url = "/" }: Pick<IncomingMessage, "url">): string {
  const path = url.replace(/^https?:\/\/[^/?#]*/i, "");
  return path === url || path.startsWith("/") ? path : `/${path}`;
}

/** For servers whose parser would answer these by itself. */
export function refuseWithBodies(server: Server): void {
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    if (!expectationRefusal(request)) response.writeContinue();
    server.emit("request", request, response);
  });
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    server.emit("request", request, response);
  });
  server.on("connect", (_request: IncomingMessage, socket: Socket) => {
    socket.on("error", () => socket.destroy());
    const refusal = new HttpRefusal("METHOD_NOT_ALLOWED", "CONNECT is not possible here.");
    writeProblem(socket, refusal, "Allow: GET, HEAD, POST, PUT, PATCH, DELETE\r\n");
  });
}
