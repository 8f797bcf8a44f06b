// The nouns of access as the domain and the store see them. Instants are RFC 3339 in UTC. Secrets appear only as
// hashes, and only in what begins with `Stored`.
import type { ListQuery, Page, ScalarType } from "#common";
import type { Role, Scope } from "./scopes.ts";

/** Whose a right is: enough to ask later whether they still have it. */
export interface CredentialOwner {
  /** `admin_key`: the configured key or the one of the first start. `machine`: an administrator of this machine. */
  readonly kind: "admin_key" | "key" | "user" | "machine";
  readonly id: string;
  /** Of a user: the login whose token was shown. Without it, the user whether logged in or not. */
  readonly login?: string;
  /** Of the admin key: which one was shown, where it can be replaced. */
  readonly generation?: string;
}

/** The holder of a valid credential. */
export interface Principal extends CredentialOwner {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** When the credential ends by itself, RFC 3339; absent: never. */
  readonly expiresAt?: string;
}

/** Told after something has changed that may have taken rights from the admin key, a key or a user. */
export type AccessEvents = { changed: Pick<CredentialOwner, "kind" | "id"> };

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Addresses and networks that it may come from; empty: any. */
  readonly addresses: readonly string[];
  readonly expiresAt: string | null;
  readonly createdAt: string;
  /** To the minute. */
  readonly lastUsedAt: string | null;
}

export interface StoredKey extends ApiKey {
  readonly hash: string;
}

export const keyListFields = {
  id: "text",
  name: "text",
  scopes: "text",
  expiresAt: "instant",
  createdAt: "instant",
  lastUsedAt: "instant",
} as const satisfies Record<string, ScalarType>;
export type KeyListField = keyof typeof keyListFields;
export const keySearchFields = ["name"] as const satisfies readonly KeyListField[];

export interface KeysRepository {
  /** False when there are as many as `limit` already. */
  insert(key: StoredKey, limit: number): Promise<boolean>;
  get(id: string): Promise<StoredKey | undefined>;
  list(query: ListQuery<KeyListField>): Promise<Page<ApiKey>>;
  /** Replaces name, scopes, addresses and expiry. False when there is no such key. */
  update(key: ApiKey): Promise<boolean>;
  used(id: string, at: string): Promise<void>;
  /** False when there was none. */
  delete(id: string): Promise<boolean>;
}

export interface User {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  /** Where mails go; null: nowhere, unless the name is an address. */
  readonly email: string | null;
  readonly role: Role;
  readonly enabled: boolean;
  readonly createdAt: string;
  readonly lastLoginAt: string | null;
}

export interface StoredUser extends User {
  readonly passwordHash: string;
}

export const userListFields = {
  id: "text",
  username: "text",
  displayName: "text",
  email: "text",
  role: "text",
  enabled: "boolean",
  createdAt: "instant",
  lastLoginAt: "instant",
} as const satisfies Record<string, ScalarType>;
export type UserListField = keyof typeof userListFields;
export const userSearchFields = [
  "username",
  "displayName",
  "email",
] as const satisfies readonly UserListField[];

export interface UsersRepository {
  /** `taken`: another user has the name (case-insensitive). `full`: there are `limit` users already. */
  insert(user: StoredUser, limit: number): Promise<"inserted" | "taken" | "full">;
  get(id: string): Promise<StoredUser | undefined>;
  /** By name, case-insensitive. */
  find(username: string): Promise<StoredUser | undefined>;
  list(query: ListQuery<UserListField>): Promise<Page<User>>;
  /** Replaces display name, mail address, role, whether it is enabled, and the password. False when there is no such user. */
  update(user: StoredUser): Promise<boolean>;
  loggedIn(id: string, at: string): Promise<void>;
  /** False when there was none. Its sessions go with it. */
  delete(id: string): Promise<boolean>;
}

/** A person whom the configured issuer knows, as they came last. */
export interface OidcUser {
  readonly id: string;
  /** Their `iss` and `sub`: together they are theirs alone. */
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly role: Role;
  readonly enabled: boolean;
  readonly firstSeenAt: string;
  /** To the minute. */
  readonly lastSeenAt: string;
}

export const oidcUserListFields = {
  id: "text",
  issuer: "text",
  subject: "text",
  name: "text",
  role: "text",
  enabled: "boolean",
  firstSeenAt: "instant",
  lastSeenAt: "instant",
} as const satisfies Record<string, ScalarType>;
export type OidcUserListField = keyof typeof oidcUserListFields;
export const oidcUserSearchFields = ["name", "subject"] as const satisfies readonly OidcUserListField[];

export interface OidcUsersRepository {
  get(id: string): Promise<OidcUser | undefined>;
  list(query: ListQuery<OidcUserListField>): Promise<Page<OidcUser>>;
  /**
   * Makes the row, enabled, or replaces its name, role and last instant. Beyond `limit` the enabled one who has not come
   * for longest goes; false when there is none such.
   */
  seen(user: Omit<OidcUser, "enabled">, limit: number): Promise<boolean>;
  /** False when there is no such user. */
  setEnabled(id: string, enabled: boolean): Promise<boolean>;
}

/** A login: one access token and one refresh token at a time. */
export interface LoginSession {
  readonly id: string;
  readonly userId: string;
  readonly accessHash: string;
  readonly accessExpiresAt: string;
  readonly refreshHash: string;
  readonly refreshExpiresAt: string;
  readonly createdAt: string;
}

export interface SessionsRepository {
  /** Beyond `limit` sessions of the user the oldest end; those whose refresh expired before `now` go too. False: the user is gone. */
  insert(session: LoginSession, bounds: { readonly limit: number; readonly now: string }): Promise<boolean>;
  get(id: string): Promise<LoginSession | undefined>;
  /** Replaces the tokens if the refresh token is still this one; false when it is not. */
  rotate(session: LoginSession, usedRefreshHash: string): Promise<boolean>;
  delete(id: string): Promise<boolean>;
  deleteOfUser(userId: string): Promise<void>;
}

export interface NewAuditEntry {
  readonly at: string;
  /** `participant`: of one room, by their own token. `nobody`: no valid credential came with the request. */
  readonly actorKind: Principal["kind"] | "participant" | "nobody";
  readonly actorId: string | null;
  readonly actorName: string | null;
  /** As the API's description calls it: `createConferenceRoom`. */
  readonly operation: string;
  /** The id of the object of the operation, if it has one. */
  readonly objectId: string | null;
  /** The path that was asked for. */
  readonly path: string;
  /** Names of the fields that the request brought; never their values. */
  readonly fields: readonly string[];
  readonly address: string;
  readonly outcome: AuditOutcome;
  /** HTTP status. */
  readonly status: number;
}

export const auditOutcomes = ["done", "denied"] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

export interface AuditEntry extends NewAuditEntry {
  /** Grows with every entry. */
  readonly id: number;
}

export const auditListFields = {
  id: "number",
  at: "instant",
  actorKind: "text",
  actorId: "text",
  actorName: "text",
  operation: "text",
  objectId: "text",
  path: "text",
  fields: "text",
  address: "text",
  outcome: "text",
  status: "number",
} as const satisfies Record<string, ScalarType>;
export type AuditListField = keyof typeof auditListFields;
export const auditSearchFields = [
  "actorName",
  "operation",
  "objectId",
  "path",
  "address",
] as const satisfies readonly AuditListField[];

export interface AuditRepository {
  /** In this order, all or none. */
  append(entries: readonly NewAuditEntry[]): Promise<void>;
  /** Entries that are equal in the given order are ordered by time, the latest first. */
  list(query: ListQuery<AuditListField>): Promise<Page<AuditEntry>>;
  /** Keeps the latest `entries` of each outcome, and nothing from before. */
  prune(bounds: { readonly before: string; readonly entries: number }): Promise<void>;
}

/** An expected refusal of the domain. */
export interface AccessProblem {
  readonly code:
    | "KEY_NOT_FOUND"
    | "USER_NOT_FOUND"
    | "USERNAME_IN_USE"
    | "TOO_MANY_KEYS"
    | "TOO_MANY_USERS"
    | "INVALID_FIELD";
  readonly message: string;
  /** In the domain's spelling. */
  readonly field?: string;
}
