// Who may use the API: whoever shows the key, as `Authorization: Bearer KEY` or as `X-API-KEY: KEY` (RFC 6750
// section 2.1 for the first). Keys are compared elsewhere, and never logged or repeated. Without a key nothing
// is counted; a wrong one is, and too many of them make the address wait.
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "#common";
import { type AttemptLimits, FailedAttempts } from "./failed-attempts.ts";
import { Refusal } from "./problem.ts";

const maxKeyLength = 256;

export type VerifyKey = (key: string) => Promise<boolean> | boolean;

/** An address has to wait from now on. */
export type OnBlocked = (address: string, seconds: number) => void;

/** A hook that lets a request pass or throws. */
export type Authenticate = (request: FastifyRequest) => Promise<void>;

export function createAuthenticate(
  verifyKey: VerifyKey,
  clock: Clock,
  limits: AttemptLimits,
  onBlocked: OnBlocked = () => {},
): Authenticate {
  const attempts = new FailedAttempts(clock, limits);
  return async (request) => {
    const key = keyOf(request);
    if (key === undefined) throw unauthenticated("Bearer", "Send the API key with the request.");
    const address = request.socket.remoteAddress ?? "gone";
    const wait = attempts.waitSeconds(address);
    if (wait > 0) throw tooMany(wait);
    if (key.length <= maxKeyLength && (await verifyKey(key))) return;
    attempts.failed(address);
    const blocked = attempts.waitSeconds(address);
    if (blocked > 0) onBlocked(address, blocked);
    throw unauthenticated('Bearer error="invalid_token"', "This API key is not valid.");
  };
}

/** Answers hold PINs. */
export async function keepOutOfCaches(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header("cache-control", "no-store");
}

function keyOf(request: FastifyRequest): string | undefined {
  const { authorization, "x-api-key": apiKey } = request.headers;
  const bearer = authorization?.match(/^Bearer +(\S+) *$/i)?.[1];
  if (bearer !== undefined) return bearer;
  return typeof apiKey === "string" && apiKey !== "" ? apiKey : undefined;
}

const unauthenticated = (challenge: string, detail: string): Refusal =>
  new Refusal("UNAUTHENTICATED", detail, { headers: { "www-authenticate": challenge } });

const tooMany = (seconds: number): Refusal =>
  new Refusal("TOO_MANY_ATTEMPTS", `Try again in ${seconds} seconds.`, {
    headers: { "retry-after": String(seconds) },
  });
