// Plain HTTP on the port that speaks HTTPS: the first byte of a connection tells the two apart (a TLS record of a
// handshake begins with 22). A browser is sent to HTTPS at the configured name, or at the address that it has reached
// us at, and never at a name that the request alone knows; any other client gets a sentence instead of a broken
// connection. Nothing else is ever answered in the clear.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { formatHostPort, plainAddress } from "#common";
import type { Api } from "./instance.ts";
import {
  HttpRefusal,
  headRefusal,
  pathOfTarget,
  refuseConnection,
  refuseWithBodies,
  writeWhole,
} from "./plugins/index.ts";

const handshakeRecord = 22;
/** A client that opens a connection says something. */
const firstByteMs = 10_000;
const headerBytes = 8 * 1024;

export function answerPlainHttp(app: Api, publicName: string | undefined): void {
  const server: Server = app.server;
  const secure = server.listeners("connection") as ((socket: Socket) => void)[];
  const plain = createServer(
    { maxHeaderSize: headerBytes, requestTimeout: firstByteMs, requireHostHeader: false },
    (request, response) => answer(request, response, publicName),
  );
  refuseWithBodies(plain);
  plain.on("clientError", refuseConnection);
  const undecided = new Set<Socket>();

  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    undecided.add(socket);
    const giveUp = () => socket.destroy();
    socket.setTimeout(firstByteMs, giveUp);
    socket.once("error", giveUp);
    socket.once("close", () => undecided.delete(socket));
    socket.once("readable", () => {
      const first: Buffer | null = socket.read();
      if (first === null) {
        giveUp();
        return;
      }
      socket.setTimeout(0);
      socket.off("timeout", giveUp);
      socket.off("error", giveUp);
      undecided.delete(socket);
      socket.unshift(first);
      if (first[0] !== handshakeRecord) plain.emit("connection", socket);
      else for (const listener of secure) listener.call(server, socket);
    });
  });
  app.addHook("preClose", async () => {
    for (const socket of undecided) socket.destroy();
    plain.closeAllConnections();
    plain.close();
  });
}

function answer(request: IncomingMessage, response: ServerResponse, publicName: string | undefined): void {
  const { method, headers } = request;
  const url = pathOfTarget(request);
  request.url = url;
  response.setHeader("connection", "close");
  const browser = method === "GET" && headers.accept?.includes("text/html");
  const name = publicName || ownAddress(request);
  const malformed = headRefusal(request);
  if (browser && !malformed && name !== undefined) {
    response.writeHead(308, { location: `https://${name}${url}` }).end();
    return;
  }
  const detail =
    "This port speaks HTTPS: use https:// in the address. What was sent could be read on the way.";
  const refusal = malformed ?? new HttpRefusal("HTTPS_REQUIRED", detail);
  writeWhole(response, refusal, url.split("?", 1)[0]!.slice(0, 200));
}

/** The host in the request, if it is the local address of the connection. */
function ownAddress({ headers: { host = "" }, socket }: IncomingMessage): string | undefined {
  const address = plainAddress(socket.localAddress ?? "");
  const ours = [formatHostPort(address), formatHostPort(address, socket.localPort)];
  return ours.includes(host) ? host : undefined;
}
