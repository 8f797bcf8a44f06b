// Call records in a real database.
import { afterEach, beforeEach, expect, it } from "vitest";
import type { StoredCall } from "#services/call-records";
import { openStore, type Store } from "#services/store";
import { callRecord } from "../call-records/records.ts";

let store: Store;

beforeEach(async () => {
  store = await openStore(":memory:");
});
afterEach(() => store.close());

const noEnd = {
  endedAt: null,
  duration: null,
  result: null,
  endedBy: null,
  status: null,
  reason: null,
  sipReason: null,
} as const;
const all = { skip: 0, top: 100 };

it("keeps every field, and shows a call only once it has ended", async () => {
  const { callRecords } = store;
  const record = callRecord({ displayName: "=Ádá", roomSubject: "日本" });
  const open: StoredCall = { ...record, ...noEnd };

  await callRecords.put([open]);
  expect(await callRecords.get(record.id)).toBeUndefined();
  expect((await callRecords.list(all)).count).toBe(0);

  await callRecords.put([record]);
  expect(await callRecords.get(record.id)).toEqual(record);
  expect(await callRecords.list(all)).toEqual({ count: 1, items: [record] });
});

it("closes what is open, and nothing else", async () => {
  const { callRecords } = store;
  const [over, open] = [callRecord(), callRecord()];
  await callRecords.put([over, { ...open, ...noEnd }]);

  const end = {
    duration: 0,
    result: "lost",
    endedBy: "failure",
    status: 500,
    reason: "Died",
    sipReason: null,
  } as const;
  const endedAt = "2026-01-02T00:00:00.000Z";
  expect(await callRecords.closeOpen({ endedAt, ...end }, new Set([open.id]))).toBe(0);
  expect(await callRecords.closeOpen({ endedAt, ...end }, new Set([over.id]))).toBe(1);

  expect(await callRecords.get(over.id)).toEqual(over);
  expect(await callRecords.get(open.id)).toEqual({ ...open, endedAt, ...end });
  expect(await callRecords.closeOpen({ endedAt, ...end }, new Set())).toBe(0);
});

it("lists the newest first, filtered, searched, ordered and paged", async () => {
  const { callRecords } = store;
  const day = (number: number) => `2026-01-0${number}T00:00:00.000Z`;
  const records = [1, 2, 3, 4].map((number) =>
    callRecord({ startedAt: day(number), from: `10${number}`, duration: 10 - number, status: 200 + number }),
  );
  await callRecords.put(records);
  const froms = async (query: object) =>
    (await callRecords.list({ ...all, ...query })).items.map(({ from }) => from);

  expect(await froms({})).toEqual(["104", "103", "102", "101"]);
  expect(await froms({ orderBy: [{ field: "duration", descending: true }], skip: 1, top: 2 })).toEqual([
    "102",
    "103",
  ]);
  expect(
    await froms({ filter: { kind: "compare", field: "startedAt", operator: "ge", value: day(3) } }),
  ).toEqual(["104", "103"]);
  expect(await froms({ search: [["102"], ["unknown"]] })).toEqual(["102"]);

  const ids = await callRecords.ids({ orderBy: [{ field: "from", descending: false }] }, 3);
  expect(ids).toEqual(records.slice(0, 3).map(({ id }) => id));
  expect(await callRecords.read([ids[1]!, "gone" as (typeof ids)[0], ids[0]!])).toEqual([
    records[1],
    records[0],
  ]);
});

it("forgets the old a few at a time, and no call that lasts", async () => {
  const { callRecords } = store;
  const old = [1, 2, 3].map(() => callRecord());
  const lasting: StoredCall = { ...callRecord(), ...noEnd };
  const young = callRecord({ startedAt: "2026-02-01T00:00:00.000Z" });
  await callRecords.put([...old, lasting, young]);

  expect(await callRecords.forgetBefore("2026-01-15T00:00:00.000Z", 2)).toBe(2);
  expect(await callRecords.forgetBefore("2026-01-15T00:00:00.000Z", 2)).toBe(1);
  expect(await callRecords.forgetBefore("2026-01-15T00:00:00.000Z", 2)).toBe(0);

  expect((await callRecords.list(all)).items).toEqual([young]);
  expect(await callRecords.closeOpen({ ...young }, new Set())).toBe(1);
});
