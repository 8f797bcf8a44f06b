// Who hears whom on a leg, by what was agreed.
import { expect, it } from "vitest";
import { directionOf } from "../../../../media/leg/direction.ts";
import type { AudioPlan } from "../../../../media/sdp/index.ts";

const agreed = (direction: AudioPlan["direction"], conversed = false, address = "192.0.2.1") => {
  const plan = { direction, remote: { address, port: 4000 } } as Pick<AudioPlan, "direction" | "remote">;
  const found = directionOf(plan, conversed);
  return Object.entries(found).flatMap(([name, holds]) => (holds ? name : []));
};

it("both ways: it is a voice, and has conversed from now on", () => {
  expect(agreed("sendrecv")).toEqual(["conversed", "live", "hears"]);
});

it("only from the far end: an announcer, or music on hold once it has conversed", () => {
  expect(agreed("recvonly")).toEqual(["live"]);
  expect(agreed("recvonly", true)).toEqual(["conversed", "held"]);
});

it("only to the far end: it hears and says nothing", () => {
  expect(agreed("sendonly")).toEqual(["hears"]);
  expect(agreed("sendonly", true)).toEqual(["conversed", "hears"]);
});

it("neither way, or to no address (RFC 3264 §8.4): held", () => {
  expect(agreed("inactive")).toEqual(["held"]);
  for (const direction of ["sendrecv", "sendonly", "recvonly"] as const) {
    expect(agreed(direction, false, "0.0.0.0")).toEqual(["held"]);
  }
});
