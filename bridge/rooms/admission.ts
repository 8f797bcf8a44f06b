// May this caller enter? Decided in this order: lock, capacity, PIN. Pure: the same question is asked when a
// caller arrives and again when they enter, because the room may have changed in between.
import type { Role } from "./types.ts";

/** What the door looks like at this moment. */
export interface Door {
  readonly locked: boolean;
  /** Participants inside. */
  readonly present: number;
  readonly capacity: number;
  readonly adminPin: string | null;
  readonly roomPin: string | null;
}

/** A refusal in the words of SIP, and the prompt that says it. */
export interface Refusal {
  readonly status: 403 | 404 | 410 | 486 | 503;
  readonly text: string;
  readonly prompt?: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

export type Admission =
  | { readonly kind: "enter"; readonly role: Role }
  /** `pins`: what may be typed, so that a complete PIN is recognised without waiting for the `#`. */
  | { readonly kind: "ask"; readonly pins: readonly string[] }
  | { readonly kind: "refuse"; readonly refusal: Refusal };

export type PinVerdict = Exclude<Admission, { kind: "ask" }> | { readonly kind: "wrong" };

export const refusals = {
  locked: { status: 403, text: "Conference locked", prompt: "conf-locked" },
  full: { status: 486, text: "Conference full", prompt: "conf-full" },
  notFound: { status: 404, text: "No such conference" },
  closed: { status: 410, text: "Conference closed" },
  hostDisabled: { status: 503, text: "Conference server disabled", retryAfter: 60 },
  hostFull: { status: 503, text: "Conference server full", retryAfter: 30 },
  noWorker: { status: 503, text: "No media worker is ready", retryAfter: 5 },
  mediaFailed: { status: 503, text: "Media worker failed", retryAfter: 5 },
} as const satisfies Record<string, Refusal>;

/** Without a PIN. */
export function admit(door: Door): Admission {
  const refusal = refusalFor(door, "participant");
  const pins = [door.adminPin, door.roomPin].filter((pin) => pin !== null);
  if (refusal) {
    // A host passes the lock and the last seat: worth asking whether this is one.
    const hostMayEnter = door.adminPin !== null && !refusalFor(door, "host");
    return hostMayEnter ? { kind: "ask", pins } : { kind: "refuse", refusal };
  }
  return door.roomPin === null ? { kind: "enter", role: "participant" } : { kind: "ask", pins };
}

/** Whom the room itself has called: there is a seat, or there is none. */
export function admitInvited({ present, capacity }: Door): Admission {
  return present >= capacity
    ? { kind: "refuse", refusal: refusals.full }
    : { kind: "enter", role: "participant" };
}

/** With what was typed. */
export function judgePin(door: Door, pin: string): PinVerdict {
  if (pin === door.adminPin) return enterAs(door, "host");
  if (pin === door.roomPin) return enterAs(door, "participant");
  // The room may have been opened while this caller was typing.
  const withoutPin = admit(door);
  return withoutPin.kind === "ask" ? { kind: "wrong" } : withoutPin;
}

function enterAs(door: Door, role: Role): PinVerdict {
  const refusal = refusalFor(door, role);
  return refusal ? { kind: "refuse", refusal } : { kind: "enter", role };
}

/** Hosts pass the lock and may exceed the capacity by one, so that they can always enter their own room. */
function refusalFor({ locked, present, capacity }: Door, role: Role): Refusal | undefined {
  if (locked && role !== "host") return refusals.locked;
  const seats = role === "host" ? capacity + 1 : capacity;
  return present >= seats ? refusals.full : undefined;
}
