// People whom the configured issuer knows. They have no password here; a row is kept of each who has come, so that they can
// be listed, shut out at once and found again by the links that they have made. Their role is that of their token.
import { createHash } from "node:crypto";
import {
  type Clock,
  type Emitter,
  fail,
  type ListQuery,
  type Logger,
  ok,
  type Page,
  type Result,
} from "#common";
import { type Role, roles, scopesOfRole } from "../scopes.ts";
import type {
  AccessEvents,
  AccessProblem,
  OidcUser,
  OidcUserListField,
  OidcUsersRepository,
  Principal,
} from "../types.ts";
import type { OidcIdentity, OidcTokens } from "./oidc-tokens.ts";

export interface OidcUsersOptions {
  readonly repository: OidcUsersRepository;
  /** Without it no person is admitted any more; persons seen before stay listed. */
  readonly tokens: OidcTokens | undefined;
  readonly events: Emitter<AccessEvents>;
  readonly clock: Clock;
  readonly log: Logger;
}

export type OidcRecognition =
  | { readonly kind: "valid"; readonly principal: Principal }
  | { readonly kind: "unknown" }
  | { readonly kind: "unavailable"; readonly seconds: number };

const maxUsers = 20_000;
const seenEveryMs = 60_000;
const idShape = /^oidc_[\w-]{22}$/;
const unknown = { kind: "unknown" } as const;

export class OidcUsers {
  readonly #options: OidcUsersOptions;

  constructor(options: OidcUsersOptions) {
    this.#options = options;
  }

  /** Whose token this is. `unavailable`: the issuer's keys cannot be had now. */
  async recognise(token: string): Promise<OidcRecognition> {
    const verdict = (await this.#options.tokens?.judge(token)) ?? unknown;
    if (verdict.kind !== "valid") return verdict;
    const { identity } = verdict;
    const user = await this.#seen(identity);
    if (!user?.enabled) return unknown;
    return { kind: "valid", principal: principalOf(user, identity) };
  }

  /** Those of a token, which is named by `login`, as long as it is good; without it those of the role that was seen last. */
  async current(id: string, login?: string): Promise<Principal | undefined> {
    const user = await this.#options.repository.get(id);
    if (!user?.enabled) return undefined;
    if (login === undefined) return { ...holderOf(user), scopes: scopesOfRole[user.role] };
    const granted = grantOf(login);
    if (!granted || granted.expiresAt * 1000 <= this.#options.clock.now()) return undefined;
    return principalOf(user, granted);
  }

  get(id: string): Promise<OidcUser | undefined> {
    return this.#options.repository.get(id);
  }

  list(query: ListQuery<OidcUserListField>): Promise<Page<OidcUser>> {
    return this.#options.repository.list(query);
  }

  /** A disabled user is refused from now on, even with valid tokens. */
  async setEnabled(id: string, enabled: boolean): Promise<Result<OidcUser, AccessProblem>> {
    const { repository, events } = this.#options;
    const changed = await repository.setEnabled(id, enabled);
    const user = changed ? await repository.get(id) : undefined;
    if (!user) return fail({ code: "USER_NOT_FOUND", message: `There is no user with the id ${id}.` });
    events.emit("changed", { kind: "user", id });
    return ok(user);
  }

  /** The row of a person who comes; written when it says something new, at most once a minute otherwise. */
  async #seen({ issuer, subject, name, role }: OidcIdentity): Promise<OidcUser | undefined> {
    const { repository, clock, log } = this.#options;
    const id = idOf(issuer, subject);
    const before = await repository.get(id);
    const now = clock.now();
    const isSame = before?.name === name && before.role === role;
    if (before && isSame && now - Date.parse(before.lastSeenAt) < seenEveryMs) return before;
    const at = new Date(now).toISOString();
    const fields = { id, issuer, subject, name, role, firstSeenAt: at, lastSeenAt: at };
    if (!(await repository.seen(fields, maxUsers))) {
      log.warn({ user: id }, `there are ${maxUsers} disabled users of the issuer: no other is let in`);
      return undefined;
    }
    return repository.get(id);
  }
}

/** Whether an id is that of a user of the issuer. */
export const isOidcUser = (id: string): boolean => idShape.test(id);

/** The same person has the same one for ever; another issuer's persons never have it. */
function idOf(issuer: string, subject: string): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([issuer, subject]))
    .digest("base64url");
  return `oidc_${digest.slice(0, 22)}`;
}

interface Grant {
  readonly role: Role;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

const holderOf = ({ id, name }: OidcUser) => ({ kind: "user", id, name }) as const;

/** A token is kept nowhere: its login is what it grants. */
const principalOf = (user: OidcUser, { role, expiresAt }: Grant): Principal => ({
  ...holderOf(user),
  scopes: scopesOfRole[role],
  login: `${role}.${expiresAt}`,
  expiresAt: new Date(expiresAt * 1000).toISOString(),
});

function grantOf(login: string): Grant | undefined {
  const [word, seconds] = login.split(".");
  const role = roles.find((one) => one === word);
  const expiresAt = Number(seconds);
  return role && Number.isSafeInteger(expiresAt) ? { role, expiresAt } : undefined;
}
