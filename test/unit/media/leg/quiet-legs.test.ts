// Legs that are silent are mixed without their objects. Nobody may hear or see a difference: the same calls in an engine
// that does it and in one that does not must bring the same packets, figures and facts.
import { describe, expect, it } from "vitest";
import type { LegStats } from "#media/protocol";
import { room } from "../support/conference.ts";
import { type Course, course, phones } from "../support/course.ts";

const nothing = () => {};

/** The sum of what a course was like, with and without quiet legs; differences are named by phone and tick. */
async function differences(options: Omit<Course, "mostQuietLegs">): Promise<unknown[]> {
  const quiet = await course({ ...options, mostQuietLegs: 100 });
  const ordinary = await course({ ...options, mostQuietLegs: 0 });
  const found: unknown[] = [];
  ordinary.packets.forEach((packet, index) => {
    if (quiet.packets[index] !== packet) found.push({ packet: index, of: ordinary.packets.length });
  });
  ordinary.figures.forEach((figures, index) => {
    const others = quiet.figures[index]!;
    for (const name of Object.keys(figures) as (keyof LegStats)[]) {
      if (!alike(figures[name], others[name]))
        found.push({ index, name, is: others[name], was: figures[name] });
    }
  });
  expect(quiet.packets).toHaveLength(ordinary.packets.length);
  expect(quiet.notifications).toEqual(ordinary.notifications);
  expect(quiet.quietTicks).toBeGreaterThan(0.3 * phones * quiet.ticks);
  expect(ordinary.quietTicks).toBe(0);
  return found.slice(0, 5);
}

/** An interval of five seconds ends with a few packets more where legs are told of a dozen ticks at a time. */
function alike(one: unknown, other: unknown): boolean {
  if (typeof one === "number" && typeof other === "number") return Math.abs(one - other) < 0.02;
  return JSON.stringify(one) === JSON.stringify(other);
}

describe("quiet legs", () => {
  it.each([
    ["PCMU", 11],
    ["PCMU", 12],
    ["PCMA", 13],
  ] as const)("of %s change nothing that is sent, told or counted (seed %i)", async (codec, seed) => {
    expect(await differences({ codec, seed, events: nothing })).toEqual([]);
  });

  it("wake up for keys, volumes, renegotiations, other rooms and strangers", async () => {
    const events: Course["events"] = ({ tick, conference, parties }) => {
      const { engine, network } = conference;
      const party = parties[tick % phones]!;
      if (tick % 197 === 0) engine.setVolume(party.leg, { listenDb: tick % 2 === 0 ? -6 : 0 });
      if (tick % 203 === 0) engine.muteLeg(party.leg, tick % 2 === 0);
      if (tick % 411 === 0) engine.sendDtmf(party.leg, "5");
      if (tick % 507 === 0) engine.leaveLeg(party.leg);
      if (tick % 507 === 20) for (const { leg } of parties) engine.joinLeg(leg, room);
      if (tick % 401 === 0) engine.configureLeg(party.leg, party.phone.plan());
      if (tick % 353 === 0)
        network.send(new Uint8Array(172), { address: "10.9.9.9", port: 9 }, party.phone.legAt);
      if (tick % 251 === 0) party.phone.key(5, 100, { start: true, end: true });
    };
    expect(await differences({ codec: "PCMU", seed: 5, events })).toEqual([]);
  });
});
