// Servers and kept answers in a real database.
import { afterEach, beforeEach, expect, it } from "vitest";
import { type MemberId, newId, type ParticipantId, type RoomId } from "#common";
import type { Member } from "#conference/members";
import type { Server } from "#services/nodes";
import { openStore, type Store } from "#services/store";
import { FakeClock } from "#test/support";
import { openDatabase } from "../../../../../bridge/services/store/database.ts";
import { createIdempotencyRepository } from "../../../../../bridge/services/store/idempotency-repository.ts";

let store: Store;

beforeEach(async () => {
  store = await openStore(":memory:");
});
afterEach(() => store.close());

const server = (name: string, changes: Partial<Server> = {}): Server => ({
  id: newId(),
  name,
  enabled: true,
  type: "EXTERNAL",
  ipv4: "192.0.2.1",
  ipv6: null,
  maxRooms: 1,
  maxParticipants: 2,
  createdAt: "2026-01-01T00:00:00.000Z",
  ...changes,
});

it("keeps, changes, finds and forgets servers", async () => {
  const { servers } = store;
  const first = server("North");
  const second = server("South", { enabled: false, createdAt: "2026-01-02T00:00:00.000Z" });
  expect(await servers.insert(first)).toBe(true);
  expect(await servers.insert(first)).toBe(false);
  await servers.insert(second);

  expect(await servers.update({ ...first, maxRooms: 9, type: "INTERNAL" })).toBe(true);
  expect(await servers.get(first.id)).toEqual({ ...first, maxRooms: 9 });
  const enabled = { kind: "compare", field: "enabled", operator: "eq", value: false } as const;
  expect(await servers.list({ skip: 0, top: 9, filter: enabled })).toEqual({ count: 1, items: [second] });
  expect(await servers.list({ skip: 0, top: 9, search: [["sou"]] })).toEqual({ count: 1, items: [second] });
  const byName = [{ field: "name", descending: true }] as const;
  expect((await servers.list({ skip: 1, top: 1, orderBy: byName })).items).toMatchObject([{ name: "North" }]);

  expect(await servers.delete(first.id)).toBe(true);
  expect(await servers.delete(first.id)).toBe(false);
  expect(await servers.update(first)).toBe(false);
});

it("takes no member, login or tokens of what is gone", async () => {
  const now = "2026-01-01T00:00:00.000Z";
  const later = "2027-01-01T00:00:00.000Z";
  const gone = { roomId: newId<RoomId>(), memberId: newId<MemberId>() };
  const member: Member = {
    ...{ id: gone.memberId, participantId: newId<ParticipantId>(), roomId: gone.roomId, name: "Ada" },
    ...{ userId: null, externalUserId: null, baseRole: "speaker", customPermissions: {} },
    ...{ linkSecret: "0123456789", archived: false, createdAt: now },
  };
  expect(await store.members.insert(gone.roomId, [member], 9)).toBe("no room");
  const bounds = { limit: 9, now };
  const refresh = { refreshHash: "r", refreshExpiresAt: later, accessExpiresAt: later, createdAt: now };
  expect(await store.tokenFamilies.insert({ id: "f", ...gone, ...refresh }, bounds)).toBe(false);
  const session = { id: "s", userId: newId<string>(), accessHash: "a", ...refresh };
  expect(await store.sessions.insert(session, bounds)).toBe(false);
});

it("keeps so many answers and forgets the expired and the oldest", async () => {
  const database = await openDatabase(":memory:", new FakeClock());
  const answers = createIdempotencyRepository(database, 2);
  const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`;
  const keep = (key: string, second: number, expired = at(0)) =>
    answers.keep(key, { fingerprint: key, answer: "{}", createdAt: at(second) }, expired);
  const known = async () => {
    const found = await Promise.all(["a", "b", "c"].map((key) => answers.find(key)));
    return found.map((answer) => answer?.createdAt);
  };

  await keep("a", 1);
  await keep("b", 2);
  await keep("a", 3);
  expect(await known()).toEqual([at(3), at(2), undefined]);

  await keep("c", 4);
  expect(await known()).toEqual([at(3), undefined, at(4)]);

  await keep("b", 5, at(5));
  expect(await known()).toEqual([undefined, at(5), undefined]);
  await database.destroy();
});
