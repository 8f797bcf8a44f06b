// What a far end says in its header extensions: its level, which spares decoding and decides nothing else; whose media a packet
// is; and its number in the transport, whose arrival it is told.
import { describe, expect, it } from "vitest";
import { looksLikeRtcp, readUint32 } from "../../../../media/rtp/index.ts";
import { loadOpenSsl } from "../../../../media/srtp/index.ts";
import { masterKey, otherKey } from "../srtp/keys.ts";
import { Conference, type Party, type PartyOptions } from "../support/conference.ts";
import { EncryptedNetwork } from "../support/encrypted-network.ts";
import { Tone, toneLevel } from "../support/tones.ts";

const hertz = 700;
const audioLevel = 1;

async function joinTelling(conference: Conference, options: PartyOptions = {}): Promise<Party> {
  const plan = { extensions: { audioLevel } };
  const party = await conference.join({ codec: "opus", plan, ...options });
  party.phone.levelExtension = audioLevel;
  return party;
}

const faint = () => new Tone(200, 20, 48_000);
const loud = () => new Tone(hertz, 8000, 48_000);
const talking = (conference: Conference) => conference.notificationsNamed("leg.talking");

describe("a leg that tells its level", () => {
  it("is heard and announced when it speaks after a long silence, and only then", async () => {
    const conference = new Conference();
    const alice = await joinTelling(conference, { tone: faint() });
    await conference.join();
    conference.run(5000);
    expect(conference.engine.quietLegs).toBe(1);
    expect(talking(conference)).toEqual([]);
    alice.tone = loud();
    conference.run(200);
    const [, atBob] = conference.listen(1000);
    expect(toneLevel(atBob!, hertz)).toBeGreaterThan(-15);
    expect(talking(conference)).toEqual([{ leg: alice.leg, talking: true }]);
    expect(conference.engine.legStats(alice.leg).repairs.audioLevels).toBe(0);
  });

  it("and says that it is silent while it speaks is heard after half a second, which is counted", async () => {
    const conference = new Conference();
    const alice = await joinTelling(conference, { tone: faint() });
    alice.phone.claims = 127;
    await conference.join();
    conference.run(5000);
    alice.tone = loud();
    conference.run(700);
    const [, atBob] = conference.listen(500);
    expect(toneLevel(atBob!, hertz)).toBeGreaterThan(-15);
    expect(conference.engine.legStats(alice.leg).repairs.audioLevels).toBe(1);
    expect(conference.engine.health().repairs.audioLevels).toBe(1);

    alice.tone = faint();
    conference.run(5000);
    alice.tone = loud();
    conference.run(200);
    const [, again] = conference.listen(300);
    expect(toneLevel(again!, hertz)).toBeGreaterThan(-15);
  });

  it("and says that it is loud while it is silent is no speaker", async () => {
    const conference = new Conference();
    const alice = await joinTelling(conference, { tone: faint() });
    alice.phone.claims = 0;
    await conference.join();
    conference.run(3000);
    expect(talking(conference)).toEqual([]);
    expect(conference.engine.legStats(alice.leg)).toMatchObject({ packetsIgnored: 0 });
  });

  it("by a number that was not agreed tells nothing", async () => {
    const conference = new Conference();
    const alice = await joinTelling(conference, { tone: loud() });
    alice.phone.levelExtension = audioLevel + 1;
    alice.phone.claims = 127;
    conference.run(1000);
    expect(talking(conference)).toEqual([{ leg: alice.leg, talking: true }]);
    expect(conference.engine.legStats(alice.leg).repairs.audioLevels).toBe(0);
  });
});

it("packets of another media description on the same transport belong to no leg", async () => {
  const conference = new Conference();
  const plan = { extensions: { mid: { id: 4, name: "0" } } };
  const { leg, phone } = await conference.join({ plan });
  const payload = new Uint8Array(160).fill(0xd5);
  const send = (...extension: number[]) => {
    phone.sendPacket({ payloadType: 0 }, payload, extension);
    phone.timestamp += 160;
  };
  send(0x40, 0x30, 0, 0);
  send();
  send(0x40, 0x31, 0, 0);
  send(0x41, 0x30, 0x30, 0);
  expect(conference.engine.legStats(leg)).toMatchObject({ packetsReceived: 2, packetsIgnored: 2 });
});

describe("a far end that numbers the packets of its transport", () => {
  const transportSequence = 3;

  async function run(ms: number, extensions: object): Promise<Uint8Array[]> {
    const conference = new Conference();
    const { phone, leg } = await conference.join({ plan: { extensions, rtcpMux: true } });
    for (let number = 0; number < ms / 20; number += 1) {
      phone.sendPacket({}, new Uint8Array(160).fill(0xff), [0x31, number >> 8, number & 0xff, 0]);
      phone.timestamp += 160;
      conference.run(20);
    }
    const before = phone.heardRtcp.splice(0);
    await conference.engine.closeLeg(leg);
    phone.sendPacket({}, new Uint8Array(160), [0x31, 0x70, 0, 0]);
    conference.run(1000);
    expect(phone.heardRtcp.every((packet) => packet[1] === 200 || packet[1] === 201)).toBe(true);
    return before;
  }

  /** Of a compound packet, where its last part begins and of which kind it is. */
  function lastPart(packet: Uint8Array): { readonly type: number; readonly at: number } {
    let [at, last] = [0, 0];
    while (at < packet.length) {
      last = at;
      at += 4 * (((packet[at + 2]! << 8) | packet[at + 3]!) + 1);
    }
    expect(at).toBe(packet.length);
    return { type: packet[last + 1]!, at: last };
  }

  it("is told five times a second when they came, behind a report and a name", async () => {
    const packets = await run(4000, { transportSequence });
    const feedback = packets.filter((packet) => lastPart(packet).type === 205);
    expect(feedback.length).toBeGreaterThanOrEqual(18);
    expect(feedback.length).toBeLessThanOrEqual(20);
    const numbers = feedback.flatMap((packet) => {
      expect(looksLikeRtcp(packet)).toBe(true);
      expect([packet[0], packet[1]]).toEqual([0x80, 201]);
      const { at } = lastPart(packet);
      expect(readUint32(packet, at + 4)).toBe(readUint32(packet, 4));
      const words = readUint32(packet, at + 12);
      return Array.from({ length: words & 0xffff }, (_, index) => (words >>> 16) + index);
    });
    expect(numbers).toEqual(numbers.map((_, index) => index));
    expect(numbers.length).toBeGreaterThan(185);
  });

  it("is heard as ever where both directions are encrypted in the same memory", async () => {
    const conference = new Conference({ srtpCrypto: await loadOpenSsl() });
    const keys = { send: masterKey("AEAD_AES_128_GCM"), receive: otherKey("AEAD_AES_128_GCM") };
    const network = new EncryptedNetwork(conference.network, { send: keys.receive, receive: keys.send });
    const plan = { extensions: { transportSequence }, rtcpMux: true, srtp: keys };
    const { phone, leg } = await conference.join({ network, plan });
    for (let number = 0; number < 100; number += 1) {
      phone.sendPacket({}, new Uint8Array(160).fill(0xff), [0x31, 0, number, 0]);
      phone.timestamp += 160;
      conference.run(20);
    }
    expect(phone.heardRtcp.length).toBeGreaterThan(5);
    expect(conference.engine.legStats(leg)).toMatchObject({
      ...{ packetsReceived: 100, packetsIgnored: 0, packetsLost: 0, packetsForged: 0 },
    });
  });

  it("is told nothing where that was not agreed", async () => {
    const packets = await run(2000, { audioLevel });
    expect(packets.filter((packet) => lastPart(packet).type === 205)).toEqual([]);
  });
});
