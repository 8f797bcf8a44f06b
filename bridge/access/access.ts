// Who somebody is, by what they show: an API key, or the admin key, which is checked elsewhere. Every credential
// that is not valid looks the same.
import type { Clock, Logger } from "#common";
import { type KeyCheck, Keys } from "./keys.ts";
import type { KeysRepository, Principal } from "./types.ts";

/** `elsewhere`: the credential is right, and may not come from this address. */
export type Recognition =
  | { readonly kind: "valid" | "elsewhere"; readonly principal: Principal }
  | { readonly kind: "unknown" };

export interface Access {
  readonly keys: Keys;
  /** The address that the credential came from belongs to it. */
  recognise(credential: string, address: string): Promise<Recognition>;
}

export interface AccessOptions {
  /** Whether this is the admin key. In constant time. */
  readonly adminKey: (candidate: string) => Promise<boolean> | boolean;
  readonly keys: KeysRepository;
  readonly clock: Clock;
  readonly log: Logger;
}

/** No valid credential is longer. */
const maxLength = 256;
const unknown = { kind: "unknown" } as const;
const administrator: Principal = { kind: "admin_key", id: "admin", name: "admin key", scopes: ["admin"] };

export function createAccess({ adminKey, keys: repository, clock, log }: AccessOptions): Access {
  const keys = new Keys(repository, clock, log);
  return {
    keys,
    async recognise(credential, address) {
      if (credential.length > maxLength) return unknown;
      const byKey = recognition(await keys.check(credential, address));
      if (byKey.kind !== "unknown") return byKey;
      return (await adminKey(credential)) ? { kind: "valid", principal: administrator } : unknown;
    },
  };
}

function recognition(check: KeyCheck): Recognition {
  if (check.kind === "unknown") return unknown;
  const { id, name, scopes } = check.key;
  return { kind: check.kind, principal: { kind: "key", id, name, scopes } };
}
