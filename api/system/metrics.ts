// GET /metrics: everything the bridge counts, as Prometheus text, for a key with the scope `read`. Where it is
// configured, requests from this machine itself need none; those that a proxy says it has passed on do, but not every
// proxy says so, which is why it has to be configured.

import type { FastifyRequest } from "fastify";
import type { Registry } from "prom-client";
import { Type } from "typebox";
import type { Api } from "../instance.ts";
import type { Authenticate } from "../plugins/index.ts";

export interface MetricsOptions {
  readonly registry: Registry;
  readonly authenticate: Authenticate;
  /** Requests from this machine need no key. */
  readonly open: boolean;
}

export function metricsRoute(app: Api, { registry, authenticate, open }: MetricsOptions): void {
  const schema = {
    tags: ["System"],
    operationId: "getMetrics",
    summary: "Read the metrics as Prometheus text",
    description: "Needs no key from the bridge's own machine where `api.metrics_without_key` is set.",
    response: {
      200: {
        description: "Prometheus text format.",
        content: { "text/plain": { schema: Type.String({ examples: ["parley_rooms 3\n"] }) } },
      },
    },
  };
  const onRequest = async (request: FastifyRequest) => {
    if (!open || !isLocal(request)) await authenticate(request);
  };
  app.get("/metrics", { schema, onRequest, config: { scope: "read" } }, async (_request, reply) => {
    const text = await registry.metrics();
    return reply.type(registry.contentType).send(text);
  });
}

const forwardingHeaders = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

function isLocal(request: FastifyRequest): boolean {
  const address = request.socket.remoteAddress ?? "";
  const loopback = address === "::1" || /^(?:::ffff:)?127\./.test(address);
  return loopback && forwardingHeaders.every((name) => request.headers[name] === undefined);
}
