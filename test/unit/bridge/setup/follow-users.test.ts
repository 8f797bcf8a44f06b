// A user who is deleted is a member of no room any more; one who is disabled stays, and what they have opened ends.
import { expect, it } from "vitest";
import { Emitter, ok, silentLogger } from "#common";
import type { AccessEvents } from "#services/access";
import { settle } from "#test/support";
import { followUsers, isDisabledUser } from "../../../../bridge/setup/follow-users.ts";

const known = (...users: { readonly id: string; readonly enabled: boolean }[]) => ({
  get: async (id: string) => users.find((user) => user.id === id),
});
const users = known({ id: "ana", enabled: true }, { id: "dan", enabled: false });
const oidcUsers = known({ id: "oidc_eve", enabled: true }, { id: "oidc_fay", enabled: false });

it("takes those out of their rooms who are gone, and ends what the disabled have opened", async () => {
  const changes = new Emitter<AccessEvents>();
  const removed: string[] = [];
  const dismissed: string[] = [];
  const revoked: string[] = [];
  followUsers({
    access: { changes, users, oidcUsers } as never,
    members: {
      users: async () => ["ana", "carl", "oidc_long-ago"],
      removeUser: async (id) => void removed.push(id),
      dismissUser: async (id) => void dismissed.push(id),
    },
    tokens: { revokeAllOfUser: async (id) => ok(void revoked.push(id)) },
    log: silentLogger,
  });
  await settle();
  expect([removed, dismissed]).toEqual([["carl"], []]);
  for (const id of ["ana", "oidc_eve", "bob", "dan", "oidc_fay"])
    changes.emit("changed", { kind: "user", id });
  changes.emit("changed", { kind: "key", id: "k1" });
  await settle();
  expect([removed, dismissed]).toEqual([
    ["carl", "bob"],
    ["dan", "oidc_fay"],
  ]);
  expect(revoked.sort()).toEqual(["bob", "carl", "dan", "oidc_fay"]);
});

it("says of a user whether they are disabled, and of none who is not known", async () => {
  const access = { users, oidcUsers } as never;
  const asked = ["ana", "dan", "oidc_eve", "oidc_fay", "bob", "oidc_long-ago"];
  const disabled = await Promise.all(asked.map((id) => isDisabledUser(access, id)));
  expect(asked.filter((_, index) => disabled[index])).toEqual(["dan", "oidc_fay"]);
});
