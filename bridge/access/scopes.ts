// What a credential may do: scopes, the roles of users as sets of them, and what an operation needs. Pure.

export const scopes = ["admin", "rooms", "calls", "recordings", "read"] as const;
export type Scope = (typeof scopes)[number];

/** `anyone`: whoever has a valid credential. `public`: nobody is asked for one. */
export type Need = Scope | "anyone" | "public";

export const roles = ["admin", "operator", "viewer"] as const;
export type Role = (typeof roles)[number];

export const scopesOfRole: Readonly<Record<Role, readonly Scope[]>> = {
  admin: ["admin"],
  operator: ["rooms", "calls", "recordings", "read"],
  viewer: ["read"],
};

/** `admin` includes every other scope; none of the others includes another. */
export function covers(granted: readonly Scope[], need: Need): boolean {
  if (need === "public" || need === "anyone") return true;
  return granted.includes("admin") || granted.includes(need);
}
