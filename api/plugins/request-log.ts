// One line for each request: what was asked, by whom, with which outcome and how long it took. Changes and
// refusals at info, successful reads at debug. Never the query, the body, a header or a key.

import type { Clock, Logger } from "#common";
import type { Api } from "../instance.ts";
import { clientAddress } from "./client-address.ts";
import { pathOf } from "./errors.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Monotonic milliseconds. */
    arrivedAt: number;
  }
}

const maxPath = 200;

export function logRequests(app: Api, log: Logger, clock: Clock): void {
  app.decorateRequest("arrivedAt", 0);
  app.addHook("onRequest", async (request, reply) => {
    request.arrivedAt = clock.monotonic();
    reply.header("x-request-id", request.id);
  });
  app.addHook("onResponse", async (request, reply) => {
    const read = request.method === "GET" || request.method === "HEAD";
    const level = read && reply.statusCode < 400 ? "debug" : "info";
    const line = {
      request: request.id,
      method: request.method,
      path: pathOf(request).slice(0, maxPath),
      status: reply.statusCode,
      ms: Math.round(clock.monotonic() - request.arrivedAt),
      from: clientAddress(request),
      ...(request.principal && { by: `${request.principal.kind} ${request.principal.id}` }),
    };
    log[level](line, "request answered");
  });
}
