// GET /metrics: everything the bridge counts, as Prometheus text. Whoever asks from this machine directly needs
// no key. A request that a proxy passed on is not from this machine, wherever the proxy runs.
import type { FastifyRequest } from "fastify";
import type { Registry } from "prom-client";
import { Type } from "typebox";
import type { Api } from "../options.ts";
import type { Authenticate } from "../plugins/index.ts";

export function metricsRoute(app: Api, registry: Registry, authenticate: Authenticate): void {
  const schema = {
    tags: ["System"],
    operationId: "getMetrics",
    summary: "Read the metrics as Prometheus text",
    description: "Needs no key when asked for from the bridge's own machine.",
    response: {
      200: {
        description: "Prometheus text format.",
        content: { "text/plain": { schema: Type.String({ examples: ["parley_rooms 3\n"] }) } },
      },
    },
  };
  const onRequest = async (request: FastifyRequest) => {
    if (!isLocal(request)) await authenticate(request);
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
