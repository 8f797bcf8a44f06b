// The maker of a signed link, as one word of its query: `key:7c1e0a93b5d2f468`, `admin_key:admin:5f0c4c2b9d5e2a7a`. A user is
// meant whether logged in or not; the admin key is meant until it is replaced; `machine:local` is an administrator of
// this machine.
import type { CredentialOwner } from "#services/access";

const kinds = ["admin_key", "key", "user", "machine"] as const satisfies readonly CredentialOwner["kind"][];

export const encodeOwner = ({ kind, id, generation }: CredentialOwner): string =>
  [kind, id, ...(generation === undefined ? [] : [generation])].join(":");

/** Undefined when it is no such word. */
export function holderOf(word: string): CredentialOwner | undefined {
  const [first, id = "", generation] = word.split(":");
  const kind = kinds.find((one) => one === first);
  return kind && { kind, id, ...(generation !== undefined && { generation }) };
}
