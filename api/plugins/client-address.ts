// The address of the client: the other end of its connection, or the address that a trusted proxy names.
import type { FastifyRequest } from "fastify";
import { plainAddress } from "#common";
import { localAddress, localPrincipal } from "./local-clients.ts";

/** An IPv4-mapped IPv6 address is an IPv4 address. A connection that has just broken has none. */
export function clientAddress(request: FastifyRequest): string {
  if (localPrincipal(request)) return localAddress;
  return plainAddress((request.ip as string | undefined) ?? "gone");
}
