// What a credential may do: scopes, the roles of users as sets of them, and what an operation needs. Pure.

export const scopes = [
  "admin",
  "rooms",
  "calls",
  "calls:hangup",
  "recordings",
  "accounts",
  "pins",
  "read",
] as const;
export type Scope = (typeof scopes)[number];

/** `anyone`: every valid credential. `public`: no credential is needed. */
export type Need = Scope | "anyone" | "public";

export const roles = ["admin", "operator", "viewer"] as const;
export type Role = (typeof roles)[number];

export const scopesOfRole: Readonly<Record<Role, readonly Scope[]>> = {
  admin: ["admin"],
  operator: ["rooms", "calls", "calls:hangup", "recordings", "accounts", "read"],
  viewer: ["read"],
};

/** `admin` includes every other scope; none of the others includes another. */
export function covers(granted: readonly Scope[], need: Need): boolean {
  if (need === "public" || need === "anyone") return true;
  return granted.includes("admin") || granted.includes(need);
}

/** PINs are shown to principals that may change them, and to those with the scope `pins`. */
export const seesPins = (granted: readonly Scope[]): boolean =>
  covers(granted, "rooms") || covers(granted, "pins");
