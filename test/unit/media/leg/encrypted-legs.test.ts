// Legs whose packets are encrypted: they meet legs that are not, change keys in the call, and hear no sender without the key.
import { describe, expect, it } from "vitest";
import { emptyRtpHeader, writeRtpHeader } from "../../../../media/rtp/index.ts";
import { loadOpenSsl, type SrtpKeys } from "../../../../media/srtp/index.ts";
import { masterKey, otherKey } from "../srtp/keys.ts";
import { Conference, type Party, type PartyOptions } from "../support/conference.ts";
import { EncryptedNetwork } from "../support/encrypted-network.ts";
import { Tone, toneLevel } from "../support/tones.ts";

const suite = "AES_CM_128_HMAC_SHA1_80";
const ours = masterKey(suite);
const theirs = otherKey(suite);
/** As the leg sees them, and as the phone does. */
const legKeys: SrtpKeys = { send: ours, receive: theirs };
const phoneKeys: SrtpKeys = { send: theirs, receive: ours };

const openSsl = await loadOpenSsl();

interface Encrypted extends Party {
  readonly network: EncryptedNetwork;
}

async function joinEncrypted(conference: Conference, options: PartyOptions = {}): Promise<Encrypted> {
  const network = new EncryptedNetwork(conference.network, phoneKeys);
  const plan = { srtp: legKeys, ...options.plan };
  return { ...(await conference.join({ ...options, network, plan })), network };
}

/** As loud as PCMU can be. */
function loudPacket(sequence: number): Uint8Array {
  const packet = Uint8Array.from({ length: 172 }, (_, index) => (index % 8 < 4 ? 0x00 : 0x80));
  writeRtpHeader(packet, { ...emptyRtpHeader(), sequence, timestamp: 160 * sequence, ssrc: 77 });
  return packet;
}

const stats = (conference: Conference, { leg }: Party) => conference.engine.legStats(leg);

describe("an encrypted leg", () => {
  it.each([
    ["OpenSSL", { srtpCrypto: openSsl }],
    ["node:crypto", {}],
  ])("and one in the clear hear each other (%s)", async (_name, options) => {
    const conference = new Conference(options);
    const alice = await joinEncrypted(conference, { tone: new Tone(700) });
    const bob = await conference.join({ tone: new Tone(1500) });
    conference.run(500);

    const [atAlice, atBob] = conference.listen(1000);

    expect(toneLevel(atAlice!, 1500)).toBeGreaterThan(-15);
    expect(toneLevel(atAlice!, 700)).toBeLessThan(-50);
    expect(toneLevel(atBob!, 700)).toBeGreaterThan(-15);
    expect(alice.network.refused).toBe(0);
    expect(stats(conference, alice)).toMatchObject({
      ...{ encryption: suite, packetsForged: 0, packetsReplayed: 0, packetsIgnored: 0, packetsLost: 0 },
    });
    expect(stats(conference, bob).encryption).toBe(null);
    expect(conference.engine.health()).toMatchObject({ legs: 2, encryptedLegs: 1 });
    expect(conference.notificationsNamed("leg.secured")).toEqual([{ leg: alice.leg, suite, dtls: false }]);
  });

  it("uses no index twice when RTCP moves to the port of the audio and back under the same keys", async () => {
    const conference = new Conference();
    const alice = await joinEncrypted(conference, { tone: new Tone(700) });
    for (const rtcpMux of [false, true, false, true]) {
      const remote = { ...alice.phone.at, rtcpPort: rtcpMux ? alice.phone.at.port : alice.phone.rtcpPort };
      const plan = alice.phone.plan({ srtp: legKeys, rtcpMux, remote });
      conference.engine.configureLeg(alice.leg, plan);
      conference.run(12_000);
    }

    expect(alice.phone.heardRtcp.length).toBeGreaterThanOrEqual(8);
    expect(alice.network.refused).toBe(0);
  });

  it("goes on in another process by the same keys, and the far end refuses nothing", async () => {
    const conference = new Conference();
    const alice = await joinEncrypted(conference, { tone: new Tone(700) });
    const bob = await joinEncrypted(conference, { tone: new Tone(1500) });
    conference.run(6000);

    await conference.goOn(700);
    conference.run(500);
    const [atAlice, atBob] = conference.listen(6000);

    expect([toneLevel(atAlice!, 1500) > -15, toneLevel(atBob!, 700) > -15]).toEqual([true, true]);
    expect([alice.network.refused, bob.network.refused]).toEqual([0, 0]);
    expect(stats(conference, alice)).toMatchObject({
      encryption: suite,
      packetsForged: 0,
      packetsReplayed: 0,
    });
    expect(alice.phone.heardRtcp.length).toBe(2);
  });

  it("sends and takes reports that are encrypted", async () => {
    const conference = new Conference();
    const { phone, network } = await joinEncrypted(conference, { tone: new Tone(700) });
    conference.run(12_000);

    expect(phone.heardRtcp.length).toBeGreaterThan(0);
    expect(phone.heardRtcp[0]![1]).toBe(200);
    expect(network.refused).toBe(0);
  });

  it("hears no sender with another key or none: nothing but the count of forged packets shows them", async () => {
    const conference = new Conference();
    const alice = await joinEncrypted(conference);
    const bob = await conference.join();
    const wrong = new EncryptedNetwork(conference.network, { send: ours, receive: ours });
    for (let sequence = 0; sequence < 100; sequence += 1) {
      const network = sequence % 2 === 0 ? wrong : conference.network;
      network.send(loudPacket(sequence), alice.phone.at, alice.phone.legAt);
      conference.run(20);
    }

    expect(stats(conference, alice)).toMatchObject({ packetsForged: 100, packetsReceived: 0, remote: null });
    expect(conference.engine.health().packetsForged).toBe(100);
    expect(conference.notificationsNamed("leg.latched")).toEqual([]);
    expect(Math.max(...bob.phone.takeAudio().map(Math.abs))).toBeLessThan(100);
  });

  it("takes no packet twice, and none of a stranger who has seen one moves it elsewhere", async () => {
    const conference = new Conference();
    const alice = await joinEncrypted(conference, { tone: new Tone(700) });
    conference.run(500);
    const copy = alice.network.lastSent;
    const before = stats(conference, alice);
    for (let times = 0; times < 20; times += 1) {
      conference.network.send(copy, { address: "10.9.9.9", port: 4000 }, alice.phone.legAt);
      conference.run(20);
    }

    const after = stats(conference, alice);
    expect(after.packetsReplayed).toBe(20);
    expect(after.packetsReceived - before.packetsReceived).toBe(20);
    expect(after.packetsIgnored).toBe(0);
    expect(after.remote).toBe("10.0.1.1:4000");
  });

  it("goes on through a change of keys, and what was sent by the old one meanwhile is heard", async () => {
    const conference = new Conference();
    const alice = await joinEncrypted(conference, { tone: new Tone(700) });
    await conference.join();
    conference.run(500);
    const next = masterKey(suite, "11".repeat(30));

    const plan = alice.phone.plan({ srtp: { send: ours, receive: next } });
    conference.engine.configureLeg(alice.leg, plan);
    conference.run(500);
    alice.network.use({ send: next, receive: ours });
    const [, heard] = conference.listen(1000);

    expect(toneLevel(heard!, 700)).toBeGreaterThan(-15);
    expect(stats(conference, alice)).toMatchObject({ packetsForged: 0, packetsReplayed: 0, packetsLost: 0 });
    expect(alice.network.refused).toBe(0);
    expect(conference.notificationsNamed("leg.secured")).toHaveLength(1);
  });

  it("hears the old key for as long as nothing comes by the new one, and nothing by it five seconds after that", async () => {
    const conference = new Conference();
    const alice = await joinEncrypted(conference, { tone: new Tone(700) });
    conference.run(100);
    const next = masterKey(suite, "11".repeat(30));
    conference.engine.configureLeg(alice.leg, alice.phone.plan({ srtp: { send: ours, receive: next } }));
    conference.run(10_000);
    expect(stats(conference, alice)).toMatchObject({ packetsForged: 0, packetsLost: 0 });

    alice.network.use({ send: next, receive: ours });
    conference.run(100);
    alice.network.use(phoneKeys);
    conference.run(6000);

    expect(stats(conference, alice).packetsForged).toBeGreaterThan(40);
    expect(stats(conference, alice).packetsForged).toBeLessThan(60);
  });

  it("goes over to the clear and back, as the far end renegotiates, and no counter begins again", async () => {
    const conference = new Conference();
    const alice = await joinEncrypted(conference, { tone: new Tone(700) });
    await conference.join({ tone: new Tone(1500) });
    conference.run(200);
    conference.engine.configureLeg(alice.leg, alice.phone.plan());
    alice.network.use(undefined);
    const [inTheClear] = conference.listen(500);
    conference.engine.configureLeg(alice.leg, alice.phone.plan({ srtp: legKeys }));
    alice.network.use(phoneKeys);
    const [again] = conference.listen(500);

    expect(toneLevel(inTheClear!, 1500)).toBeGreaterThan(-15);
    expect(toneLevel(again!, 1500)).toBeGreaterThan(-15);
    expect(alice.network.refused).toBe(0);
    expect(stats(conference, alice)).toMatchObject({ packetsForged: 0, packetsReplayed: 0 });
    expect(
      conference.notificationsNamed("leg.secured").map((told) => (told as { suite: string }).suite),
    ).toEqual([suite, null, suite]);
  });

  it("becomes quiet like any other, and is heard when it speaks again", async () => {
    const conference = new Conference();
    const alice = await joinEncrypted(conference, { tone: new Tone(700, 0) });
    await conference.join();
    conference.run(3000);
    expect(conference.engine.quietLegs).toBeGreaterThan(0);

    alice.tone = undefined;
    conference.parties[0]!.tone = new Tone(700);
    const [, heard] = conference.listen(1000);

    expect(toneLevel(heard!, 700)).toBeGreaterThan(-15);
    expect(alice.network.refused).toBe(0);
    expect(stats(conference, alice)).toMatchObject({ packetsForged: 0, packetsReplayed: 0, packetsLost: 0 });
  });

  it("is as well when it is closed", async () => {
    const conference = new Conference();
    const { leg, network } = await joinEncrypted(conference, { tone: new Tone(700) });
    conference.run(100);
    expect(await conference.engine.closeLeg(leg)).toMatchObject({ encryption: suite, packetsForged: 0 });
    expect(network.refused).toBe(0);
    expect(conference.engine.health().encryptedLegs).toBe(0);
  });
});
