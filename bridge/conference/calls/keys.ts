// In-call keys, as a pure collector of codes. Every code begins with `*`, or is `##`, so that one lost digit never
// turns into another command; keys outside a code are ignored.

import type { PermissionName } from "#conference/rooms";

export const keyActions = [
  "help",
  "count",
  "hand",
  "quieter",
  "louder",
  "mute",
  "host",
  "mute_others",
  "lock",
  "record",
  "dial",
  "end",
] as const;
export type KeyAction = (typeof keyActions)[number];

/** Actions of hosts and the chairman only; `dial` has further conditions. */
export const hostActions: ReadonlySet<KeyAction> = new Set(["mute_others", "lock", "dial"]);

/** Actions that require a permission, which hosts have unless it was taken away. */
export const permissionOfAction: Readonly<Partial<Record<KeyAction, PermissionName>>> = {
  record: "canRecord",
  end: "canEndMeeting",
};

/** The code of each action; an empty one switches the action off. */
export type KeyPlan = Readonly<Record<KeyAction, string>>;

export const defaultKeyPlan: KeyPlan = {
  help: "*1",
  count: "*2",
  hand: "*3",
  quieter: "*4",
  louder: "*7",
  mute: "*6",
  host: "*8",
  mute_others: "*5",
  lock: "*0",
  record: "*9",
  dial: "*#",
  end: "##",
};

export type KeyCodes = ReadonlyMap<string, KeyAction>;

export const codesOf = (plan: KeyPlan): KeyCodes =>
  new Map(
    keyActions.flatMap((action): [string, KeyAction][] =>
      plan[action] === "" ? [] : [[plan[action], action]],
    ),
  );

/** An incomplete code is dropped after this time without a key. */
export const betweenKeysMs = 3000;

export interface KeyPress {
  /** The typed part of a code; empty when the next key begins a new one. */
  readonly typed: string;
  readonly outcome: KeyAction | "unknown" | undefined;
}

export function pressKey(typed: string, digit: string, codes: KeyCodes): KeyPress {
  // A star begins a code, also in the middle of another one, which then counts as unknown.
  if (digit === "*") return { typed: "*", outcome: typed.startsWith("*") ? "unknown" : undefined };
  const code = typed + digit;
  const action = codes.get(code);
  if (action) return { typed: "", outcome: action };
  const begins = [...codes.keys()].some((known) => known.startsWith(code));
  if (begins) return { typed: code, outcome: undefined };
  // Many users end entries with a single `#` out of habit: only a code that began with `*` can be wrong.
  return { typed: "", outcome: typed.startsWith("*") ? "unknown" : undefined };
}
