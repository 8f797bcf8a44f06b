// What the calls decide without a call: PIN entry, key codes, twins of a key press.
import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { Digits } from "../../../../../bridge/conference/calls/digits.ts";
import { codesOf, defaultKeyPlan, pressKey } from "../../../../../bridge/conference/calls/keys.ts";
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

  it("begins anew at `*` and ignores what is no digit", () => {
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

describe("in-call keys", () => {
  function outcomes(keys: string): string[] {
    let typed = "";
    const all: string[] = [];
    const codes = codesOf(defaultKeyPlan);
    for (const digit of keys) {
      const press = pressKey(typed, digit, codes);
      typed = press.typed;
      if (press.outcome) all.push(press.outcome);
    }
    return all;
  }

  it("are codes that begin with a star; anything else means nothing", () => {
    expect(outcomes("*6")).toEqual(["mute"]);
    expect(outcomes("123#6*2")).toEqual(["count"]);
    expect(outcomes("*#6")).toEqual(["dial"]);
    expect(outcomes("*A")).toEqual(["unknown"]);
    expect(outcomes("**")).toEqual(["unknown"]);
    expect(outcomes("**6")).toEqual(["unknown", "mute"]);
    expect(outcomes("*A*B")).toEqual(["unknown", "unknown"]);
    expect(outcomes("*")).toEqual([]);
  });

  it("end the meeting with two hashes, and with no fewer", () => {
    expect(outcomes("##")).toEqual(["end"]);
    expect(outcomes("#1#")).toEqual([]);
    expect(outcomes("#*6#")).toEqual(["mute"]);
  });

  it("may be other ones, or none", () => {
    const codes = codesOf({ ...defaultKeyPlan, mute: "*12", help: "", end: "" });
    expect(pressKey("*", "1", codes)).toEqual({ typed: "*1", outcome: undefined });
    expect(pressKey("*1", "2", codes)).toEqual({ typed: "", outcome: "mute" });
    expect(pressKey("*1", "3", codes)).toEqual({ typed: "", outcome: "unknown" });
    expect(pressKey("#", "#", codes)).toEqual({ typed: "", outcome: undefined });
  });
});

describe("key presses", () => {
  function phone() {
    const clock = new FakeClock();
    const digits = new Digits(clock);
    const heard: string[] = [];
    digits.events.on("pressed", ({ digit }) => heard.push(digit));
    return { clock, digits, heard };
  }

  it("count once when they come both ways", () => {
    const { clock, digits, heard } = phone();
    for (let press = 0; press < 3; press += 1) {
      digits.press("5", "media");
      clock.advance(120);
      expect(digits.info("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n")).toBe(200);
      clock.advance(180);
    }
    expect(heard).toEqual(["5", "5", "5"]);
  });

  it("are read in one pass over the body of an INFO", () => {
    const { digits, heard } = phone();
    const lines = "\r\n".repeat(200_000);
    expect(digits.info("application/dtmf-relay", `${lines}x`)).toBe(400);
    expect(digits.info("application/dtmf-relay", `${lines} signal = 5 ${lines}x`)).toBe(200);
    expect(heard).toEqual(["5"]);
  });

  it("count each when they come one way, however fast", () => {
    const { digits, heard } = phone();
    digits.press("5", "media");
    digits.press("5", "media");
    expect(heard).toEqual(["5", "5"]);
  });

  it("count once when one way is several keys behind, and when it has missed one", () => {
    const { digits, heard } = phone();
    for (const digit of "1223") digits.press(digit, "media");
    for (const digit of "123") digits.press(digit, "info");
    digits.press("4", "info");
    digits.press("4", "media");
    expect(heard.join("")).toBe("12234");
  });

  it("count each behind a key that came one way alone: what came the other way before it has no second report", () => {
    const { clock, digits, heard } = phone();
    for (const digit of "*8554637#") {
      digits.press(digit, "media");
      clock.advance(160);
    }
    for (const digit of "*8827364") digits.press(digit, "info");
    expect(heard.join("")).toBe("*8554637#*8827364");
  });

  it("are not twins a second apart", () => {
    const { clock, digits, heard } = phone();
    digits.press("5", "media");
    clock.advance(1000);
    digits.press("5", "info");
    expect(heard).toEqual(["5", "5"]);
  });

  it.each([
    ["application/dtmf-relay", "Signal= *\nDuration= 100", 200, ["*"]],
    ["Application/DTMF-Relay; charset=utf-8", "signal=11", 200, ["#"]],
    ["application/dtmf", "7\r\n", 200, ["7"]],
    ["application/dtmf", "10", 200, ["*"]],
    ["application/dtmf", "Signal=7\r\nDuration=160", 200, ["7"]],
    ["application/dtmf-relay", "7", 200, ["7"]],
    ["application/vnd.nortelnetworks.digits", "p=Digit-Collection\r\ny=Digits\r\nd=7\r\n", 200, ["7"]],
    ["audio/telephone-event", "11", 200, ["#"]],
    ["application/dtmf", "12", 400, []],
    ["application/dtmf-relay", "Duration=100", 400, []],
    ["application/dtmf-relay", "Signal=xx", 400, []],
    ["application/json", "{}", 415, []],
  ])("are read from INFO: %s %j is %i", (contentType, body, status, expected) => {
    const { digits, heard } = phone();
    expect(digits.info(contentType, body)).toBe(status);
    expect(heard).toEqual(expected);
  });
});
