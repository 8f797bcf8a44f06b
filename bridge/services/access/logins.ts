// Logins: a name and a password become an access token for half an hour and a refresh token that is used once (RFC 6749,
// RFC 9700 section 4.14.2). A refresh token that comes a second time has been stolen by one of the two: the login ends.
import {
  type AttemptLimits,
  type Clock,
  Emitter,
  FailedAttempts,
  fail,
  type Logger,
  ok,
  type Result,
  sourceOf,
} from "#common";
import type { Passwords } from "./passwords.ts";
import { rotate } from "./rotation.ts";
import { type Scope, scopesOfRole } from "./scopes.ts";
import { hashOf, isHashOf, newSecret, newSecretId, readSecret } from "./secrets.ts";
import type {
  AccessEvents,
  LoginSession,
  Principal,
  SessionsRepository,
  StoredUser,
  User,
  UsersRepository,
} from "./types.ts";
import { foldUsername } from "./users.ts";

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds that the access token is valid for. */
  readonly expiresIn: number;
  readonly scopes: readonly Scope[];
  readonly principal: Principal;
}

/** `refused`: for any reason. `wait`: seconds until the next attempt is checked. */
export type LoginProblem = (
  | { readonly kind: "refused" }
  | { readonly kind: "wait"; readonly seconds: number }
) & {
  /** The id of the user whose name was tried, for the audit log; never for an answer. */
  readonly user?: string;
};

/** Too many wrong passwords: for so many seconds, no password from this address is checked. */
export interface BlockedLogin {
  readonly address: string;
  readonly seconds: number;
  /** The id of the user whose name was tried: then it is that one's that wait, wherever they come from. */
  readonly user?: string;
}

export type LoginsEvents = { blocked: BlockedLogin };

export interface LoginsOptions {
  readonly users: UsersRepository;
  readonly sessions: SessionsRepository;
  readonly passwords: Passwords;
  readonly changes: Emitter<AccessEvents>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: LoginLimits;
}

export interface LoginLimits {
  readonly ofSource: AttemptLimits;
  readonly ofUser: AttemptLimits;
}

const usualLimits: LoginLimits = {
  ofSource: { attempts: 10, windowMs: 60_000, sources: 1000 },
  ofUser: { attempts: 5, windowMs: 60_000, sources: 1000 },
};

const accessSeconds = 30 * 60;
const refreshMs = 14 * 24 * 60 * 60 * 1000;
const sessionsOfUser = 20;
const refused = fail<LoginProblem>({ kind: "refused" });

export class Logins {
  readonly events = new Emitter<LoginsEvents>();
  readonly #options: LoginsOptions;
  readonly #ofSource: FailedAttempts;
  readonly #ofUser: FailedAttempts;

  constructor(options: LoginsOptions) {
    this.#options = options;
    const { ofSource, ofUser } = options.limits ?? usualLimits;
    this.#ofSource = new FailedAttempts(options.clock, ofSource);
    this.#ofUser = new FailedAttempts(options.clock, ofUser);
  }

  async login(username: string, password: string, address: string): Promise<Result<Tokens, LoginProblem>> {
    const checked = await this.checkPassword(username, password, address);
    return checked.ok ? this.#begin(checked.value) : checked;
  }

  /** Refuses a wrong name, a wrong password and a disabled user in the same way and in the same time. */
  async checkPassword(
    username: string,
    password: string,
    address: string,
  ): Promise<Result<User, LoginProblem>> {
    const { users } = this.#options;
    const source = sourceOf(address);
    const name = foldUsername(username);
    const seconds = Math.max(this.#ofSource.waitSeconds(source), this.#ofUser.waitSeconds(name));
    if (seconds > 0) return fail({ kind: "wait", seconds, ...idOf(await users.find(username)) });
    // Counted before it is looked at, so that many at once are no way around; taken back when it was right.
    this.#ofSource.failed(source);
    this.#ofUser.failed(name);
    const takeBack = () => {
      this.#ofSource.takeBack(source);
      this.#ofUser.takeBack(name);
    };
    const { user, before, right } = await this.#compare(username, password).catch((error: unknown) => {
      // A password that could not be looked at, because too many wait, is no guess.
      takeBack();
      throw error;
    });
    if (!right || !isCurrent(user, before)) {
      this.#tellBlocked({ address, source, name, user: before?.id });
      return fail({ kind: "refused", ...idOf(before) });
    }
    takeBack();
    return ok(user);
  }

  /** The user before and after the password was compared, which takes a while: for an unknown name too. */
  async #compare(username: string, password: string) {
    const { users, passwords } = this.#options;
    const before = await users.find(username);
    const right = await passwords.verify(password, before?.passwordHash);
    return { before, right, user: await users.get(before?.id ?? "") };
  }

  async refresh(token: string): Promise<Result<Tokens, LoginProblem>> {
    const { users, sessions, clock, log } = this.#options;
    const read = readSecret(token);
    const rotation = await rotate(token, {
      ...{ id: read?.kind === "pr" ? read.id : undefined, store: sessions, now: this.#instant() },
      next: async (session: LoginSession) => {
        const user = await users.get(session.userId);
        if (!user?.enabled) return undefined;
        const tokens = newTokens(session.id, clock.now());
        return { row: { ...session, ...tokens.stored }, made: toTokens(tokens, user) };
      },
    });
    switch (rotation.kind) {
      case "rotated":
        return ok(rotation.made);
      case "refused":
        return refused;
      case "replayed": {
        const { userId } = rotation.row;
        log.warn({ user: userId }, "a refresh token came a second time: this login ends");
        this.#options.changes.emit("changed", { kind: "user", id: userId });
        return fail({ kind: "refused", user: userId });
      }
    }
  }

  /** The login ends; whose it was. A token that is not valid ends nothing. */
  async revoke(token: string): Promise<Principal | undefined> {
    const { users, sessions } = this.#options;
    const read = readSecret(token);
    const session = read && (await sessions.get(read.id));
    if (!session || !read) return undefined;
    const hash = read.kind === "pa" ? session.accessHash : session.refreshHash;
    if (!isHashOf(token, hash)) return undefined;
    await sessions.delete(session.id);
    this.#options.changes.emit("changed", { kind: "user", id: session.userId });
    const user = await users.get(session.userId);
    return user && principalOf(user);
  }

  /** Whose access token this is. */
  async check(token: string): Promise<Principal | undefined> {
    const { sessions } = this.#options;
    const read = readSecret(token);
    const session = read?.kind === "pa" ? await sessions.get(read.id) : undefined;
    if (!session || !isHashOf(token, session.accessHash)) return undefined;
    return this.#ofSession(session);
  }

  /** The user as long as they may log in; with a login, as long as it lasts and is renewed in time. */
  async current(id: string, login?: string): Promise<Principal | undefined> {
    const { users, sessions } = this.#options;
    if (login !== undefined) {
      const session = await sessions.get(login);
      return session?.userId === id ? this.#ofSession(session) : undefined;
    }
    const user = await users.get(id);
    return user?.enabled ? principalOf(user) : undefined;
  }

  async #ofSession({ id, userId, accessExpiresAt }: LoginSession): Promise<Principal | undefined> {
    if (accessExpiresAt <= this.#instant()) return undefined;
    const user = await this.#options.users.get(userId);
    return user?.enabled ? { ...principalOf(user), login: id, expiresAt: accessExpiresAt } : undefined;
  }

  async #begin(user: User): Promise<Result<Tokens, LoginProblem>> {
    const { users, sessions, clock } = this.#options;
    const id = newSecretId();
    const tokens = newTokens(id, clock.now());
    const now = this.#instant();
    const bounds = { limit: sessionsOfUser, now };
    const session: LoginSession = { id, userId: user.id, createdAt: now, ...tokens.stored };
    // The user has been deleted in the meantime.
    if (!(await sessions.insert(session, bounds))) return refused;
    await users.loggedIn(user.id, now);
    // Beyond the limit an earlier login has ended.
    this.#options.changes.emit("changed", { kind: "user", id: user.id });
    return ok(toTokens(tokens, user));
  }

  /** A name without a user is reported only with its source. */
  #tellBlocked({ address, source, name, user }: Failure): void {
    const bySource = this.#ofSource.waitSeconds(source);
    if (bySource > 0) this.events.emit("blocked", { address, seconds: bySource });
    const byUser = this.#ofUser.waitSeconds(name);
    if (byUser > 0 && user !== undefined) this.events.emit("blocked", { address, seconds: byUser, user });
  }

  #instant(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }
}

interface Failure {
  readonly address: string;
  readonly source: string;
  readonly name: string;
  readonly user: string | undefined;
}

interface NewTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly stored: Omit<LoginSession, "id" | "userId" | "createdAt">;
}

function newTokens(id: string, now: number): NewTokens {
  const accessToken = newSecret("pa", id);
  const refreshToken = newSecret("pr", id);
  return {
    accessToken,
    refreshToken,
    stored: {
      accessHash: hashOf(accessToken),
      accessExpiresAt: new Date(now + accessSeconds * 1000).toISOString(),
      refreshHash: hashOf(refreshToken),
      refreshExpiresAt: new Date(now + refreshMs).toISOString(),
    },
  };
}

function toTokens({ accessToken, refreshToken }: NewTokens, user: User): Tokens {
  const principal = principalOf(user);
  return { accessToken, refreshToken, expiresIn: accessSeconds, scopes: principal.scopes, principal };
}

const principalOf = ({ id, username, role }: User): Principal => ({
  ...{ kind: "user", id, name: username },
  scopes: scopesOfRole[role],
});

const idOf = (user: User | undefined) => (user ? { user: user.id } : {});

const isCurrent = (user: StoredUser | undefined, before: StoredUser | undefined): user is StoredUser =>
  user?.enabled === true && user.passwordHash === before?.passwordHash;
