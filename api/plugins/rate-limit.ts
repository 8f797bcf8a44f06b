// Limits the rate of requests of one address and of one credential. Addresses are counted before anything else is looked at,
// credentials once they are recognised. The health check is not counted: load balancers decide by it.

import type { FastifyRequest } from "fastify";
import { type Clock, RateLimiter, sourceOf } from "#common";
import type { Api } from "../instance.ts";
import { clientAddress } from "./client-address.ts";
import { HttpRefusal } from "./problem.ts";

const uncounted = "/healthz";
/** The burst that is allowed after a pause, as seconds of the rate. */
const burstSeconds = 10;
const maxSources = 10_000;

/** 0: no limit. */
export function limitAddresses(app: Api, clock: Clock, perSecond: number): void {
  if (perSecond === 0) return;
  const limiter = createLimiter(clock, perSecond);
  app.addHook("onRequest", async (request) => {
    if (request.routeOptions.url === uncounted) return;
    refuseAfter(limiter.take(sourceOf(clientAddress(request))), "this address");
  });
}

/** After authentication. 0: no limit. */
export function limitCredentials(api: Api, clock: Clock, perSecond: number): void {
  if (perSecond === 0) return;
  const limiter = createLimiter(clock, perSecond);
  api.addHook("onRequest", async ({ principal, participant }: FastifyRequest) => {
    if (principal) refuseAfter(limiter.take(`${principal.kind} ${principal.id}`), principal.name);
    else if (participant) refuseAfter(limiter.take(`participant ${participant.id}`), participant.name);
  });
}

const createLimiter = (clock: Clock, perSecond: number): RateLimiter =>
  new RateLimiter(clock, { perSecond, burst: perSecond * burstSeconds, sources: maxSources });

function refuseAfter(waitSeconds: number, who: string): void {
  if (waitSeconds === 0) return;
  const seconds = Math.ceil(waitSeconds);
  throw new HttpRefusal("RATE_LIMITED", `Too many requests from ${who}: try again in ${seconds} s.`, {
    headers: { "retry-after": String(seconds) },
  });
}
