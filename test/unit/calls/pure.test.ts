// What the calls decide without a call: PIN entry, key codes, twins of a key press, spoken numbers.
import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { Digits } from "../../../bridge/calls/digits.ts";
import { defaultKeyCodes, pressKey } from "../../../bridge/calls/keys.ts";
import { askPin, type PinAction, type PinEvent, stepPin } from "../../../bridge/calls/pin-entry.ts";
import { sayNumber, sayPresent } from "../../../bridge/calls/prompts.ts";

describe("PIN entry", () => {
  const heard: PinEvent = { kind: "heard" };
  const timeout: PinEvent = { kind: "timeout" };
  const rejected: PinEvent = { kind: "rejected" };
  const keys = (digits: string): PinEvent[] => [...digits].map((digit) => ({ kind: "key", digit }));

  /** Everything the machine asks for on the way through the events, timers aside. */
  function dialogue(pins: readonly string[], ...events: (PinEvent | PinEvent[])[]): string[] {
    let { entry, actions } = askPin();
    const all: PinAction[] = [...actions];
    for (const event of events.flat()) {
      ({ entry, actions } = stepPin(entry, event, pins));
      all.push(...actions);
    }
    return all.flatMap((action) => {
      if (action.kind === "check") return [`check ${action.pin}`];
      return "prompts" in action ? [`${action.kind} ${action.prompts.join(" ")}`] : [];
    });
  }

  const asks = "play conf-getpin";
  const again = "play conf-invalidpin conf-getpin";

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
      "give-up conf-invalidpin vm-goodbye",
    ]);
  });

  it("counts silence as a try, and a prompt that never ends as heard", () => {
    expect(dialogue(["1234"], heard, timeout, heard, timeout, timeout, timeout)).toEqual([
      asks,
      asks,
      asks,
      "give-up vm-goodbye",
    ]);
  });

  it("arms ten seconds for the first digit and four between digits", () => {
    const prompting = askPin().entry;
    expect(stepPin(prompting, heard, []).actions).toEqual([{ kind: "arm", ms: 10_000 }]);
    expect(stepPin(prompting, { kind: "key", digit: "1" }, []).actions).toEqual([{ kind: "arm", ms: 4000 }]);
  });
});

describe("in-call keys", () => {
  function outcomes(keys: string): string[] {
    let typed = "";
    const all: string[] = [];
    for (const digit of keys) {
      const press = pressKey(typed, digit, defaultKeyCodes);
      typed = press.typed;
      if (press.outcome) all.push(press.outcome);
    }
    return all;
  }

  it("are codes that begin with a star; anything else means nothing", () => {
    expect(outcomes("*6")).toEqual(["mute"]);
    expect(outcomes("123#6*2")).toEqual(["count"]);
    expect(outcomes("*9")).toEqual(["unknown"]);
    expect(outcomes("*#6")).toEqual(["unknown"]);
    expect(outcomes("**6")).toEqual(["mute"]);
    expect(outcomes("*")).toEqual([]);
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

  it("count each when they come one way, however fast", () => {
    const { digits, heard } = phone();
    digits.press("5", "media");
    digits.press("5", "media");
    expect(heard).toEqual(["5", "5"]);
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

describe("spoken", () => {
  const names = (items: ReturnType<typeof sayNumber>) =>
    items.map((item) => ("name" in item ? item.name.replace("digits/", "") : ""));

  it("numbers are put together from the recordings", () => {
    expect(names(sayNumber(0))).toEqual(["0"]);
    expect(names(sayNumber(17))).toEqual(["17"]);
    expect(names(sayNumber(20))).toEqual(["20"]);
    expect(names(sayNumber(42))).toEqual(["40", "2"]);
    expect(names(sayNumber(100))).toEqual(["1", "hundred"]);
    expect(names(sayNumber(199))).toEqual(["1", "hundred", "90", "9"]);
  });

  it("company is counted without oneself", () => {
    expect(names(sayPresent(1))).toEqual(["conf-onlyperson"]);
    expect(names(sayPresent(2))).toEqual(["conf-onlyone"]);
    expect(names(sayPresent(4))).toEqual(["conf-thereare", "3", "conf-otherinparty"]);
  });
});
