import { describe, expect, test } from "vitest";
import { judgeQuality, type Reading, readStats } from "../../../../../../api/web/src/session/quality.ts";

const reading = (changes: Partial<Reading> = {}): Reading => ({
  received: 0,
  lost: 0,
  jitter: 0.005,
  roundTrip: 0.04,
  lostThere: 0,
  ...changes,
});

describe("the quality of a connection", () => {
  test("is unknown until there are two readings", () => {
    expect(judgeQuality(undefined, reading({ received: 150 }))).toBe("unknown");
  });

  test.each<[string, Partial<Reading>]>([
    ["good", {}],
    ["fair: 3 % lost on the way here", { received: 145, lost: 5 }],
    ["fair: 3 % lost on the way there", { lostThere: 0.03 }],
    ["fair: 40 ms of jitter", { jitter: 0.04 }],
    ["fair: 400 ms there and back", { roundTrip: 0.4 }],
    ["poor: 10 % lost on the way here", { received: 135, lost: 15 }],
    ["poor: 10 % lost on the way there", { lostThere: 0.1 }],
    ["poor: 100 ms of jitter", { jitter: 0.1 }],
    ["poor: a second there and back", { roundTrip: 1 }],
    ["silent: nothing has come", { received: 0 }],
  ])("%s", (verdict, changes) => {
    const before = reading({ received: 1000, lost: 10 });
    const now = reading({ ...changes });
    const total = {
      ...now,
      received: 1000 + (changes.received ?? 150),
      lost: 10 + now.lost,
    };
    expect(judgeQuality(before, total)).toBe(verdict.split(":")[0]);
  });

  test("counts packets that come late after all as nothing lost", () => {
    const before = reading({ received: 1000, lost: 20 });
    expect(judgeQuality(before, reading({ received: 1160, lost: 10 }))).toBe("good");
  });

  test("is read from the browser's statistics", () => {
    const report = [
      { type: "inbound-rtp", kind: "video", packetsReceived: 9, packetsLost: 9, jitter: 9 },
      { type: "inbound-rtp", kind: "audio", packetsReceived: 500, packetsLost: 3, jitter: 0.012 },
      { type: "remote-inbound-rtp", kind: "audio", fractionLost: 0.05 },
      { type: "candidate-pair", nominated: false, currentRoundTripTime: 3 },
      { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.03 },
    ];
    expect(readStats(report)).toEqual({
      received: 500,
      lost: 3,
      jitter: 0.012,
      roundTrip: 0.03,
      lostThere: 0.05,
    });
  });
});
