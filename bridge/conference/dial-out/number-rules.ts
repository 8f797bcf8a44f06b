// Which numbers a trunk may dial, and how they are written there. Pure.
//
//   as typed → cleaned ("+49 (30) 700-0" → "+493070000") → prefixes replaced → denied? → allowed?
import { matchesPattern } from "#common";

export interface PrefixRule {
  readonly from: string;
  readonly to: string;
}

export interface NumberRules {
  /** Patterns (common/number-pattern.ts). Nothing may be dialled that none of these matches. */
  readonly allow: readonly string[];
  /** Goes before `allow`. */
  readonly deny: readonly string[];
  /** The first whose `from` the number begins with is applied. */
  readonly prefixes: readonly PrefixRule[];
}

const maxDigits = 32;
/** Without what people write between digits; undefined when the rest is no number to dial. */
export function cleanNumber(typed: string): string | undefined {
  const number = typed
    .trim()
    .replace(/^tel:/i, "")
    .replace(/[\s().\-/\u00a0]/g, "");
  return number.length <= maxDigits && /^\+?[\d*#]+$/.test(number) ? number : undefined;
}

/** The number as this trunk wants it; undefined when it may not be dialled there. `number` is clean. */
export function dialledAs(number: string, { allow, deny, prefixes }: NumberRules): string | undefined {
  const rule = prefixes.find(({ from }) => number.startsWith(from));
  const dialled = rule ? rule.to + number.slice(rule.from.length) : number;
  const matches = (pattern: string) => matchesPattern(pattern, dialled);
  return !deny.some(matches) && allow.some(matches) ? dialled : undefined;
}
