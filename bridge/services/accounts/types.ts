// The types of accounts, which are extensions that register with the bridge itself, and the refusals of the domain.
import type { ListQuery, Page, ScalarType } from "#common";

export interface Account {
  readonly id: string;
  /** Grows with every change. */
  readonly revision: number;
  /** The number with which the account registers, calls and is called; unique among accounts and rooms. */
  readonly extension: string;
  readonly displayName: string;
  readonly email: string | null;
  /** A disabled account neither registers nor calls. */
  readonly enabled: boolean;
  readonly createdAt: string;
}

/** Beside the account what digest needs (RFC 7616 §3.4.2): never the password itself. */
export interface StoredAccount extends Account {
  readonly ha1Md5: string;
  readonly ha1Sha256: string;
}

export const accountListFields = {
  id: "text",
  extension: "text",
  displayName: "text",
  email: "text",
  enabled: "boolean",
  createdAt: "instant",
} as const satisfies Record<string, ScalarType>;
export type AccountListField = keyof typeof accountListFields;
export const accountSearchFields = [
  "extension",
  "displayName",
  "email",
] as const satisfies readonly AccountListField[];

export interface AccountsRepository {
  /** `taken`: an account or a room has the extension. `full`: there are `limit` accounts already. */
  insert(account: StoredAccount, limit: number): Promise<"inserted" | "taken" | "full">;
  get(id: string): Promise<StoredAccount | undefined>;
  all(): Promise<readonly StoredAccount[]>;
  list(query: ListQuery<AccountListField>): Promise<Page<Account>>;
  /** Replaces everything but id, extension and the instant of making. False when there is no such account. */
  update(account: StoredAccount): Promise<boolean>;
  /** False when there was none. */
  delete(id: string): Promise<boolean>;
}

export interface AccountProblem {
  readonly code:
    | "ACCOUNT_NOT_FOUND"
    | "EXTENSION_IN_USE"
    | "TOO_MANY_ACCOUNTS"
    | "PRECONDITION_FAILED"
    | "INVALID_FIELD";
  readonly message: string;
  /** In the domain's spelling. */
  readonly field?: string;
}

export type AccountsEvents = {
  created: { readonly account: Account };
  updated: { readonly account: Account };
  deleted: { readonly account: Account };
  /** Its credentials are not valid any more, or others are: what was opened with them has to close. */
  revoked: { readonly account: Account };
};
