// People who log in with a name and a password. Their role decides what they may do; a change that takes rights from a user
// ends their logins.
import {
  type Clock,
  type Emitter,
  fail,
  type ListQuery,
  newId,
  ok,
  optionalMailAddress,
  type Page,
  type Result,
  SerialQueue,
} from "#common";
import type { Passwords } from "./passwords.ts";
import type { Role } from "./scopes.ts";
import type {
  AccessEvents,
  AccessProblem,
  SessionsRepository,
  StoredUser,
  User,
  UserListField,
  UsersRepository,
} from "./types.ts";

export interface UserFields {
  readonly username: string;
  readonly password: string;
  readonly role: Role;
  readonly displayName?: string;
  /** Null and the empty text: none. */
  readonly email?: string | null;
  readonly enabled?: boolean;
}

export type UserChanges = Partial<Omit<UserFields, "username">>;

export interface UsersOptions {
  readonly repository: UsersRepository;
  readonly sessions: SessionsRepository;
  readonly passwords: Passwords;
  readonly events: Emitter<AccessEvents>;
  readonly clock: Clock;
}

const maxUsers = 1000;

export class Users {
  readonly #options: UsersOptions;
  readonly #changes = new SerialQueue();

  constructor(options: UsersOptions) {
    this.#options = options;
  }

  async create(fields: UserFields): Promise<Result<User, AccessProblem>> {
    const { username, password, role, displayName = username, enabled = true } = fields;
    if (resembles(password, username)) return fail(tooSimple);
    const email = optionalMailAddress(fields.email ?? null);
    if (email === undefined) return fail(noAddress);
    const { repository, passwords, clock } = this.#options;
    const user: StoredUser = {
      ...{ id: newId<string>(), username, displayName, email, role, enabled },
      createdAt: new Date(clock.now()).toISOString(),
      lastLoginAt: null,
      passwordHash: await passwords.hash(password),
    };
    switch (await repository.insert(user, maxUsers)) {
      case "inserted":
        return ok(user);
      case "taken":
        return fail({ code: "USERNAME_IN_USE", field: "username", message: `${username} is taken` });
      case "full":
        return fail({ code: "TOO_MANY_USERS", message: `there are ${maxUsers} users already` });
    }
  }

  get(id: string): Promise<User | undefined> {
    return this.#options.repository.get(id);
  }

  /** By name, case-insensitive. */
  find(username: string): Promise<User | undefined> {
    return this.#options.repository.find(username);
  }

  list(query: ListQuery<UserListField>): Promise<Page<User>> {
    return this.#options.repository.list(query);
  }

  update(id: string, { password, ...changes }: UserChanges): Promise<Result<User, AccessProblem>> {
    return this.#changes.run(async () => {
      const { repository, sessions, passwords } = this.#options;
      const before = await repository.get(id);
      if (!before) return notFound(id);
      if (password !== undefined && resembles(password, before.username)) return fail(tooSimple);
      const email = optionalMailAddress(changes.email === undefined ? before.email : changes.email);
      if (email === undefined) return fail(noAddress);
      const passwordHash = password === undefined ? before.passwordHash : await passwords.hash(password);
      const user = { ...before, ...changes, email, passwordHash };
      if (!(await repository.update(user))) return notFound(id);
      if (password !== undefined || !user.enabled) await sessions.deleteOfUser(id);
      this.#options.events.emit("changed", { kind: "user", id });
      return ok(user);
    });
  }

  async destroy(id: string): Promise<Result<void, AccessProblem>> {
    const { repository, events } = this.#options;
    if (!(await repository.delete(id))) return notFound(id);
    events.emit("changed", { kind: "user", id });
    return ok(undefined);
  }
}

/** The form of a name that is compared, without regard to case. */
export const foldUsername = (username: string): string => username.normalize("NFKC").toLowerCase();

const resembles = (password: string, username: string): boolean =>
  foldUsername(password).includes(foldUsername(username));

const noAddress: AccessProblem = {
  code: "INVALID_FIELD",
  field: "email",
  message: "email must be one mail address, such as ana@example.com",
};

const tooSimple: AccessProblem = {
  code: "INVALID_FIELD",
  field: "password",
  message: "password must not contain the user's name",
};

const notFound = (id: string) =>
  fail<AccessProblem>({ code: "USER_NOT_FOUND", message: `There is no user with the id ${id}.` });
