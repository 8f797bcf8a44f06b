// Logging in while more passwords wait than are looked at.
import { expect, onTestFinished, test, vi } from "vitest";
import { Emitter, ParleyError, silentLogger } from "#common";
import type { AccessEvents } from "#services/access";
import { openStore } from "#services/store";
import { FakeClock } from "#test/support";
import { Logins } from "../../../../../bridge/services/access/logins.ts";
import { Passwords } from "../../../../../bridge/services/access/passwords.ts";
import { Users } from "../../../../../bridge/services/access/users.ts";

test("a password that was not looked at is no wrong one", async () => {
  const clock = new FakeClock();
  const store = await openStore(":memory:", clock);
  onTestFinished(() => store.close());
  const passwords = new Passwords({ memory: 8, passes: 1, parallelism: 1 });
  const changes = new Emitter<AccessEvents>();
  const { sessions } = store;
  const users = new Users({ repository: store.users, sessions, passwords, events: changes, clock });
  const limits = { attempts: 3, windowMs: 60_000, sources: 10 };
  const logins = new Logins({
    ...{ users: store.users, sessions, passwords, changes, clock, log: silentLogger },
    limits: { ofSource: limits, ofUser: limits },
  });
  await users.create({ username: "ana", password: "correct horse", role: "user" });
  const check = (password: string) => logins.checkPassword("ana", password, "192.0.2.1");

  const verify = vi.spyOn(passwords, "verify");
  verify.mockRejectedValue(new ParleyError("QUEUE_FULL", "more than 100 operations are waiting"));
  for (let n = 0; n < 5; n++) await expect(check("correct horse")).rejects.toThrow("waiting");
  verify.mockRestore();
  expect((await check("correct horse")).ok).toBe(true);
  for (let n = 0; n < 3; n++) expect(await check("wrong")).toMatchObject({ error: { kind: "refused" } });
  expect(await check("correct horse")).toMatchObject({ error: { kind: "wait" } });
});
