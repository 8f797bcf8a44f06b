// Bounds what one address and one credential may ask for. Addresses are counted before anything else is looked at,
// credentials once they are recognised. The health check is not counted: load balancers decide by it.

import type { FastifyRequest } from "fastify";
import { type Clock, sourceOf } from "#common";
import { RateLimit } from "#services/access";
import type { Api } from "../instance.ts";
import { clientAddress } from "./client-address.ts";
import { HttpRefusal } from "./problem.ts";

const uncounted = "/healthz";

export function limitAddresses(app: Api, clock: Clock, perSecond: number): void {
  const limit = new RateLimit(clock, perSecond);
  app.addHook("onRequest", async (request) => {
    if (request.routeOptions.url === uncounted) return;
    refuseAfter(limit.take(sourceOf(clientAddress(request))), "this address");
  });
}

/** After authentication. */
export function limitCredentials(api: Api, clock: Clock, perSecond: number): void {
  const limit = new RateLimit(clock, perSecond);
  api.addHook("onRequest", async ({ principal, participant }: FastifyRequest) => {
    if (principal) refuseAfter(limit.take(`${principal.kind} ${principal.id}`), principal.name);
    else if (participant) refuseAfter(limit.take(`participant ${participant.id}`), participant.name);
  });
}

function refuseAfter(seconds: number, who: string): void {
  if (seconds === 0) return;
  throw new HttpRefusal("RATE_LIMITED", `Too many requests from ${who}: try again in ${seconds} s.`, {
    headers: { "retry-after": String(seconds) },
  });
}
