// Identifies a client by its credential: an API key, the access token of a login, a token of the configured issuer, or the
// admin key, which is checked elsewhere. Every credential that is not valid looks the same. Also the place where the parts of access are made.
import {
  type AttemptLimits,
  type Clock,
  Emitter,
  FailedAttempts,
  type Logger,
  sourceOf,
  unreachable,
} from "#common";
import { Audit, type AuditLimits } from "./audit.ts";
import { type KeyCheck, Keys } from "./keys.ts";
import { Logins } from "./logins.ts";
import { isOidcUser, type OidcTokens, OidcUsers } from "./oidc/index.ts";
import { type PasswordCost, Passwords } from "./passwords.ts";
import { readSecret } from "./secrets.ts";
import type {
  AccessEvents,
  ApiKey,
  AuditRepository,
  CredentialOwner,
  KeysRepository,
  OidcUsersRepository,
  Principal,
  SessionsRepository,
  UsersRepository,
} from "./types.ts";
import { Users } from "./users.ts";

/**
 * `elsewhere`: the credential is right, but may not be used from this address. `wait`: it was not checked, because of too many
 * wrong ones. `seconds` of `unknown` and `wait`: how long credentials from this address are not checked. `unavailable`: the
 * issuer's keys cannot be fetched at present; `seconds`: when to try again.
 */
export type Recognition =
  | { readonly kind: "valid" | "elsewhere"; readonly principal: Principal }
  | { readonly kind: "unknown"; readonly seconds?: number }
  | { readonly kind: "wait"; readonly seconds: number }
  | { readonly kind: "unavailable"; readonly seconds: number };

export interface Access {
  readonly keys: Keys;
  readonly users: Users;
  readonly oidcUsers: OidcUsers;
  readonly logins: Logins;
  readonly audit: Audit;
  readonly changes: Emitter<AccessEvents>;
  /** The address that the credential came from belongs to it. */
  recognise(credential: string, address: string): Promise<Recognition>;
  /** The holder's rights as they are now; undefined when they have none any more, or not at that address. */
  renew(holder: CredentialOwner, address?: string): Promise<Principal | undefined>;
  /** Another admin key, this one time; undefined when it is the configuration's. */
  replaceAdminKey(): Promise<string | undefined>;
  /** Resolves when the audit log is written. Idempotent. */
  close(): Promise<void>;
}

/** How the admin key changes. */
export interface AdminKeyChanges {
  /** The key in force, as a word that does not give it away. */
  generation(): Promise<string>;
  /** Makes another key and returns it; absent where the key is the configuration's. */
  replace?(): Promise<string>;
}

export interface AccessOptions {
  /** Whether this is the admin key. In constant time. */
  readonly adminKey: (candidate: string) => Promise<boolean> | boolean;
  /** Without it, the admin key never changes. */
  readonly adminKeyChanges?: AdminKeyChanges;
  /**
   * The admin key is short enough to be guessed: wrong ones are counted, and make their source wait with its admin
   * keys. Long random secrets need no such counter, and without it wrong ones shut no client out.
   */
  readonly guesses?: AttemptLimits;
  readonly store: {
    readonly keys: KeysRepository;
    readonly users: UsersRepository;
    readonly oidcUsers: OidcUsersRepository;
    readonly sessions: SessionsRepository;
    readonly audit: AuditRepository;
  };
  /** Judges the tokens of the configured issuer; without it there is none. */
  readonly oidcTokens?: OidcTokens;
  readonly auditLimits?: AuditLimits;
  readonly passwordCost?: PasswordCost;
  readonly clock: Clock;
  readonly log: Logger;
}

/** No valid credential of our own is longer. */
const maxLength = 256;
const unknown = { kind: "unknown" } as const;
/** A client on this machine's own socket: only root and the bridge's user can open it. */
export const localAdministrator: Principal = {
  kind: "machine",
  id: "local",
  name: "administrator of this machine",
  scopes: ["admin"],
};
const administrator: Principal = { kind: "admin_key", id: "admin", name: "admin key", scopes: ["admin"] };

export function createAccess(options: AccessOptions): Access {
  const { adminKey, adminKeyChanges, guesses, store, auditLimits, passwordCost, clock, log } = options;
  const passwords = new Passwords(passwordCost);
  const changes = new Emitter<AccessEvents>();
  const { sessions } = store;
  const keys = new Keys({ repository: store.keys, events: changes, clock, log });
  const users = new Users({ repository: store.users, sessions, passwords, events: changes, clock });
  const { oidcTokens: tokens } = options;
  const oidcUsers = new OidcUsers({ repository: store.oidcUsers, tokens, events: changes, clock, log });
  const logins = new Logins({ users: store.users, sessions, passwords, changes, clock, log });
  const attempts = guesses && new FailedAttempts(clock, guesses);

  async function administratorNow(): Promise<Principal> {
    const generation = await adminKeyChanges?.generation();
    return generation === undefined ? administrator : { ...administrator, generation };
  }

  async function recogniseAdmin(credential: string, address: string): Promise<Recognition> {
    const source = sourceOf(address);
    const wait = attempts?.waitSeconds(source) ?? 0;
    if (wait > 0) return { kind: "wait", seconds: wait };
    // Read first: a key that is replaced in the meantime is not taken for its successor.
    const principal = await administratorNow();
    if (await adminKey(credential)) return { kind: "valid", principal };
    attempts?.failed(source);
    const seconds = attempts?.waitSeconds(source) ?? 0;
    return seconds > 0 ? { kind: "unknown", seconds } : unknown;
  }

  const audit = new Audit({ repository: store.audit, limits: auditLimits, clock, log });
  return {
    keys,
    users,
    oidcUsers,
    logins,
    audit,
    changes,
    async recognise(credential, address) {
      const byToken = await oidcUsers.recognise(credential);
      if (byToken.kind !== "unknown") return byToken;
      if (credential.length > maxLength) return unknown;
      const byKey = recognition(await keys.check(credential, address));
      if (byKey.kind !== "unknown") return byKey;
      const user = await logins.check(credential);
      if (user) return { kind: "valid", principal: user };
      return readSecret(credential) ? unknown : recogniseAdmin(credential, address);
    },
    async renew({ kind, id, login, generation }, address) {
      switch (kind) {
        case "admin_key": {
          const now = await administratorNow();
          return now.generation === generation ? now : undefined;
        }
        case "key": {
          const key = await keys.current(id, address);
          return key && principalOf(key);
        }
        case "user":
          return isOidcUser(id) ? oidcUsers.current(id, login) : logins.current(id, login);
        case "machine":
          return localAdministrator;
        default:
          return unreachable(kind);
      }
    },
    async replaceAdminKey() {
      const made = await adminKeyChanges?.replace?.();
      if (made !== undefined) changes.emit("changed", { kind: administrator.kind, id: administrator.id });
      return made;
    },
    close: () => audit.close(),
  };
}

function recognition(check: KeyCheck): Recognition {
  if (check.kind === "unknown") return unknown;
  return { kind: check.kind, principal: principalOf(check.key) };
}

const principalOf = ({ id, name, scopes, expiresAt }: ApiKey): Principal => ({
  ...{ kind: "key", id, name, scopes },
  ...(expiresAt !== null && { expiresAt }),
});
