// Streams end with the right to them, and with nothing else.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentLogger } from "#common";
import { type Access, type CredentialOwner, createAccess } from "#services/access";
import { openStore, type Store } from "#services/store";
import { FakeClock, settle } from "#test/support";
import { OpenStreams } from "../../../../api/plugins/index.ts";

const password = "correct horse battery";
const cheap = { memory: 8, passes: 1, parallelism: 1 };
let clock: FakeClock;
let store: Store;
let access: Access;
let streams: OpenStreams;

beforeEach(async () => {
  clock = new FakeClock();
  store = await openStore(":memory:", clock);
  access = createAccess({
    ...{ adminKey: () => false, store, passwordCost: cheap, clock, log: silentLogger },
  });
  streams = new OpenStreams({ access, clock, log: silentLogger });
});
afterEach(() => store.close());

async function quiet(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await settle();
}

async function hold(holder: CredentialOwner, address?: string): Promise<() => number> {
  let ended = 0;
  const end = () => {
    ended += 1;
  };
  streams.hold({ holder, address, need: "read", end });
  await quiet();
  return () => ended;
}

async function key(fields: object = {}) {
  const made = await access.keys.create({ name: "Panel", scopes: ["read"], ...fields });
  if (!made.ok) throw new Error(made.error.message);
  return made.value[0];
}

describe("of a key", () => {
  test("end when it is destroyed, and those of others do not", async () => {
    const [one, two] = [await key(), await key()];
    const [first, second] = [
      await hold({ kind: "key", id: one.id }),
      await hold({ kind: "key", id: two.id }),
    ];
    await access.keys.destroy(one.id);
    await quiet();
    expect([first(), second(), streams.size]).toEqual([1, 0, 1]);
  });

  test.each([
    ["the scope goes", { scopes: ["rooms"] as const }, 1],
    ["another scope comes", { scopes: ["rooms", "read"] as const }, 0],
    ["its addresses change", { addresses: ["10.0.0.0/8"] }, 1],
    ["its name changes", { name: "Wallboard" }, 0],
  ])("when %s", async (_, changes, times) => {
    const { id } = await key();
    const ended = await hold({ kind: "key", id }, "192.0.2.1");
    await access.keys.update(id, changes);
    await quiet();
    expect(ended()).toBe(times);
  });

  test("end when it expires, also when its end is moved", async () => {
    const at = (ms: number) => new Date(clock.now() + ms).toISOString();
    const { id } = await key({ expiresAt: at(60_000) });
    const ended = await hold({ kind: "key", id });
    await access.keys.update(id, { expiresAt: at(7_200_000) });
    await quiet();
    await clock.run(7_199_000);
    await quiet();
    expect(ended()).toBe(0);
    await clock.run(1000);
    await quiet();
    expect(ended()).toBe(1);
  });

  test("end when it was gone before they were held", async () => {
    const ended = await hold({ kind: "key", id: "gone" });
    expect([ended(), streams.size, clock.pending]).toEqual([1, 0, 0]);
  });
});

describe("of a user", () => {
  let id: string;
  let login: CredentialOwner;
  let refreshToken: string;

  beforeEach(async () => {
    const made = await access.users.create({ username: "ana", password, role: "operator" });
    if (!made.ok) throw new Error(made.error.message);
    id = made.value.id;
    const tokens = await access.logins.login("ana", password, "192.0.2.1");
    if (!tokens.ok) throw new Error(tokens.error.kind);
    refreshToken = tokens.value.refreshToken;
    const seen = await access.recognise(tokens.value.accessToken, "192.0.2.1");
    if (seen.kind !== "valid") throw new Error(seen.kind);
    login = seen.principal;
  });

  test.each([
    ["is disabled", () => access.users.update(id, { enabled: false }), 1],
    ["gets a new password", () => access.users.update(id, { password: "another horse battery" }), 1],
    ["is removed", () => access.users.destroy(id), 1],
    ["logs out", () => access.logins.revoke(refreshToken), 1],
    ["gets a role that still may", () => access.users.update(id, { role: "viewer" }), 0],
    ["goes on with the login", () => access.logins.refresh(refreshToken), 0],
  ])("who %s", async (_, act, times) => {
    const ended = await hold(login);
    await act();
    await quiet();
    expect(ended()).toBe(times);
  });

  test("end with the access token, unless the login was renewed", async () => {
    const ended = await hold(login);
    await clock.run(29 * 60_000);
    await access.logins.refresh(refreshToken);
    await clock.run(29 * 60_000);
    await quiet();
    expect(ended()).toBe(0);
    await clock.run(60_000);
    await quiet();
    expect(ended()).toBe(1);
  });

  test("end when a refresh token is used twice", async () => {
    const ended = await hold(login);
    await access.logins.refresh(refreshToken);
    await access.logins.refresh(refreshToken);
    await quiet();
    expect(ended()).toBe(1);
  });
});

describe("of the admin key", () => {
  let generation: string;

  beforeEach(() => {
    generation = "first";
    const adminKeyChanges = {
      generation: async () => generation,
      replace: async () => {
        generation = "second";
        return "the second key";
      },
    };
    access = createAccess({
      ...{ adminKey: (candidate: string) => candidate === "a key", adminKeyChanges },
      ...{ store, passwordCost: cheap, clock, log: silentLogger },
    });
    streams = new OpenStreams({ access, clock, log: silentLogger });
  });

  async function holder(): Promise<CredentialOwner> {
    const seen = await access.recognise("a key", "192.0.2.1");
    if (seen.kind !== "valid") throw new Error(seen.kind);
    return seen.principal;
  }

  test("end when it is replaced, and those of its successor and of others do not", async () => {
    const ended = await hold(await holder());
    const others = await hold({ kind: "key", id: (await key()).id });
    expect(ended()).toBe(0);
    expect(await access.replaceAdminKey()).toBe("the second key");
    await quiet();
    const successor = await hold(await holder());
    expect([ended(), others(), successor()]).toEqual([1, 0, 0]);
  });

  test("go on where it is the configuration's and cannot be replaced", async () => {
    access = createAccess({
      ...{ adminKey: () => true, adminKeyChanges: { generation: async () => generation } },
      ...{ store, passwordCost: cheap, clock, log: silentLogger },
    });
    streams = new OpenStreams({ access, clock, log: silentLogger });
    const ended = await hold(await holder());
    expect(await access.replaceAdminKey()).toBeUndefined();
    await quiet();
    expect(ended()).toBe(0);
  });
});

test("rights that cannot be read now are looked at again", async () => {
  const { id } = await key();
  let broken = true;
  const flaky = {
    changes: access.changes,
    renew: async (holder: CredentialOwner) => {
      if (broken) throw new Error("busy");
      return access.renew(holder);
    },
  };
  streams = new OpenStreams({ access: flaky, clock, log: silentLogger });
  const ended = await hold({ kind: "key", id });
  await store.keys.delete(id);
  broken = false;
  await clock.run(1000);
  await quiet();
  expect(ended()).toBe(1);
});
