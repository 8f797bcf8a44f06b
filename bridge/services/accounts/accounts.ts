// Accounts made, read, changed and removed. All of them are in memory, too, because a request that names one is judged
// before anything is kept of it. Passwords are kept as the hashes that digest needs, which are as good as the password for
// this realm: they leave the bridge nowhere.
import {
  type Clock,
  Emitter,
  fail,
  type ListQuery,
  newId,
  ok,
  optionalMailAddress,
  type Page,
  type Result,
  randomToken,
  SerialQueue,
} from "#common";
import { type DigestCredential, ha1 } from "#sip";
import type {
  Account,
  AccountListField,
  AccountProblem,
  AccountsEvents,
  AccountsRepository,
  StoredAccount,
} from "./types.ts";

export interface AccountFields {
  readonly extension: string;
  /** Without it one is made. */
  readonly password?: string;
  readonly displayName?: string;
  /** Null and the empty text: none. */
  readonly email?: string | null;
  readonly enabled?: boolean;
}

export type AccountChanges = Partial<Omit<AccountFields, "extension">>;

export interface AccountsOptions {
  readonly repository: AccountsRepository;
  /** Of the digest: passwords are hashed for it. */
  readonly realm: string;
  /** Numbers that lead elsewhere, such as the lobby. */
  readonly reserved?: readonly string[];
  readonly clock: Clock;
}

export const sipPasswordLength = { least: 8, most: 64 } as const;
const madePasswordBytes = 12;
const maxAccounts = 5000;

/** For principals of requests and calls. */
export const principalIdOf = ({ extension }: Pick<Account, "extension">): string => `account:${extension}`;

export class Accounts {
  readonly events = new Emitter<AccountsEvents>();
  readonly #options: AccountsOptions;
  readonly #byExtension: Map<string, StoredAccount>;
  readonly #changes = new SerialQueue();

  static async open(options: AccountsOptions): Promise<Accounts> {
    return new Accounts(options, await options.repository.all());
  }

  private constructor(options: AccountsOptions, accounts: readonly StoredAccount[]) {
    this.#options = options;
    this.#byExtension = new Map(accounts.map((account) => [account.extension, account]));
  }

  /** The account that this number calls, whether it is enabled or not. */
  find(extension: string): Account | undefined {
    return this.#byExtension.get(extension);
  }

  /** The credentials of a digest user name; undefined: there is no such account, or it is disabled. */
  credentialOf(username: string): DigestCredential | undefined {
    const account = this.#byExtension.get(username);
    if (!account?.enabled) return undefined;
    const { extension, displayName, ha1Md5, ha1Sha256 } = account;
    return {
      principal: {
        id: principalIdOf(account),
        caller: { number: extension, displayName },
        addressOfRecord: extension,
      },
      ha1: { MD5: ha1Md5, "SHA-256": ha1Sha256 },
    };
  }

  /** The second value is the password where it was made here, this one time. */
  create(
    fields: AccountFields,
  ): Promise<Result<readonly [account: Account, password: string | undefined], AccountProblem>> {
    return this.#changes.run(async () => {
      const { extension, displayName = extension, enabled = true } = fields;
      const made = fields.password === undefined ? randomToken(madePasswordBytes) : undefined;
      const password = fields.password ?? made!;
      const { repository, reserved = [], clock } = this.#options;
      if (reserved.includes(extension)) return taken(extension);
      const email = optionalMailAddress(fields.email ?? null);
      if (email === undefined) return fail(noAddress);
      if (password.includes(extension)) return fail(tooSimple);
      const account: StoredAccount = {
        ...{ id: newId<string>(), revision: 1, extension, displayName, email, enabled },
        createdAt: new Date(clock.now()).toISOString(),
        ...this.#hash(extension, password),
      };
      switch (await repository.insert(account, maxAccounts)) {
        case "taken":
          return taken(extension);
        case "full":
          return fail({ code: "TOO_MANY_ACCOUNTS", message: `there are ${maxAccounts} accounts already` });
        case "inserted":
          this.#byExtension.set(extension, account);
          this.events.emit("created", { account: withoutHashes(account) });
          return ok([withoutHashes(account), made]);
      }
    });
  }

  get(id: string): Promise<Account | undefined> {
    return this.#options.repository.get(id);
  }

  list(query: ListQuery<AccountListField>): Promise<Page<Account>> {
    return this.#options.repository.list(query);
  }

  /** With `revisions`, only while the account has one of them. */
  update(
    id: string,
    { password, ...changes }: AccountChanges,
    revisions?: readonly number[],
  ): Promise<Result<Account, AccountProblem>> {
    return this.#changes.run(async () => {
      const { repository } = this.#options;
      const before = await repository.get(id);
      if (!before) return notFound(id);
      if (!has(before, revisions)) return hasChanged(id);
      const email = optionalMailAddress(changes.email === undefined ? before.email : changes.email);
      if (email === undefined) return fail(noAddress);
      if (password?.includes(before.extension)) return fail(tooSimple);
      const wanted = { ...before, ...changes, email };
      const unchanged = (["displayName", "email", "enabled"] as const).every(
        (name) => wanted[name] === before[name],
      );
      if (password === undefined && unchanged) return ok(withoutHashes(before));
      const hashes = password === undefined ? {} : this.#hash(before.extension, password);
      const account = { ...wanted, ...hashes, revision: before.revision + 1 };
      if (!(await repository.update(account))) return notFound(id);
      this.#byExtension.set(account.extension, account);
      if (password !== undefined || !account.enabled) this.events.emit("revoked", { account });
      this.events.emit("updated", { account: withoutHashes(account) });
      return ok(withoutHashes(account));
    });
  }

  /** `revisions` as above. */
  destroy(id: string, revisions?: readonly number[]): Promise<Result<void, AccountProblem>> {
    return this.#changes.run(async () => {
      const { repository } = this.#options;
      const before = await repository.get(id);
      if (!before) return notFound(id);
      if (!has(before, revisions)) return hasChanged(id);
      if (!(await repository.delete(id))) return notFound(id);
      this.#byExtension.delete(before.extension);
      this.events.emit("revoked", { account: withoutHashes(before) });
      this.events.emit("deleted", { account: withoutHashes(before) });
      return ok(undefined);
    });
  }

  #hash(extension: string, password: string): Pick<StoredAccount, "ha1Md5" | "ha1Sha256"> {
    const { realm } = this.#options;
    return {
      ha1Md5: ha1("MD5", extension, realm, password),
      ha1Sha256: ha1("SHA-256", extension, realm, password),
    };
  }
}

const withoutHashes = ({ ha1Md5: _, ha1Sha256: _sha256, ...account }: StoredAccount): Account => account;

const has = ({ revision }: Account, revisions: readonly number[] | undefined): boolean =>
  revisions?.includes(revision) ?? true;

const noAddress: AccountProblem = {
  code: "INVALID_FIELD",
  field: "email",
  message: "email must be a mail address",
};
const tooSimple: AccountProblem = {
  code: "INVALID_FIELD",
  field: "password",
  message: "password must not contain the extension",
};
const taken = (extension: string) =>
  fail<AccountProblem>({
    code: "EXTENSION_IN_USE",
    field: "extension",
    message: `the extension ${extension} is in use`,
  });
const notFound = (id: string) =>
  fail<AccountProblem>({ code: "ACCOUNT_NOT_FOUND", message: `there is no account with the id ${id}` });
const hasChanged = (id: string) =>
  fail<AccountProblem>({
    code: "PRECONDITION_FAILED",
    message: `the account ${id} has changed since it was read`,
  });
