// What is remembered and decided about announcing participants: names of those who left, and the time for it.
import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { Airtime } from "../../../../../../bridge/conference/rooms/policy/airtime.ts";
import { LeftNames } from "../../../../../../bridge/conference/rooms/policy/left-names.ts";

describe("the names of those who left", () => {
  function names() {
    const clock = new FakeClock();
    const discarded: string[] = [];
    const name = (clip: string) => ({ clip, durationMs: 800, discard: () => void discarded.push(clip) });
    return { clock, discarded, name, left: new LeftNames(clock) };
  }
  const ada = { number: "100", source: "100@192.0.2.1" };

  it("are given back once", () => {
    const { left, name, discarded } = names();
    left.keep(ada, name("ada"));
    expect([left.takeBack(ada)?.clip, left.takeBack(ada), discarded]).toEqual(["ada", undefined, []]);
  });

  it("are discarded after five minutes, for another name, and with the meeting", () => {
    const { clock, left, name, discarded } = names();
    left.keep(ada, name("old"));
    left.keep(ada, name("new"));
    expect(discarded).toEqual(["old"]);
    clock.advance(5 * 60_000 + 1);
    expect(left.takeBack(ada)).toBeUndefined();
    expect(discarded).toEqual(["old", "new"]);
    left.keep(ada, name("last"));
    left.clear();
    expect(discarded).toEqual(["old", "new", "last"]);
  });

  it("are not kept for callers without a number", () => {
    const { left, name, discarded } = names();
    left.keep({ number: "anonymous", source: "anonymous@192.0.2.1" }, name("ada"));
    expect(discarded).toEqual(["ada"]);
  });
});

describe("the time for announcements", () => {
  it("goes to names while there is time, then to tones, then to nothing", () => {
    const airtime = new Airtime(new FakeClock());
    expect(Array.from({ length: 8 }, () => airtime.book(3000))).toEqual([
      ...["name", "name", "name", "tone", "tone", "tone", "nothing", "nothing"],
    ]);
  });

  it("comes back as time passes", () => {
    const clock = new FakeClock();
    const airtime = new Airtime(clock);
    for (let count = 0; count < 4; count += 1) {
      expect(airtime.book(3000)).toBe("name");
      clock.advance(3001);
    }
    expect(airtime.book(9000)).toBe("tone");
    clock.advance(48_000);
    expect(airtime.book(9000)).toBe("name");
  });

  it("is twelve seconds of names at once, and not a moment more", () => {
    expect(new Airtime(new FakeClock()).book(12_000)).toBe("name");
    expect(new Airtime(new FakeClock()).book(12_001)).toBe("tone");
  });

  it("is taken by a tone for 300 ms", () => {
    const clock = new FakeClock();
    const airtime = new Airtime(clock);
    for (let count = 0; count < 6; count += 1) expect(airtime.book(undefined)).toBe("tone");
    clock.advance(299);
    expect(airtime.book(undefined)).toBe("nothing");
    clock.advance(1);
    expect([airtime.book(undefined), airtime.book(undefined)]).toEqual(["tone", "nothing"]);
  });

  it("is a tone for a participant without a name", () => {
    expect(new Airtime(new FakeClock()).book(undefined)).toBe("tone");
  });
});
