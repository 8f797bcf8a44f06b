// What goes into the audit log: every change that succeeded, and every refusal for want of rights on what changes
// something or is for administrators only, and every failed login. Names of fields, never values; requests without any
// credential are not worth an entry.

import type { FastifyReply, FastifyRequest } from "fastify";
import type { Audit, AuditOutcome } from "#services/access";
import type { Api } from "../instance.ts";
import { clientAddress } from "./client-address.ts";
import { pathOf } from "./errors.ts";
import { needOf } from "./needs.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** False: not recorded, because the participant changes only their own state, and often. */
    audited?: boolean;
  }
  interface FastifyRequest {
    /** A name, a password or a token was refused; `user`: the id of the user whose name was tried. */
    failedLogin: { readonly user?: string } | undefined;
    /** The participant whose join token authenticates the request; undefined: a principal of the API does. */
    participant: { readonly id: string; readonly name: string; readonly room: string } | undefined;
  }
}

const maxPath = 200;
const maxFields = 50;
const maxField = 64;

export function auditChanges(api: Api, audit: Pick<Audit, "record">): void {
  api.addHook("onResponse", async (request, reply) => {
    const { principal, participant, failedLogin } = request;
    const actor = principal ?? (participant && { ...participant, kind: "participant" as const });
    const outcome = failedLogin ? "denied" : outcomeOf(request, reply.statusCode);
    if (outcome === undefined || request.routeOptions.config.audited === false) return;
    audit.record({
      actorKind: actor?.kind ?? "nobody",
      actorId: actor?.id ?? null,
      actorName: actor?.name ?? null,
      operation: operationOf(request),
      objectId: failedLogin?.user ?? objectOf(request, reply),
      path: pathOf(request).slice(0, maxPath),
      fields: outcome === "done" ? fieldsOf(request.body) : [],
      address: clientAddress(request),
      outcome,
      status: reply.statusCode,
    });
  });
}

function outcomeOf(
  { method, routeOptions, headers }: FastifyRequest,
  status: number,
): AuditOutcome | undefined {
  const reads = method === "GET" || method === "HEAD" || method === "OPTIONS";
  if (status < 400) return reads ? undefined : "done";
  const guarded = !reads || needOf(routeOptions.config.scope) === "admin";
  const shown = headers.authorization !== undefined || headers["x-api-key"] !== undefined;
  return guarded && (status === 403 || (status === 401 && shown)) ? "denied" : undefined;
}

function operationOf({ method, routeOptions }: FastifyRequest): string {
  const { operationId } = (routeOptions.schema ?? {}) as { operationId?: string };
  return operationId ?? `${method} ${routeOptions.url}`;
}

/** The last id of the address, or the id of the new object, or the room of the participant. */
function objectOf({ params, participant }: FastifyRequest, reply: FastifyReply): string | null {
  const given = Object.values((params ?? {}) as Record<string, string>).at(-1);
  const location = reply.getHeader("location");
  const made = typeof location === "string" ? location.split("/").at(-1) : undefined;
  return (given ?? made ?? participant?.room)?.slice(0, maxPath) ?? null;
}

/** The schema has let only known ones through. */
function fieldsOf(body: unknown): string[] {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return [];
  return Object.keys(body)
    .slice(0, maxFields)
    .map((name) => name.slice(0, maxField))
    .sort();
}
