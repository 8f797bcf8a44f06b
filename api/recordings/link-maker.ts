// Who made a signed link, as one word of its query: `key:7c1e0a93b5d2f468`. A user is meant whether logged in or not,
// `machine:local` is an administrator of this machine.
import type { Holder } from "#services/access";

const kinds = ["admin_key", "key", "user", "machine"] as const satisfies readonly Holder["kind"][];

export const wordOf = ({ kind, id }: Holder): string => `${kind}:${id}`;

/** Undefined when it is no such word. */
export function holderOf(word: string): Holder | undefined {
  const colon = word.indexOf(":");
  const kind = kinds.find((one) => one === word.slice(0, colon));
  return kind && { kind, id: word.slice(colon + 1) };
}
