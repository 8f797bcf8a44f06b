// Call records on their way to the database.
import { beforeEach, describe, expect, it } from "vitest";
import { type CallId, silentLogger } from "#common";
import type { StoredCall } from "#services/call-records";
import { FakeCallRecordsRepository, FakeClock } from "#test/support";
import { RecordWriter } from "../../../../../bridge/services/call-records/writer.ts";

let clock: FakeClock;
let repository: FakeCallRecordsRepository;
let writer: RecordWriter;

const record = (id: string, number = "1"): StoredCall =>
  ({ id: id as CallId, callerNumber: number }) as unknown as StoredCall;

beforeEach(() => {
  clock = new FakeClock();
  repository = new FakeCallRecordsRepository();
  writer = new RecordWriter(repository, clock, silentLogger);
});

describe("records of calls", () => {
  it("of one moment are written together, the newest of each call", async () => {
    writer.put(record("a", "1"));
    writer.put(record("b"));
    writer.put(record("a", "2"));
    await clock.run(49);
    expect(repository.writes).toEqual([]);
    await clock.run(1);
    expect(repository.writes).toEqual([2]);
    expect(repository.records.get("a" as CallId)).toEqual(record("a", "2"));
    expect([writer.waiting, clock.pending]).toEqual([0, 0]);
  });

  it("wait for a database that fails and are tried again every two seconds", async () => {
    repository.failure = new Error("locked");
    writer.put(record("a"));
    await clock.run(50);
    await clock.run(1999);
    expect([writer.failures, writer.waiting]).toEqual([1, 1]);
    await clock.run(1);
    expect(writer.failures).toBe(2);
    repository.failure = undefined;
    await clock.run(2000);
    expect([repository.writes, writer.waiting, clock.pending]).toEqual([[1], 0, 0]);
  });

  it("are written five hundred at a time", async () => {
    for (let call = 0; call < 1001; call += 1) writer.put(record(`c${call}`));
    await writer.flush();
    expect(repository.writes).toEqual([500, 500, 1]);
  });

  it("are bounded while they wait: the oldest are given up and counted", async () => {
    repository.failure = new Error("locked");
    for (let call = 0; call < 10_002; call += 1) writer.put(record(`c${call}`));
    expect([writer.waiting, writer.dropped]).toEqual([10_000, 2]);
    repository.failure = undefined;
    await writer.close();
    expect([repository.records.has("c1" as CallId), repository.records.has("c2" as CallId)]).toEqual([
      false,
      true,
    ]);
  });

  it("are written at the end, and a failure then is not tried again", async () => {
    writer.put(record("a"));
    repository.failure = new Error("locked");
    await writer.close();
    expect([writer.waiting, clock.pending]).toEqual([1, 0]);
  });
});
