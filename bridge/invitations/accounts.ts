// Where the addresses of internal invitees come from as long as the bridge has no accounts of its own: its users, by
// id or by name, whose name is a mail address.
import type { UsersRepository } from "#bridge/access";
import { mailAddress } from "#common";
import type { AddressOf } from "./types.ts";

export const addressOfUser =
  (users: Pick<UsersRepository, "get" | "find">): AddressOf =>
  async (id) => {
    const user = (await users.get(id)) ?? (await users.find(id));
    return user?.enabled ? mailAddress(user.username) : undefined;
  };
