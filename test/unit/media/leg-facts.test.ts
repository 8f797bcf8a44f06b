// What a leg's notifications have told of its state, and what two such states differ in.
import { describe, expect, it } from "vitest";
import type { LegId } from "#common";
import type { LegFacts } from "#media/protocol";
import { changesOf, type NamedNotification, noteFact } from "../../../media/leg-facts.ts";

const leg = "a" as LegId;
const told: readonly NamedNotification[] = [
  { name: "leg.secured", data: { leg, suite: "AES", dtls: true } },
  { name: "leg.latched", data: { leg, remote: "192.0.2.1:4000" } },
  { name: "leg.held", data: { leg, held: true } },
  { name: "leg.talking", data: { leg, talking: true } },
  { name: "leg.inbound", data: { leg, state: "silent" } },
  { name: "leg.silent", data: { leg, silentMs: 30_000 } },
  {
    name: "leg.video",
    data: { leg, content: "main", sending: true, refused: false, width: 640, height: 360 },
  },
];

function factsOf(notifications: readonly NamedNotification[]): LegFacts {
  const facts: LegFacts = {};
  for (const { name, data } of notifications) expect(noteFact(facts, name, data)).toBe(true);
  return facts;
}

describe("the facts of a leg", () => {
  it("lead back to the notifications that they were told by", () => {
    expect(changesOf(leg, {}, factsOf(told))).toEqual(told);
    expect(changesOf(leg, factsOf(told), factsOf(told))).toEqual([]);
  });

  it("that are as they were before anything was told need no notification", () => {
    const quiet = factsOf([
      { name: "leg.held", data: { leg, held: false } },
      { name: "leg.talking", data: { leg, talking: false } },
    ]);
    expect(changesOf(leg, {}, quiet)).toEqual([]);
  });

  it("of a worker that has heard nothing of the leg yet say that it neither talks nor is dead", () => {
    const changes = changesOf(leg, factsOf(told), factsOf(told.slice(0, 3)));
    expect(changes.slice(0, 2)).toEqual([
      { name: "leg.talking", data: { leg, talking: false } },
      { name: "leg.silent", data: { leg, silentMs: 0 } },
    ]);
  });

  it("know when a picture is gone or has another size", () => {
    const before = factsOf(told);
    const picture = {
      leg,
      content: "main",
      sending: true,
      refused: false,
      width: 1280,
      height: 720,
    } as const;
    const gone = { leg, content: "main", sending: false, refused: false, width: 0, height: 0 } as const;
    expect(changesOf(leg, before, factsOf([...told, { name: "leg.video", data: picture }]))).toEqual([
      { name: "leg.video", data: picture },
    ]);
    expect(changesOf(leg, before, factsOf([...told, { name: "leg.video", data: gone }]))).toEqual([
      { name: "leg.video", data: gone },
    ]);
  });

  it("know what is refused", () => {
    const refused = { leg, content: "main", sending: false, refused: true, width: 0, height: 0 } as const;
    const now = factsOf([{ name: "leg.video", data: refused }]);
    expect(changesOf(leg, {}, now)).toEqual([{ name: "leg.video", data: refused }]);
    expect(changesOf(leg, now, now)).toEqual([]);
  });

  it("are not what happens", () => {
    expect(noteFact({}, "leg.failed", { leg, why: "DTLS failed" })).toBe(false);
  });
});
