// Whose a room is, by name: a user of this bridge or of the issuer of tokens; a room without an owner is the administrator's.
import type { Access } from "#services/access";

const administrator = "admin";

/** One that is gone is shown by the id. */
export async function nameOfUser(
  { users, oidcUsers }: Pick<Access, "users" | "oidcUsers">,
  id: string | null,
): Promise<string> {
  if (id === null) return administrator;
  return (await users.get(id))?.username ?? (await oidcUsers.get(id))?.name ?? id;
}
