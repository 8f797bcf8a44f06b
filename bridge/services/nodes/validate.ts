// The rules of a server's fields. Pure. A refusal names the field.
import { isIPv4, isIPv6 } from "node:net";
import { fail, isName, ok, type Result } from "#common";
import type { Server, ServerChanges, ServerFields, ServerProblem } from "./types.ts";

const largest = 2_147_483_647;

export function checkServer(fields: ServerFields): Result<ServerFields, ServerProblem> {
  const { name } = fields;
  // An address that is left empty is none.
  const [ipv4, ipv6] = [fields.ipv4 || null, fields.ipv6 || null];
  if (!isName(name)) {
    return invalid("name", "name must be 1 to 64 characters, not all of them blank, on one line");
  }
  if (ipv4 === null && ipv6 === null) return invalid("ipv4", "ipv4 or ipv6 must be given");
  if (ipv4 !== null && !isIPv4(ipv4)) return invalid("ipv4", "ipv4 must be an IPv4 address");
  if (ipv6 !== null && !isIPv6(ipv6)) return invalid("ipv6", "ipv6 must be an IPv6 address");
  const limits = checkLimits(fields);
  return limits.ok ? ok({ ...fields, ipv4, ipv6 }) : limits;
}

export function checkLimits(changes: ServerChanges): Result<ServerChanges, ServerProblem> {
  for (const field of ["maxRooms", "maxParticipants"] as const) {
    const limit = changes[field] ?? 0;
    if (!Number.isInteger(limit) || limit < 0 || limit > largest) {
      return invalid(field, `${field} must be a whole number from 0 (no limit) to ${largest}`);
    }
  }
  return ok(changes);
}

const invalid = (field: keyof Server, message: string) =>
  fail({ code: "INVALID_FIELD", message, field } as const);
