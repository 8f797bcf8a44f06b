// Legs that are silent are mixed without their objects. No difference may be heard or seen: the same calls in an engine
// that does it and in one that does not must bring the same packets, figures and notifications.
import { describe, expect, it } from "vitest";
import type { LegStats } from "#media/protocol";
import { emptyRtpHeader, writeRtpHeader } from "../../../../media/rtp/index.ts";
import { Conference, room, tickMs } from "../support/conference.ts";
import { type Course, course, phones } from "../support/course.ts";

const nothing = () => {};

/** The sum of what a course was like, with and without quiet legs; differences are named by phone and tick. */
async function differences(options: Omit<Course, "maxQuietLegs">): Promise<unknown[]> {
  const quiet = await course({ ...options, maxQuietLegs: 100 });
  const ordinary = await course({ ...options, maxQuietLegs: 0 });
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

/** Two seconds of silence in a phone's packets, as `shape` makes them of a header and a payload. */
async function quietAfter(shape: (header: Uint8Array, payload: Uint8Array) => Uint8Array): Promise<number> {
  const conference = new Conference();
  const { phone } = await conference.join();
  const header = emptyRtpHeader();
  header.ssrc = 77;
  for (let tick = 0; tick < 300; tick += 1) {
    const bytes = new Uint8Array(12);
    header.sequence = tick;
    header.timestamp = 160 * tick;
    writeRtpHeader(bytes, header);
    const packet = shape(bytes, new Uint8Array(160).fill(tick % 2 === 0 ? 0xff : 0xfe));
    conference.network.send(packet, phone.at, phone.legAt);
    conference.clock.advance(tickMs);
    conference.engine.mixOnce();
  }
  const { quietLegs } = conference.engine;
  await conference.engine.close();
  return quietLegs;
}

const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe("quiet legs", () => {
  it("may have header extensions, but neither padding nor contributing sources", async () => {
    expect(await quietAfter((header, payload) => joined(header, payload))).toBe(1);
    const extended = (header: Uint8Array, payload: Uint8Array) => {
      header[0] = 0x90;
      return joined(header, Uint8Array.of(0xbe, 0xde, 0, 1, 0x10, 0xff, 0, 0), payload);
    };
    expect(await quietAfter(extended)).toBe(1);
    const padded = (header: Uint8Array, payload: Uint8Array) => {
      header[0] = 0xa0;
      return joined(header, payload, Uint8Array.of(0, 0, 0, 4));
    };
    expect(await quietAfter(padded)).toBe(0);
  });

  it.each([
    ["PCMU", 11],
    ["PCMU", 12],
    ["PCMA", 13],
  ] as const)("of %s change nothing that is sent, told or counted (seed %i)", async (codec, seed) => {
    expect(await differences({ codec, seed, events: nothing })).toEqual([]);
  });

  it("of Opus that tell their level change nothing that is sent, told or counted", async () => {
    expect(await differences({ codec: "opus", seed: 14, levels: true, ticks: 250, events: nothing })).toEqual(
      [],
    );
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
