// The bindings of one address-of-record after a REGISTER (RFC 3261 §10.3 steps 6 and 7): either all of its contacts are
// accepted or none. Pure.
import { fail, ok, type Result } from "#common";
import { parseSipUri, sameUri } from "../message/uri.ts";
import { transactionTimeout } from "../transaction/timers.ts";
import type { Binding } from "./binding.ts";
import type { RegisterRefusal, RegisterRequest, RequestedContact } from "./register-request.ts";

export interface RegistrarLimits {
  /** A shorter time is refused with 423. */
  readonly minSeconds: number;
  /** A longer time is reduced to this. */
  readonly maxSeconds: number;
  /** Per address-of-record; beyond that the binding that expires first is dropped. */
  readonly maxContacts: number;
}

/** The values that all contacts of one REGISTER share. */
export interface RegisterContext extends Pick<Binding, "callId" | "cseq" | "path" | "userAgent" | "flow"> {
  readonly limits: RegistrarLimits;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly isPinned: (contact: RequestedContact) => boolean;
}

const defaultSeconds = 3600;
const outOfOrder: RegisterRefusal = {
  status: 500,
  text: "An older request than the last one of this registration",
};

export function updateBindings(
  bindings: readonly Binding[],
  wanted: RegisterRequest,
  context: RegisterContext,
): Result<readonly Binding[], RegisterRefusal> {
  const live = liveBindings(bindings, context.now);
  switch (wanted.kind) {
    case "query":
      return ok(live);
    case "remove-all":
      return live.some((binding) => isOlder(context, binding)) ? fail(outOfOrder) : ok([]);
    case "update":
      return update(live, wanted.contacts, context);
  }
}

export const liveBindings = (bindings: readonly Binding[], now: number): readonly Binding[] =>
  bindings.filter(({ expiresAt }) => expiresAt > now);

function update(
  live: readonly Binding[],
  contacts: readonly RequestedContact[],
  context: RegisterContext,
): Result<readonly Binding[], RegisterRefusal> {
  const { limits, now, callId, cseq, path, userAgent, flow } = context;
  let kept = [...live];
  for (const wanted of contacts) {
    const { contact, instance, regId, q, expires = defaultSeconds } = wanted;
    if (expires > 0 && expires < limits.minSeconds) {
      return fail({ status: 423, text: "Interval Too Brief", minSeconds: limits.minSeconds });
    }
    const before = kept.filter((binding) => isSame(binding, wanted));
    if (before.some((binding) => isOlder(context, binding))) return fail(outOfOrder);
    kept = kept.filter((binding) => !before.includes(binding));
    if (expires === 0) continue;
    const expiresAt = now + Math.min(expires, limits.maxSeconds) * 1000;
    const pinned = context.isPinned(wanted);
    kept.push({
      ...{ contact, instance, regId, q, callId, cseq, path, userAgent, flow, pinned, expiresAt },
      registeredAt: now,
    });
  }
  while (kept.length > limits.maxContacts) {
    const first = kept.reduce((a, b) => (b.expiresAt < a.expiresAt ? b : a));
    kept = kept.filter((binding) => binding !== first);
  }
  return ok(kept);
}

/** Compares device and flow if both bindings have them (RFC 5626 §6), else the URI (RFC 3261 §19.1.4). */
function isSame(binding: Binding, wanted: RequestedContact): boolean {
  if (wanted.regId !== undefined && binding.regId !== undefined) {
    return wanted.regId === binding.regId && wanted.instance === binding.instance;
  }
  return sameUri(parseSipUri(binding.contact, "Contact"), wanted.uri);
}

/**
 * Whether the request is the last one of this registration or was sent before it. None is on its way for longer than a transaction
 * lasts: a later one is from a phone that has restarted and counts from the beginning under its old Call-ID.
 */
const isOlder = (
  { callId, cseq, now }: RegisterContext,
  { registeredAt = 0, ...binding }: Binding,
): boolean => callId === binding.callId && cseq <= binding.cseq && now - registeredAt < transactionTimeout;
