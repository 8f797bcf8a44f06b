// A user who is deleted is a member of no room any more; one who only changes stays.
import { expect, it } from "vitest";
import { Emitter, silentLogger } from "#common";
import type { AccessEvents } from "#services/access";
import { settle } from "#test/support";
import { followUsers } from "../../../../bridge/setup/follow-users.ts";

it("takes those out of their rooms who are gone", async () => {
  const changes = new Emitter<AccessEvents>();
  const removed: string[] = [];
  const known = (name: string) => ({ get: async (id: string) => (id === name ? { id } : undefined) });
  followUsers({
    access: { changes, users: known("ana"), oidcUsers: known("oidc_eve") } as never,
    members: {
      users: async () => ["ana", "carl", "oidc_long-ago"],
      removeUser: async (id) => void removed.push(id),
    },
    log: silentLogger,
  });
  await settle();
  expect(removed).toEqual(["carl"]);
  for (const id of ["ana", "oidc_eve", "bob"]) changes.emit("changed", { kind: "user", id });
  changes.emit("changed", { kind: "key", id: "k1" });
  await settle();
  expect(removed).toEqual(["carl", "bob"]);
});
