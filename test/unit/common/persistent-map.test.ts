import { describe, expect, it } from "vitest";
import { comingInstant, PersistentMap, pastInstant, wallClockInstant } from "#common";
import { FakeClock } from "#test/support";
import { FakeRecords } from "../../support/fakes/state-records.ts";

const mapOf = (records: FakeRecords<string>, most = 2) =>
  new PersistentMap<number, string>({
    ...{ most, records, write: (value) => `${value}`, read: Number },
    isStored: (record) => typeof record === "string",
  });

describe("a persistent map", () => {
  it("is found again by the next process as it was last, without what was deleted or dropped", () => {
    const records = new FakeRecords<string>();
    const map = mapOf(records);
    map.set("a", 1).set("b", 2).set("b", 3).set("c", 4);
    map.delete("c");
    const next = records.next();
    expect([...mapOf(next)]).toEqual([["b", 3]]);
    expect([...next.now]).toEqual([["b", "3"]]);
    map.delete("b");
    expect([...mapOf(records.next())]).toEqual([]);
  });

  it("keeps instants by the wall clock, and none that has passed is to come", () => {
    const [before, after] = [new FakeClock(), new FakeClock()];
    before.advance(10_000);
    const kept = [-4000, 6000].map((ms) => wallClockInstant(before, before.monotonic() + ms));
    after.setWall(before.now() + 1000);
    const read = () => [pastInstant(after, kept[0]!), comingInstant(after, kept[1]!, 8000)];
    expect(read()).toEqual([-5000, 5000]);
    after.setWall(before.now() - 3_600_000);
    expect(read()).toEqual([0, 8000]);
  });
});
