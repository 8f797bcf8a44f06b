// Destinations that have failed: passed over for a while, and again in use afterwards.
import { expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { FailedDestinations } from "../../../../../bridge/sip/routing/failed-destinations.ts";

const at = (port: number, protocol: "UDP" | "TCP" = "UDP") => ({ protocol, address: "192.0.2.8", port });

it("a destination that failed is remembered for its time, by protocol and port", () => {
  const clock = new FakeClock();
  const failed = new FailedDestinations(clock);
  failed.add(at(5060), 1000);
  expect([failed.has(at(5060)), failed.has(at(5060, "TCP")), failed.has(at(5061))]).toEqual([
    true,
    false,
    false,
  ]);
  clock.advance(999);
  expect(failed.has(at(5060))).toBe(true);
  clock.advance(1);
  expect(failed.has(at(5060))).toBe(false);
});

it("a destination that answers again is in use at once", () => {
  const failed = new FailedDestinations(new FakeClock());
  failed.add(at(5060), 1000);
  failed.remove(at(5060));
  expect(failed.has(at(5060))).toBe(false);
});

it("the table is bounded: the oldest goes first", () => {
  const failed = new FailedDestinations(new FakeClock());
  for (let port = 1; port <= 501; port += 1) failed.add(at(port), 1000);
  expect([failed.has(at(1)), failed.has(at(2)), failed.has(at(501))]).toEqual([false, true, true]);
});
