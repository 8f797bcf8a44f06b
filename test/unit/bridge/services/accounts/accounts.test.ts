// Accounts over a real database: their extensions, their passwords, what ends with them; and how they are called.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AccountFields, Accounts, targetsOf } from "#services/accounts";
import { openStore, type Store } from "#services/store";
import { type Binding, ha1 } from "#sip";
import { FakeClock, fakeFlow } from "#test/support";
import { startBridge } from "../../conference/calls/bridge.ts";

let store: Store;
let accounts: Accounts;
let told: string[];
const clock = new FakeClock();
const options = () => ({ repository: store.accounts, realm: "parley", reserved: ["8999"], clock });

beforeEach(async () => {
  store = await openStore(":memory:", clock);
  accounts = await Accounts.open(options());
  told = [];
  for (const name of ["created", "updated", "deleted", "revoked"] as const) {
    accounts.events.on(name, ({ account }) => void told.push(`${name} ${account.extension}`));
  }
});
afterEach(() => store.close());

async function make(fields: Partial<AccountFields> = {}) {
  const made = await accounts.create({ extension: "1001", password: "kestrel-orchard", ...fields });
  if (!made.ok) throw new Error(made.error.code);
  return made.value[0];
}
const codeOf = (result: { readonly ok: boolean; readonly error?: { readonly code: string } }) =>
  result.error?.code;

describe("an extension", () => {
  it("belongs to one account or one room, whichever is there first", async () => {
    const { rooms } = startBridge({ repository: store.rooms, clock });
    await make();
    expect(codeOf(await accounts.create({ extension: "1001" }))).toBe("EXTENSION_IN_USE");
    expect(codeOf(await rooms.create({ extensionNumber: "1001" }))).toBe("EXTENSION_IN_USE");
    expect((await rooms.create({ extensionNumber: "1002" })).ok).toBe(true);
    expect(codeOf(await accounts.create({ extension: "1002" }))).toBe("EXTENSION_IN_USE");
    expect(codeOf(await accounts.create({ extension: "8999" }))).toBe("EXTENSION_IN_USE");

    await make({ extension: "8000" });
    const next = await rooms.create({});
    expect(next.ok && next.value.extensionNumber).toBe("8001");
  });
});

describe("a password", () => {
  it("is kept as the hashes of both algorithms, and never shown", async () => {
    const { id } = await make();
    const stored = (await store.accounts.get(id))!;
    expect(stored.ha1Md5).toBe(ha1("MD5", "1001", "parley", "kestrel-orchard"));
    expect(stored.ha1Sha256).toBe(ha1("SHA-256", "1001", "parley", "kestrel-orchard"));
    expect(JSON.stringify(await accounts.list({ skip: 0, top: 10 }))).not.toMatch(/ha1|kestrel/);
    expect(accounts.credentialOf("1001")).toEqual({
      principal: {
        id: "account:1001",
        caller: { number: "1001", displayName: "1001" },
        addressOfRecord: "1001",
      },
      ha1: { MD5: stored.ha1Md5, "SHA-256": stored.ha1Sha256 },
    });
  });

  it("is made where none is given, and may not contain the extension", async () => {
    const made = await accounts.create({ extension: "1001" });
    const password = made.ok ? made.value[1]! : "";
    expect(password).toMatch(/^[0-9a-f]{24}$/);
    expect(accounts.credentialOf("1001")?.ha1?.MD5).toBe(ha1("MD5", "1001", "parley", password));
    expect(codeOf(await accounts.create({ extension: "1002", password: "phone-1002" }))).toBe(
      "INVALID_FIELD",
    );
    expect(
      codeOf(await accounts.update((await make({ extension: "1003" })).id, { password: "x1003yyyy" })),
    ).toBe("INVALID_FIELD");
  });
});

describe("a change", () => {
  it("of the password, disabling and removing revoke what was valid; a new name does not", async () => {
    const { id } = await make();
    await accounts.update(id, { displayName: "Ana" });
    await accounts.update(id, { displayName: "Ana" });
    expect(told).toEqual(["created 1001", "updated 1001"]);
    await accounts.update(id, { password: "another-orchard" });
    await accounts.update(id, { enabled: false });
    expect(accounts.credentialOf("1001")).toBeUndefined();
    expect(accounts.find("1001")?.enabled).toBe(false);
    await accounts.destroy(id);

    expect(told.slice(2)).toEqual([
      ...["revoked 1001", "updated 1001", "revoked 1001", "updated 1001"],
      ...["revoked 1001", "deleted 1001"],
    ]);
    expect(codeOf(await accounts.destroy(id))).toBe("ACCOUNT_NOT_FOUND");
  });

  it("of another revision is none", async () => {
    const { id } = await make();
    expect(codeOf(await accounts.update(id, { displayName: "Ana" }, [2]))).toBe("PRECONDITION_FAILED");
    expect((await accounts.update(id, { displayName: "Ana" }, [1])).ok).toBe(true);
    expect(codeOf(await accounts.destroy(id, [1]))).toBe("PRECONDITION_FAILED");
  });

  it("is there after a restart", async () => {
    const { id } = await make({ email: "Ana@EXAMPLE.com" });
    await accounts.update(id, { password: "another-orchard" });
    const again = await Accounts.open(options());

    expect(again.find("1001")).toMatchObject({ email: "Ana@example.com", revision: 2 });
    expect(again.credentialOf("1001")?.ha1?.MD5).toBe(ha1("MD5", "1001", "parley", "another-orchard"));
  });
});

describe("bindings", () => {
  const binding: Binding = {
    ...{
      contact: "sip:1001@192.168.1.20",
      instance: undefined,
      regId: undefined,
      callId: "c",
      cseq: 1,
      q: 1,
    },
    ...{ expiresAt: 9, path: [], userAgent: "", flow: fakeFlow, pinned: true },
  };
  const from = { uri: "sip:8000@192.0.2.1" };
  const targetsAt = (...bindings: Partial<Binding>[]) =>
    targetsOf(
      bindings.map((one) => ({ ...binding, ...one })),
      () => from,
    );

  it("are called on their flow, by their Contact, or by their Path", () => {
    expect(targetsAt({}, { pinned: false }, { path: ["<sip:edge;lr>", "<sip:inner;lr>"] })).toEqual([
      { to: binding.contact, from, flow: fakeFlow, maxRedirects: 0 },
      { to: binding.contact, from, maxRedirects: 0 },
      {
        ...{ to: binding.contact, from, route: "sip:edge;lr", headers: [["Route", "<sip:inner;lr>"]] },
        maxRedirects: 0,
      },
    ]);
  });

  it("are not followed elsewhere: a redirection has passed no rule of dialling out", () => {
    const targets = targetsAt({}, { pinned: false }, { path: ["<sip:edge;lr>"] });
    expect(targets.map(({ maxRedirects }) => maxRedirects)).toEqual([0, 0, 0]);
  });

  it("are called by a Path as it is where its brackets are not closed", () => {
    const open = "<".repeat(400_000);
    expect(targetsAt({ path: [open] }, { path: ["sip:edge>"] })).toMatchObject([
      { route: open },
      { route: "sip:edge>" },
    ]);
  });

  it("are stored until they are replaced", async () => {
    const stored = {
      ...binding,
      addressOfRecord: "1001",
      protocol: "UDP",
      address: "192.0.2.9",
      port: 5060,
    } as const;
    const { flow: _, ...row } = stored;
    const kept = JSON.parse(JSON.stringify(row));
    await store.bindings.replace("1001", [row, { ...row, contact: "sip:other" }]);
    await store.bindings.replace("1002", [row]);
    await store.bindings.replace("1001", [row]);
    expect(await store.bindings.all()).toEqual([kept, kept]);
    await store.bindings.replace("1001", []);
    expect(await store.bindings.all()).toEqual([kept]);
    await store.bindings.prune(8);
    expect(await store.bindings.all()).toEqual([kept]);
    await store.bindings.prune(9);
    expect(await store.bindings.all()).toEqual([]);
  });
});
