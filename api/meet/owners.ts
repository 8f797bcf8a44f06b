// Whose a room is and who is a member of it, by name: a user of this bridge or of the issuer of tokens; a room without an
// owner is the administrator's.
import type { MemberId, RoomId } from "#common";
import type { Member, Members } from "#conference/members";
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

/** A user is known by their name, whichever API has made them a member. */
export async function nameOfMember(
  { users }: Pick<Access, "users">,
  { id, userId }: Member,
): Promise<string> {
  return (userId === null ? undefined : (await users.get(userId))?.username) ?? id;
}

/** By what `nameOfMember` says, or by the id that other families show. */
export async function findMember(
  { users }: Pick<Access, "users">,
  members: Pick<Members, "find">,
  { room, member }: { readonly room: RoomId; readonly member: MemberId },
): Promise<Member | undefined> {
  const found = await members.find(room, { id: member });
  if (found) return found;
  const user = await users.find(member);
  return user && members.find(room, { userId: user.id });
}
