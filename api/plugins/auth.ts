// Authentication and authorisation of requests: the credential comes as `Authorization: Bearer …` or as `X-API-KEY: …` (RFC 6750
// section 2.1 for the first) and must have the scope that the route declares. It is recognised elsewhere, and never
// logged or repeated.

import type { FastifyReply, FastifyRequest } from "fastify";
import type { Access, Principal, Recognition, Scope } from "#services/access";
import type { Api } from "../instance.ts";
import { announcesBody } from "./bodies.ts";
import { clientAddress } from "./client-address.ts";
import { localPrincipal } from "./local-clients.ts";
import { needOf, permits } from "./needs.ts";
import { HttpRefusal } from "./problem.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Undefined until the credential was recognised, and for operations that need none. */
    principal: Principal | undefined;
  }
}

/** An address has to wait from now on. */
export type BlockedListener = (address: string, seconds: number) => void;

/** A hook that lets a request pass or throws. */
export type Authenticate = (request: FastifyRequest) => Promise<void>;

export function createAuthenticate(
  access: Pick<Access, "recognise">,
  onBlocked: BlockedListener = () => {},
): Authenticate {
  return async (request) => {
    const need = needOf(request.routeOptions.config.scope);
    if (need === "public") return;
    const local = localPrincipal(request);
    if (local) {
      request.principal = local;
      return;
    }
    const credential = credentialOf(request);
    if (credential === undefined) throw unauthenticated("Send an API key or a token with the request.");
    const address = clientAddress(request);
    const recognition = await access.recognise(credential, address);
    if (isUndecided(recognition)) throw loginUndecided(recognition);
    if (recognition.kind === "unknown") {
      if (recognition.seconds !== undefined) onBlocked(address, recognition.seconds);
      throw notValid();
    }
    request.principal = recognition.principal;
    if (recognition.kind === "elsewhere") {
      throw new HttpRefusal("ADDRESS_NOT_ALLOWED", `This API key may not be used from ${address}.`);
    }
    if (!permits(recognition.principal, need)) throw insufficientScope(need);
  };
}

/** The right to a request counts when it is whole: it may have gone while the body was on its way. */
export function confirmWholeRequests(api: Api, access: Pick<Access, "renew">): void {
  api.addHook("preValidation", async (request) => {
    const { principal, routeOptions } = request;
    if (!principal || !announcesBody(request)) return;
    const need = needOf(routeOptions.config.scope);
    const current = await access.renew(principal, clientAddress(request));
    if (!current) throw notValid();
    request.principal = current;
    if (!permits(current, need)) throw insufficientScope(need);
  });
}

/** For what an operation takes beside its own scope. */
export function requireScope({ principal }: FastifyRequest, scope: Scope): void {
  if (!principal || !permits(principal, scope)) throw insufficientScope(scope);
}

/** Answers hold PINs. */
export async function preventCaching(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header("cache-control", "no-store");
}

export function bearerOf({ headers }: FastifyRequest): string | undefined {
  return headers.authorization?.match(/^Bearer +(\S+) *$/i)?.[1];
}

export const tooManyAttempts = (seconds: number): HttpRefusal =>
  new HttpRefusal("TOO_MANY_ATTEMPTS", `Try again in ${seconds} seconds.`, {
    headers: { "retry-after": String(seconds) },
  });

function credentialOf(request: FastifyRequest): string | undefined {
  const bearer = bearerOf(request);
  if (bearer !== undefined) return bearer;
  const { "x-api-key": apiKey } = request.headers;
  return typeof apiKey === "string" && apiKey !== "" ? apiKey : undefined;
}

/** Nothing was said of the credential: it is to be shown again later. */
type Undecided = Extract<Recognition, { readonly kind: "wait" | "unavailable" }>;

export const isUndecided = (recognition: Recognition): recognition is Undecided =>
  recognition.kind === "wait" || recognition.kind === "unavailable";

export function loginUndecided({ kind, seconds }: Undecided): HttpRefusal {
  if (kind === "wait") return tooManyAttempts(seconds);
  return new HttpRefusal("ISSUER_UNAVAILABLE", "The keys of the issuer of this token cannot be had now.", {
    headers: { "retry-after": String(seconds) },
  });
}

/** No credential came with the request. */
export const unauthenticated = (detail: string): HttpRefusal =>
  new HttpRefusal("UNAUTHENTICATED", detail, { headers: { "www-authenticate": "Bearer" } });

/** The credential is not good. */
export const invalidToken = (
  code: "UNAUTHENTICATED" | "TOKEN_EXPIRED" | "TOKEN_REVOKED",
  detail: string,
): HttpRefusal =>
  new HttpRefusal(code, detail, { headers: { "www-authenticate": 'Bearer error="invalid_token"' } });

const notValid = (): HttpRefusal => invalidToken("UNAUTHENTICATED", "This API key or token is not valid.");

export const insufficientScope = (need: string): HttpRefusal => {
  if (need === "user") return new HttpRefusal("NOT_A_USER", "This operation is for users: log in.");
  return new HttpRefusal("INSUFFICIENT_SCOPE", `This operation needs the scope ${need}.`, {
    headers: { "www-authenticate": `Bearer error="insufficient_scope", scope="${need}"` },
  });
};
