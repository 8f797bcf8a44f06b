// Counts and times the requests for Prometheus. Labels are bounded: the route's pattern and never the path,
// `other` for what has no route.

import { Counter, Histogram, type Registry } from "prom-client";
import type { Clock } from "#common";
import type { Api } from "../instance.ts";

export function measureRequests(app: Api, registry: Registry, clock: Clock): void {
  const registers = [registry];
  const requests = new Counter({
    name: "parley_http_requests_total",
    help: "HTTP requests answered.",
    labelNames: ["method", "route", "status"],
    registers,
  });
  const duration = new Histogram({
    name: "parley_http_request_duration_seconds",
    help: "Time from the arrival of a request's headers to the end of its answer.",
    labelNames: ["method", "route"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "other";
    const method = route === "other" ? "other" : request.method;
    requests.inc({ method, route, status: reply.statusCode });
    duration.observe({ method, route }, (clock.monotonic() - request.arrivedAt) / 1000);
  });
}
