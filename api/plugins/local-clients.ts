// Clients that come over the Unix socket of this bridge. Only root and the user that the bridge runs as can open it, and
// both could read the database and the configuration anyway: they are administrators without showing a key.

import { rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import type { FastifyRequest } from "fastify";
import { errorMessage, StartError } from "#common";
import { localAdministrator, type Principal } from "#services/access";
import type { Api } from "../instance.ts";
import { defaultLimits } from "../limits.ts";
/** Instead of an address, in limits, logs and the audit log. */
export const localAddress = "local";

const sockets = new WeakSet<Socket>();

export const localPrincipal = ({ socket }: Pick<FastifyRequest, "socket">): Principal | undefined =>
  sockets.has(socket) ? localAdministrator : undefined;

export interface LocalListener {
  /** Idempotent. */
  close(): Promise<void>;
}

/** Serves the whole API on `path`, with mode 0600; what a killed process left there is replaced. Throws StartError. */
export async function listenLocally(app: Api, path: string): Promise<LocalListener> {
  await app.ready();
  const limits = defaultLimits;
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.requestMs / 3,
    },
    (request, response) => app.routing(request, response),
  );
  server.maxConnections = localConnections;
  server.on("connection", (socket: Socket) => sockets.add(socket));
  try {
    await listenOn(server, path);
  } catch (error) {
    throw new StartError(`runtime_dir: ${path} cannot be made: ${errorMessage(error)}`, { cause: error });
  }
  let closed: Promise<void> | undefined;
  return {
    close() {
      closed ??= new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}

const localConnections = 50;

function listenOn(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  rmSync(path, { force: true });
  // The socket is made inside this call, so that it never has another mode.
  const umask = process.umask(0o177);
  try {
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  } finally {
    process.umask(umask);
  }
  return promise;
}
