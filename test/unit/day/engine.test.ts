// The media engine for 24 hours on a fake clock: in every hour rooms are opened, phones of all codecs join, talk, leave
// and come back, and one phone stays for the whole day. Ticks run while there is something to hear, a few seconds of each
// hour; the rest of it passes for the timers alone.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RoomId } from "#common";
import { settle } from "#test/support";
import type { AudioCodecName } from "../../../media/codec/index.ts";
import { Conference, type Party, prompt, room } from "../media/support/conference.ts";
import { Tone } from "../media/support/tones.ts";
import { keptHeap } from "./heap.ts";

const hourMs = 3_600_000;
const hours = 24;
const warmHour = 6;
const codecs: readonly AudioCodecName[] = ["PCMU", "PCMA", "G722", "opus"];
const legsOfARoom = 6;
/** Addresses are given again, to at most so many phones at once: RTP and RTCP. */
const socketsOfPhones = 2 * (2 * legsOfARoom + 1);
/** An engine that forgot its legs would keep more than this of each hour's. */
const maxGrowth = 1_000_000;

const talk = new Conference();
const free = talk.ports.free;
const snapshots: Readonly<Record<string, number>>[] = [];
const heaps: number[] = [];
let joined = 0;

const rate = (codec: AudioCodecName) => (codec === "opus" ? 48_000 : codec === "G722" ? 16_000 : 8000);

async function join(to: RoomId, index: number): Promise<Party> {
  const codec = codecs[index % codecs.length]!;
  joined += 1;
  const party = await talk.call({ codec, tone: new Tone(300 + 50 * index, 6000, rate(codec)) });
  talk.engine.joinLeg(party.leg, to);
  return party;
}

/** The address of the last phone is given again. */
async function leave(party: Party): Promise<void> {
  talk.parties.splice(talk.parties.indexOf(party), 1);
  await talk.engine.closeLeg(party.leg);
}

/** Ends on the hour with the phone that stays. */
async function hour(number: number): Promise<void> {
  const rooms = ["a", "b"].map((name) => `${name}${number}` as RoomId);
  for (const id of rooms) {
    talk.engine.openRoom(id);
    for (let index = 0; index < legsOfARoom; index += 1) await join(id, index);
  }
  talk.run(300);
  for (const id of rooms) talk.engine.playToRoom(id, prompt(200), "en");
  for (const { leg } of talk.parties.slice(1, 4)) talk.engine.muteLeg(leg, true);
  talk.run(300);
  for (const party of talk.parties.slice(-4)) await leave(party);
  for (let index = 0; index < 3; index += 1) await join(room, index);
  talk.run(300);
  for (const party of talk.parties.slice(1).reverse()) await leave(party);
  for (const id of rooms) talk.engine.closeRoom(id);
  talk.run(200);
  for (const { phone } of talk.parties) {
    phone.takeAudio();
    phone.heard.length = 0;
    phone.heardRtcp.length = 0;
  }
  talk.clock.advance(hourMs - 1100);
  talk.notifications.length = 0;
  await settle();
}

beforeAll(async () => {
  await join(room, 0);
  for (let number = 0; number < hours; number += 1) {
    await hour(number);
    const { legs, rooms } = talk.engine.health();
    const { openSockets } = talk.network;
    snapshots.push({ legs, rooms, openSockets, ports: talk.ports.free, timers: talk.clock.pending });
    if (number === warmHour || number === hours - 1) heaps.push(await keptHeap());
  }
}, 240_000);

afterAll(() => talk.engine.close());

describe("a day of media", () => {
  it("ends every hour with one leg, its room and its ports, and nothing of those that left", () => {
    expect(joined).toBe(hours * (2 * legsOfARoom + 3) + 1);
    expect(snapshots[0]).toMatchObject({ legs: 1, rooms: 1, ports: free - 1 });
    for (const snapshot of snapshots) expect(snapshot).toEqual(snapshots[0]);
  });

  it("keeps no more on the heap than after the first hours", () => {
    const [early, late] = heaps;
    expect(late! - early!).toBeLessThan(maxGrowth);
  });

  it("is still heard at its end, by the participant who stayed", async () => {
    const party = await join(room, 0);
    const [stayed] = talk.listen(1000);
    expect(Math.max(...stayed!)).toBeGreaterThan(4000);
    await leave(party);
  });

  it("leaves no port, socket or timer behind", async () => {
    await talk.engine.close();
    talk.clock.advance(hourMs);
    await settle();
    expect(talk.ports.free).toBe(free);
    expect(talk.clock.pending).toBe(0);
    expect(talk.network.openSockets).toBe(socketsOfPhones);
  });
});
