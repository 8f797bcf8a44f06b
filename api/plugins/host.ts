// What the parser underneath would refuse without a body, refused with the one problem body: a request without Host or
// with two of them (RFC 9112 section 3.2), an expectation that is not `100-continue` (RFC 9110 section 10.1.1) and
// CONNECT. The parser is told to let them pass.

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Api } from "../instance.ts";
import { writeProblem, writeWhole } from "./errors.ts";
import { Refusal } from "./problem.ts";

export function requireOneHost(app: Api): void {
  app.addHook("onRequest", async ({ raw }) => {
    const refusal = hostRefusal(raw);
    if (refusal) throw refusal;
  });
}

export function hostRefusal({ httpVersion, rawHeaders }: IncomingMessage): Refusal | undefined {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.toLowerCase() === "host") hosts += 1;
  }
  if (hosts === 1 || (hosts === 0 && httpVersion === "1.0")) return undefined;
  const detail = hosts === 0 ? "The header Host is missing." : "The header Host comes more than once.";
  return new Refusal("MALFORMED_REQUEST", detail);
}

/** For servers whose parser would answer these by itself. */
export function refuseWithBodies(server: Server): void {
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    const detail = "Nothing but 100-continue can be expected.";
    writeWhole(response, new Refusal("EXPECTATION_FAILED", detail), pathOf(request));
  });
  server.on("connect", (_request: IncomingMessage, socket: Socket) => {
    socket.on("error", () => socket.destroy());
    const refusal = new Refusal("METHOD_NOT_ALLOWED", "CONNECT is not possible here.");
    writeProblem(socket, refusal, "Allow: GET, HEAD, POST, PUT, PATCH, DELETE\r\n");
  });
}

const pathOf = ({ url = "/" }: IncomingMessage): string => url.split("?", 1)[0]!.slice(0, 200);
