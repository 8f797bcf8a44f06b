// Which numbers a trunk may dial, and how they are written there. Pure.
//
//   as typed → cleaned ("+49 (30) 700-0" → "+493070000") → prefixes replaced → denied? → allowed?
import { matchesPattern } from "#common";

export interface PrefixRule {
  readonly from: string;
  readonly to: string;
}

export interface NumberRules {
  /** Patterns (common/number-pattern.ts). Only numbers that match one of these may be dialled. */
  readonly allow: readonly string[];
  /** Takes precedence over `allow`. */
  readonly deny: readonly string[];
  /** The first whose `from` the number begins with is applied. */
  readonly prefixes: readonly PrefixRule[];
}

const maxDigits = 32;
/** The number without visual separators; undefined when the rest cannot be dialled. */
export function cleanNumber(typed: string): string | undefined {
  const number = typed
    .trim()
    .replace(/^tel:/i, "")
    .replace(/[\s().\-/\u00a0]/g, "");
  return number.length <= maxDigits && /^\+?[\d*#]+$/.test(number) ? number : undefined;
}

/** The number in this trunk's spelling; undefined when it may not be dialled there. `number` is clean. */
export function dialledAs(number: string, { allow, deny, prefixes }: NumberRules): string | undefined {
  const rule = prefixes.find(({ from }) => number.startsWith(from));
  const dialled = rule ? rule.to + number.slice(rule.from.length) : number;
  const matches = (pattern: string) => matchesPattern(pattern, dialled);
  return !deny.some(matches) && allow.some(matches) ? dialled : undefined;
}
