// The audit log: who changed what, from where, in which order, and for how long it is known.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentLogger } from "#common";
import { type AuditRepository, createAccess } from "#services/access";
import { openStore, type Store } from "#services/store";
import { FakeClock } from "#test/support";
import { Fixture, key } from "../support/fixture.ts";

describe("over the API", () => {
  let api: Fixture;

  beforeEach(async () => {
    api = await Fixture.create();
  });

  const entries = async (query = "") => (await api.get(`/api/audit${query}`)).json().items;

  test("every change is there, the latest first, with the names of its fields and nothing else of them", async () => {
    const id = await api.room({ room_pin: "471199" });
    await api.post(`/api/conference_rooms/${id}`, { admin_pin: "990011", capacity: 5 });
    await api.post(`/api/conference_rooms/${id}/lock`);
    await api.get(`/api/conference_rooms/${id}`);
    await api.post("/api/conference_rooms/none/lock");

    const all = await entries();

    expect(
      all.map((entry: { operation: string; fields: string[] }) => [entry.operation, entry.fields]),
    ).toEqual([
      ["lockConferenceRoom", []],
      ["updateConferenceRoom", ["admin_pin", "capacity"]],
      ["createConferenceRoom", ["capacity", "mode", "room_pin", "subject"]],
    ]);
    for (const entry of all) {
      expect(entry).toMatchObject({
        ...{ object_id: id, actor_kind: "admin_key", actor_id: "admin", address: "127.0.0.1" },
        ...{ outcome: "done", at: new Date(api.clock.now()).toISOString() },
      });
    }
    const text = JSON.stringify(all);
    for (const secret of ["471199", "990011", key]) expect(text).not.toContain(secret);
  });

  test("says which key it was, by the name it had then", async () => {
    const made = (await api.post("/api/keys", { name: "Panel", scopes: ["rooms"] })).json();
    const headers = { "x-api-key": made.key };
    const payload = { mode: "AUDIO", subject: "Weekly", capacity: 9 };
    await api.app.inject({
      ...{
        method: "POST",
        url: "/api/conference_rooms",
        headers,
        payload,
        remoteAddress: "::ffff:192.0.2.7",
      },
    });
    await api.post(`/api/keys/${made.id}/destroy`);

    expect((await entries("?filter=operation eq 'createConferenceRoom'"))[0]).toMatchObject({
      ...{ actor_kind: "key", actor_id: made.id, actor_name: "Panel", address: "192.0.2.7", status: 201 },
    });
  });

  test("knows who was refused", async () => {
    const made = (await api.post("/api/keys", { name: "Panel", scopes: ["read"] })).json();
    const ask = (method: "GET" | "POST", url: string, headers: Record<string, string>) =>
      api.app.inject({ method, url, headers });
    await ask("GET", "/api/users", { "x-api-key": made.key });
    await ask("POST", "/api/conference_rooms", { "x-api-key": made.key });
    await ask("POST", "/api/keys", { "x-api-key": "guess" });
    await ask("POST", "/api/keys", {});
    await ask("GET", "/api/conference_rooms", { "x-api-key": "guess" });

    const denied = await entries("?filter=outcome eq 'denied'&orderby=id");

    expect(
      denied.map((entry: Record<string, unknown>) => [
        entry["actor_kind"],
        entry["operation"],
        entry["status"],
      ]),
    ).toEqual([
      ["key", "listUsers", 403],
      ["key", "createConferenceRoom", 403],
      ["nobody", "createApiKey", 401],
    ]);
  });

  test("shows a login under the user's name", async () => {
    const user = { username: "ana", password: "correct horse battery", role: "viewer" };
    await api.post("/api/users", user);
    const { username, password } = user;
    const payload = { grant_type: "password", username, password };
    await api.app.inject({ method: "POST", url: "/api/login/oauth/token", payload });

    expect((await entries("?top=1"))[0]).toMatchObject({ actor_name: "ana", operation: "getAccessToken" });
  });

  test("has every failed login, under the user whose name was tried, and no password", async () => {
    const { id } = (
      await api.post("/api/users", { username: "ana", password: "correct horse battery", role: "viewer" })
    ).json();
    const ask = (payload: object) =>
      api.app.inject({ method: "POST", url: "/api/login/oauth/token", payload, remoteAddress: "192.0.2.7" });
    const logIn = (username: string) => ask({ grant_type: "password", username, password: "guess-471199" });
    await logIn("ana");
    await logIn("name-without-user");
    await ask({ grant_type: "refresh_token", refresh_token: "made-up" });
    for (let n = 0; n < 6; n++) await logIn("ana");
    await ask({ grant_type: "password" });

    const denied = await entries("?filter=outcome eq 'denied'&orderby=id");
    expect(
      denied.map((entry: Record<string, unknown>) => [
        ...[entry["operation"], entry["object_id"] ?? null, entry["status"], entry["actor_kind"]],
      ]),
    ).toEqual([
      ["getAccessToken", id, 400, "nobody"],
      ["getAccessToken", null, 400, "nobody"],
      ["getAccessToken", null, 400, "nobody"],
      ...[1, 2, 3, 4].map(() => ["getAccessToken", id, 400, "nobody"]),
      ...[1, 2].map(() => ["getAccessToken", id, 429, "nobody"]),
    ]);
    expect(denied[0]).toMatchObject({ address: "192.0.2.7", fields: [] });
    expect(JSON.stringify(denied)).not.toContain("471199");
    expect(JSON.stringify(denied)).not.toContain("name-without-user");
  });

  test("is paged, searched and filtered over known fields only", async () => {
    for (let n = 0; n < 3; n++) await api.room();
    const page = (await api.get("/api/audit?skip=1&top=1")).json();
    expect(page).toMatchObject({ count: 3, items: [{ id: 2 }] });
    expect(await entries("?search=nothing")).toEqual([]);
    expect((await api.get("/api/audit?filter=secret eq 'x'")).json().code).toBe("INVALID_FILTER");
    expect((await api.get("/api/audit?colour=red")).json().details[0].field).toBe("colour");
  });
});

describe("the log", () => {
  let store: Store;
  const clock = new FakeClock();

  beforeEach(async () => {
    store = await openStore(":memory:", clock);
  });
  afterEach(() => store.close());

  const entry = (operation: string, outcome: "done" | "denied" = "done") => ({
    ...({ actorKind: "nobody", actorId: null, actorName: null, operation, objectId: null } as const),
    ...{ path: "/", fields: [], address: "192.0.2.1", outcome, status: 200 },
  });
  const access = (audit: AuditRepository, limits = { entries: 100, days: 30 }) =>
    createAccess({
      ...{ adminKey: () => false, store: { ...store, audit }, auditLimits: limits },
      ...{ clock, log: silentLogger },
    });
  const all = { skip: 0, top: 100 };

  test("keeps what happened in order, also when the database is busy or fails for a while", async () => {
    let failures = 2;
    const flaky: AuditRepository = {
      ...store.audit,
      append: async (entries) => {
        if (failures-- > 0) throw new Error("disk full");
        await store.audit.append(entries);
      },
    };
    const { audit } = access(flaky);
    for (let n = 0; n < 50; n++) audit.record(entry(`op${n}`));
    expect((await audit.list(all)).count).toBe(0);
    await clock.advance(5000);
    audit.record(entry("op50"));
    expect((await audit.list(all)).count).toBe(0);
    await clock.advance(5000);

    const { items } = await audit.list(all);

    expect(items.map(({ operation }) => operation).reverse()).toEqual(
      Array.from({ length: 51 }, (_, n) => `op${n}`),
    );
    expect(audit.lost).toBe(0);
  });

  test("forgets what is old, and no flood of denied attempts pushes the changes out", async () => {
    const { audit } = access(store.audit, { entries: 5, days: 30 });
    audit.record(entry("old"));
    await audit.list(all);
    await clock.advance(31 * 24 * 60 * 60 * 1000);
    audit.record(entry("change"));
    for (let n = 0; n < 1200; n++) audit.record(entry(`flood${n}`, "denied"));
    await audit.close();

    const { items } = await store.audit.list(all);

    expect(items.map(({ operation }) => operation)).toEqual([
      ...["flood1199", "flood1198", "flood1197", "flood1196", "flood1195", "change"],
    ]);
  });

  test("is written to its end when the bridge stops, and counts what it had to give up", async () => {
    const { audit } = access(store.audit);
    for (let n = 0; n < 3; n++) audit.record(entry(`op${n}`));
    await audit.close();
    expect((await store.audit.list(all)).count).toBe(3);

    const gate = Promise.withResolvers<void>();
    const stuck = access({ ...store.audit, append: () => gate.promise }).audit;
    for (let n = 0; n < 10_001; n++) stuck.record(entry("op"));
    expect(stuck.lost).toBe(1);
    gate.resolve();
    await stuck.close();
  });
});
