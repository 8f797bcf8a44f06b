// Pressed keys on their way to what listens for them, however they come.
import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { Digits } from "../../../../../bridge/conference/calls/digits.ts";

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
    ["audio/telephone-event", "15", 200, ["D"]],
    ["application/dtmf-relay", "Signal=12\r\nDuration=100", 200, ["A"]],
    ["application/dtmf-relay", "Signal=16", 200, ["1", "6"]],
    ["application/dtmf", "4711#", 200, ["4", "7", "1", "1", "#"]],
    ["application/dtmf", "12", 200, ["1", "2"]],
    ["application/dtmf", "1".repeat(33), 400, []],
    ["application/dtmf", "12x", 400, []],
    ["application/dtmf-relay", "Duration=100", 400, []],
    ["application/dtmf-relay", "Signal=xx", 400, []],
    ["application/json", "{}", 415, []],
  ])("are read from INFO: %s %j is %i", (contentType, body, status, expected) => {
    const { digits, heard } = phone();
    expect(digits.info(contentType, body)).toBe(status);
    expect(heard).toEqual(expected);
  });
});
