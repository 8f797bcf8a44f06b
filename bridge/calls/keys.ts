// In-call keys, as a pure collector. Every code begins with `*`, so that one lost digit never becomes another
// command; keys outside a code mean nothing.
import type { VolumeAction } from "./volume-keys.ts";

export type KeyAction = "count" | "hand" | "mute" | VolumeAction;
export type KeyCodes = ReadonlyMap<string, KeyAction>;

export const defaultKeyCodes: KeyCodes = new Map([
  ["*2", "count"],
  ["*3", "hand"],
  ["*4", "quieter"],
  ["*6", "mute"],
  ["*7", "louder"],
]);

/** A code that was begun is forgotten after this long without a key. */
export const betweenKeysMs = 3000;

export interface KeyPress {
  /** What of a code has been typed; empty when the next key begins anew. */
  readonly typed: string;
  readonly outcome: KeyAction | "unknown" | undefined;
}

export function pressKey(typed: string, digit: string, codes: KeyCodes): KeyPress {
  if (digit === "*") return { typed: "*", outcome: undefined };
  if (typed === "") return { typed: "", outcome: undefined };
  const code = typed + digit;
  const action = codes.get(code);
  if (action) return { typed: "", outcome: action };
  const begins = [...codes.keys()].some((known) => known.startsWith(code));
  return begins ? { typed: code, outcome: undefined } : { typed: "", outcome: "unknown" };
}
