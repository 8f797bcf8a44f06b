// The rights of credentials: scopes, the roles of users as sets of them, and the need of an operation. Pure.

export const scopes = [
  "admin",
  "rooms",
  "calls",
  "calls:hangup",
  "recordings",
  "accounts",
  "pins",
  "diagnostics",
  "read",
] as const;
export type Scope = (typeof scopes)[number];

/**
 * `anyone`: every valid credential. `user`: one of a user, with any role. `public`: no credential is needed. `join`:
 * a join token, and no credential of these.
 */
export type Need = Scope | "anyone" | "user" | "public" | "join";

export const roles = ["admin", "operator", "viewer", "user"] as const;
export type Role = (typeof roles)[number];

export const scopesOfRole: Readonly<Record<Role, readonly Scope[]>> = {
  admin: ["admin"],
  operator: ["rooms", "calls", "calls:hangup", "recordings", "accounts", "read"],
  viewer: ["read"],
  user: [],
};

/** `admin` includes every other scope; none of the others includes another. What only users may do needs more than scopes. */
export function covers(granted: readonly Scope[], need: Need): boolean {
  if (need === "public" || need === "anyone") return true;
  if (need === "join" || need === "user") return false;
  return granted.includes("admin") || granted.includes(need);
}

/** PINs are shown to principals that may change them, and to those with the scope `pins`. */
export const seesPins = (granted: readonly Scope[]): boolean =>
  covers(granted, "rooms") || covers(granted, "pins");
