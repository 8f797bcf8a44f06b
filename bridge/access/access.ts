// Who somebody is, by what they show: an API key, the access token of a login, or the admin key, which is checked
// elsewhere. Every credential that is not valid looks the same. Also the place where the parts of access are made.
import type { Clock, Logger } from "#common";
import { Audit, type AuditLimits } from "./audit.ts";
import { type KeyCheck, Keys } from "./keys.ts";
import { Logins } from "./logins.ts";
import { type PasswordCost, Passwords } from "./passwords.ts";
import type {
  AuditRepository,
  KeysRepository,
  Principal,
  SessionsRepository,
  UsersRepository,
} from "./types.ts";
import { Users } from "./users.ts";

/** `elsewhere`: the credential is right, and may not come from this address. */
export type Recognition =
  | { readonly kind: "valid" | "elsewhere"; readonly principal: Principal }
  | { readonly kind: "unknown" };

export interface Access {
  readonly keys: Keys;
  readonly users: Users;
  readonly logins: Logins;
  readonly audit: Audit;
  /** The address that the credential came from belongs to it. */
  recognise(credential: string, address: string): Promise<Recognition>;
  /** Resolves when the audit log is written. Idempotent. */
  close(): Promise<void>;
}

export interface AccessOptions {
  /** Whether this is the admin key. In constant time. */
  readonly adminKey: (candidate: string) => Promise<boolean> | boolean;
  readonly store: {
    readonly keys: KeysRepository;
    readonly users: UsersRepository;
    readonly sessions: SessionsRepository;
    readonly audit: AuditRepository;
  };
  readonly auditLimits?: AuditLimits;
  readonly passwordCost?: PasswordCost;
  readonly clock: Clock;
  readonly log: Logger;
}

/** No valid credential is longer. */
const maxLength = 256;
const unknown = { kind: "unknown" } as const;
const administrator: Principal = { kind: "admin_key", id: "admin", name: "admin key", scopes: ["admin"] };

export function createAccess(options: AccessOptions): Access {
  const { adminKey, store, auditLimits, passwordCost, clock, log } = options;
  const passwords = new Passwords(passwordCost);
  const keys = new Keys(store.keys, clock, log);
  const users = new Users({ repository: store.users, sessions: store.sessions, passwords, clock });
  const logins = new Logins({ users: store.users, sessions: store.sessions, passwords, clock, log });
  const audit = new Audit({ repository: store.audit, limits: auditLimits, clock, log });
  return {
    keys,
    users,
    logins,
    audit,
    async recognise(credential, address) {
      if (credential.length > maxLength) return unknown;
      const byKey = recognition(await keys.check(credential, address));
      if (byKey.kind !== "unknown") return byKey;
      const user = await logins.check(credential);
      if (user) return { kind: "valid", principal: user };
      return (await adminKey(credential)) ? { kind: "valid", principal: administrator } : unknown;
    },
    close: () => audit.close(),
  };
}

function recognition(check: KeyCheck): Recognition {
  if (check.kind === "unknown") return unknown;
  const { id, name, scopes } = check.key;
  return { kind: check.kind, principal: { kind: "key", id, name, scopes } };
}
