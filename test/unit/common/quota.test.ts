// How much one source may have written down in a minute.
import { describe, expect, it } from "vitest";
import { Quota } from "#common";
import { FakeClock } from "#test/support";

describe("a quota", () => {
  it("allows so many in a minute from the first, each source for itself", () => {
    const clock = new FakeClock();
    const quota = new Quota(clock, 2);
    const allowed = (source: string, times: number) =>
      Array.from({ length: times }, () => quota.allows(source));
    expect(allowed("a", 4)).toEqual([true, true, false, false]);
    expect(allowed("b", 1)).toEqual([true]);
    clock.advance(59_999);
    expect(allowed("a", 1)).toEqual([false]);
    clock.advance(1);
    expect(allowed("a", 3)).toEqual([true, true, false]);
  });

  it("remembers a thousand sources: with one more, the one whose minute began first has a new one", () => {
    const quota = new Quota(new FakeClock(), 1);
    for (let source = 0; source < 1000; source += 1) quota.allows(`s${source}`);
    expect([quota.allows("s0"), quota.allows("s999")]).toEqual([false, false]);
    quota.allows("one more");
    expect([quota.allows("s2"), quota.allows("s0")]).toEqual([false, true]);
  });
});
