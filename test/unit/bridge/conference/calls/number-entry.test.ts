// The machine of one prompt: a PIN, or the number of a callee.
import { describe, expect, it } from "vitest";
import {
  ask,
  calleeQuestion,
  type EntryAction,
  type EntryEvent,
  pinQuestion,
  stepEntry,
} from "../../../../../bridge/conference/calls/number-entry.ts";

describe("PIN entry", () => {
  const heard: EntryEvent = { kind: "heard" };
  const timeout: EntryEvent = { kind: "timeout" };
  const rejected: EntryEvent = { kind: "rejected" };
  const keys = (digits: string): EntryEvent[] => [...digits].map((digit) => ({ kind: "key", digit }));

  /** Everything the machine asks for on the way through the events, timers aside. */
  function dialogue(pins: readonly string[], ...events: (EntryEvent | EntryEvent[])[]): string[] {
    const question = pinQuestion(pins);
    let { entry, actions } = ask(question);
    const all: EntryAction[] = [...actions];
    for (const event of events.flat()) {
      ({ entry, actions } = stepEntry(entry, event, question));
      all.push(...actions);
    }
    return all.flatMap((action) => {
      if (action.kind === "check") return [`check ${action.typed}`];
      return "words" in action ? [`${action.kind}: ${action.words.join(", ")}`] : [];
    });
  }

  const asks = "say: ask pin";
  const again = "say: wrong pin, ask pin";

  it("counts early digits and takes a complete PIN at once", () => {
    expect(dialogue(["1234"], keys("1234"))).toEqual([asks, "check 1234"]);
    expect(dialogue(["1234"], heard, keys("1234"))).toEqual([asks, "check 1234"]);
  });

  it("waits for `#` or the time while a PIN could become a longer one", () => {
    expect(dialogue(["123", "1234"], keys("123"))).toEqual([asks]);
    expect(dialogue(["123", "1234"], keys("123#"))).toEqual([asks, "check 123"]);
    expect(dialogue(["123", "1234"], keys("123"), timeout)).toEqual([asks, "check 123"]);
    expect(dialogue(["123", "1234"], keys("1234"))).toEqual([asks, "check 1234"]);
  });

  it("ends a wrong PIN with `#`, with time, or at six digits", () => {
    expect(dialogue(["1234"], keys("99#"))).toEqual([asks, "check 99"]);
    expect(dialogue(["1234"], keys("99"), timeout)).toEqual([asks, "check 99"]);
    expect(dialogue(["1234"], keys("999999"))).toEqual([asks, "check 999999"]);
  });

  it("swallows the `#` after a PIN that was taken at once", () => {
    expect(dialogue(["1234"], keys("999999#"), rejected, keys("#1234"))).toEqual([
      asks,
      "check 999999",
      again,
      "check 1234",
    ]);
  });

  it("begins again at `*` and ignores what is no digit", () => {
    expect(dialogue(["1234"], keys("12*A1234"))).toEqual([asks, "check 1234"]);
  });

  it("gives three tries, then says goodbye", () => {
    const wrong = [keys("000#"), rejected].flat();
    expect(dialogue(["1234"], wrong, wrong, wrong, keys("1234"))).toEqual([
      asks,
      "check 000",
      again,
      "check 000",
      again,
      "check 000",
      "give-up: wrong pin",
    ]);
  });

  it("counts silence as a try, and a prompt that never ends as heard", () => {
    expect(dialogue(["1234"], heard, timeout, heard, timeout, timeout, timeout)).toEqual([
      asks,
      asks,
      asks,
      "give-up: ",
    ]);
  });

  it("arms ten seconds for the first digit and four between digits", () => {
    const question = pinQuestion([]);
    const prompting = ask(question).entry;
    expect(stepEntry(prompting, heard, question).actions).toEqual([{ kind: "arm", ms: 10_000 }]);
    expect(stepEntry(prompting, { kind: "key", digit: "1" }, question).actions).toEqual([
      { kind: "arm", ms: 4000 },
    ]);
  });
});

describe("the number of a callee", () => {
  function typed(...events: (string | EntryEvent)[]): string[] {
    let { entry, actions } = ask(calleeQuestion);
    const all: EntryAction[] = [...actions];
    const keyed = events.flatMap((event): EntryEvent[] =>
      typeof event === "string" ? [...event].map((digit) => ({ kind: "key", digit })) : [event],
    );
    for (const event of keyed) {
      ({ entry, actions } = stepEntry(entry, event, calleeQuestion));
      all.push(...actions);
    }
    return all.flatMap((action) => (action.kind === "check" ? [action.typed] : [action.kind]));
  }
  const pause: EntryEvent = { kind: "timeout" };

  it("is complete at `#` and at nothing else", () => {
    expect(typed("0301", "#")).toEqual(["say", "arm", "arm", "arm", "arm", "arm", "disarm", "0301"]);
    expect(typed("0", pause)).toEqual(["say", "arm", "arm", "say", "arm"]);
    expect(typed("0", pause, "0", pause, "0", pause).slice(-2)).toEqual(["disarm", "give-up"]);
  });

  it("is given up by `#` without digits, at first or after `*`", () => {
    expect(typed("#")).toEqual(["say", "arm", "disarm", "give-up"]);
    expect(typed("12*#").slice(-2)).toEqual(["disarm", "give-up"]);
  });

  it("is looked at when it is longer than any number", () => {
    expect(typed("1".repeat(32)).at(-1)).toBe("arm");
    expect(typed("1".repeat(33)).at(-1)).toBe("1".repeat(33));
  });
});
