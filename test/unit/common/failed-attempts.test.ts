// Wrong secrets by source: when the next attempt is looked at, what takes one back, and how many sources are remembered.
import { expect, test } from "vitest";
import { FailedAttempts } from "#common";
import { FakeClock } from "#test/support";

const limits = { attempts: 2, windowMs: 60_000, sources: 10 };

test("after so many failures a source waits for the end of the window, which each of them opens anew", () => {
  const clock = new FakeClock();
  const attempts = new FailedAttempts(clock, limits);
  attempts.failed("a");
  expect(attempts.waitSeconds("a")).toBe(0);
  clock.advance(30_000);
  attempts.failed("a");
  expect([attempts.waitSeconds("a"), attempts.waitSeconds("b")]).toEqual([60, 0]);
  clock.advance(59_500);
  expect(attempts.waitSeconds("a")).toBe(1);
  clock.advance(500);
  expect(attempts.waitSeconds("a")).toBe(0);
  attempts.failed("a");
  expect(attempts.waitSeconds("a"), "those before are forgotten").toBe(0);
});

test("one that is taken back does not count", () => {
  const attempts = new FailedAttempts(new FakeClock(), limits);
  attempts.failed("a");
  attempts.failed("a");
  attempts.takeBack("a");
  expect(attempts.waitSeconds("a")).toBe(0);
  attempts.failed("a");
  expect(attempts.waitSeconds("a")).toBe(60);
  attempts.takeBack("nobody");
  expect(attempts.size).toBe(1);
});

test("the table forgets who was quiet longest, and never grows", () => {
  const attempts = new FailedAttempts(new FakeClock(), { attempts: 1, windowMs: 60_000, sources: 2 });
  for (const address of ["192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.3"]) attempts.failed(address);
  expect(attempts.size).toBe(2);
  expect(attempts.waitSeconds("192.0.2.1")).toBe(60);
  expect(attempts.waitSeconds("192.0.2.2")).toBe(0);
  expect(attempts.waitSeconds("192.0.2.3")).toBe(60);
});
