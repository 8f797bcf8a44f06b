// Where the addresses of internal invitees come from: the bridge's users, by id or by name. A user is written to at the
// mail address that is set; without one at the name, if that is an address.

import { mailAddress } from "#common";
import type { UsersRepository } from "#services/access";
import type { AddressOf } from "./types.ts";

export const addressOfUser =
  (users: Pick<UsersRepository, "get" | "find">): AddressOf =>
  async (id) => {
    const user = (await users.get(id)) ?? (await users.find(id));
    return user?.enabled ? (user.email ?? mailAddress(user.username)) : undefined;
  };
