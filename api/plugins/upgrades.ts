// Which requests are asked to become something else: those for a WebSocket where there is one. Any other Upgrade is
// ignored, as RFC 9110 section 7.8 has it, and the request answered as if the header were not there.

import type { IncomingMessage } from "node:http";
import type { Api } from "../instance.ts";
import { pathOfTarget } from "./host.ts";

/** Before any route is declared. Answers what the server asks for each request that wants an upgrade. */
export function decideUpgrades(app: Api): void {
  const sockets = new Set<string>();
  app.addHook("onRoute", ({ url, wsHandler, websocket }) => {
    if (wsHandler || websocket) sockets.add(url);
  });
  const server = app.server as unknown as { shouldUpgradeCallback: (request: IncomingMessage) => boolean };
  server.shouldUpgradeCallback = (request) => {
    const { method, headers } = request;
    const path = pathOfTarget(request)
      .split("?", 1)[0]!
      .replace(/(.)\/$/, "$1");
    return method === "GET" && headers.upgrade?.trim().toLowerCase() === "websocket" && sockets.has(path);
  };
}
