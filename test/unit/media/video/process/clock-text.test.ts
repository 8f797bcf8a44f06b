// The time of day in a picture: of the room's time zone, and created again only when it is another.
import { expect, it } from "vitest";
import { ClockText } from "../../../../../media/video/process/clock-text.ts";

const noon = Date.UTC(2026, 6, 1, 22, 5, 9);

it("is that of the room's time zone, to the minute or to the second", () => {
  const at = (timezone: string, seconds: boolean, now = noon) => new ClockText({ timezone, seconds }).at(now);
  expect(at("Europe/Berlin", false)).toBe("00:05");
  expect(at("America/New_York", true)).toBe("18:05:09");
  expect(at("Asia/Kolkata", true)).toBe("03:35:09");
  expect(at("Nowhere/Land", false)).toBe("");
});

it("follows", () => {
  const clock = new ClockText({ timezone: "UTC", seconds: false });
  expect([0, 50_999, 51_000].map((later) => clock.at(noon + later))).toEqual(["22:05", "22:05", "22:06"]);
});
