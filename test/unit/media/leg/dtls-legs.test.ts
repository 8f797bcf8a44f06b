// Legs whose far end speaks DTLS, with ICE as a browser does and without as a phone does: who is heard before, during and after
// the handshake, and where media goes.
import { describe, expect, it } from "vitest";
import type { MediaAddress } from "../../../../media/rtp/index.ts";
import type { DtlsPlan } from "../../../../media/sdp/types.ts";
import { NodeCrypto, SrtpSession } from "../../../../media/srtp/index.ts";
import { DtlsConnection } from "../../../../media/webrtc/dtls-connection.ts";
import { createDtlsIdentity, icePeer, loadDtlsLibrary } from "../../../../media/webrtc/index.ts";
import { isDtls, isStun } from "../../../../media/webrtc/stun.ts";
import { Conference, type Party, room } from "../support/conference.ts";
import { MemoryNetwork, type Receiver } from "../support/memory-network.ts";
import { Tone, toneLevel } from "../support/tones.ts";
import { readResponse, writeCheck } from "../webrtc/stun-client.ts";

const library = await loadDtlsLibrary();
const [ours, theirs] = [createDtlsIdentity(library, Date.now()), createDtlsIdentity(library, Date.now())];
const local = { name: "ours", password: "our-password-of-22-chars" };
const remote = { name: "them", password: "their-password-of-22-chars" };
const ice = { local, remote };

/** What stands between a phone and the network and makes it a browser. */
class Browser extends MemoryNetwork {
  readonly srtp = new SrtpSession(new NodeCrypto());
  readonly responses: string[] = [];
  legAt: MediaAddress = { address: "", port: 0 };
  readonly #network: MemoryNetwork;
  readonly #conference: Conference;
  #dtls: DtlsConnection;
  /** Where it is; another network gives it another address. */
  at: MediaAddress = { address: "", port: 0 };
  #receiver: Receiver = () => {};

  constructor(conference: Conference) {
    super();
    this.#network = conference.network;
    this.#conference = conference;
    this.srtp.awaitKeys();
    this.#dtls = this.#association();
  }

  #association(): DtlsConnection {
    return new DtlsConnection({
      ...{ identity: theirs, clock: this.#conference.clock, role: "client" },
      fingerprints: [{ hash: "sha-256", value: ours.fingerprint }],
      send: (datagram) => this.#network.send(datagram, this.at, this.legAt),
      onKeys: (keys) => this.srtp.use(keys, 0),
      onFailed: () => {},
    });
  }

  /** The first that listens is its RTP port. */
  override listen(at: MediaAddress, receiver: Receiver): void {
    if (this.at.port !== 0) return;
    this.#receiver = receiver;
    this.moveTo(at);
  }

  moveTo(at: MediaAddress): void {
    this.at = at;
    this.#network.listen(at, (packet, from) => {
      if (isStun(packet)) this.responses.push(readResponse(packet, local.password) ?? "broken");
      else if (isDtls(packet)) this.#dtls.receive(packet);
      else {
        const opened = this.srtp.open(packet, 0);
        if (opened) this.#receiver(opened.slice(), from);
      }
    });
  }

  override send(packet: Uint8Array): void {
    const sealed = this.srtp.protect(packet);
    if (sealed) this.#network.send(sealed, this.at, this.legAt);
  }

  check(nominates = true): void {
    const check = writeCheck({ username: "ours:them", password: local.password, nominates });
    this.#network.send(check, this.at, this.legAt);
  }

  shakeHands(): void {
    this.#dtls.start();
  }

  /** Ends the association, as for another leg, and is ready for the next handshake. */
  beginAnew(): void {
    this.#dtls.close();
    this.#dtls = this.#association();
  }

  close(): void {
    this.#dtls.close();
  }
}

interface Joined extends Party {
  readonly browser: Browser;
}

const terms = (more: Partial<DtlsPlan> = {}): DtlsPlan => ({
  ...{ role: "server", fingerprints: [{ hash: "sha-256", value: theirs.fingerprint }] },
  ...more,
});

async function join(conference: Conference, tone: Tone, dtls = terms({ ice })): Promise<Joined> {
  const browser = new Browser(conference);
  const plan = { dtls, ...(dtls.ice && { remote: { ...icePeer, rtcpPort: icePeer.port }, rtcpMux: true }) };
  const party = await conference.call({ tone, network: browser, plan });
  browser.legAt = party.phone.legAt;
  conference.engine.joinLeg(party.leg, room);
  return { ...party, browser };
}

const open = () => new Conference({ dtlsIdentity: ours });

describe("a leg with ICE and DTLS", () => {
  it("goes on in another process without a handshake, and hears nobody else", async () => {
    const conference = open();
    const alice = await join(conference, new Tone(700));
    await conference.join({ tone: new Tone(1500) });
    alice.browser.check();
    alice.browser.shakeHands();
    conference.run(1000);

    await conference.goOn(700);
    conference.run(500);
    const [atAlice, atBob] = conference.listen(1000);

    expect([toneLevel(atAlice!, 1500) > -15, toneLevel(atBob!, 700) > -15]).toEqual([true, true]);
    const stats = conference.engine.legStats(alice.leg);
    expect(stats).toMatchObject({ remote: "10.0.1.1:4000", packetsForged: 0, packetsReplayed: 0 });
    alice.browser.moveTo({ address: "10.9.9.9", port: 5000 });
    const [, unheard] = conference.listen(1000);
    expect(toneLevel(unheard!.subarray(4000), 700)).toBeLessThan(-50);
    alice.browser.check();
    conference.run(500);
    const [, again] = conference.listen(1000);
    expect(toneLevel(again!, 700)).toBeGreaterThan(-15);
    alice.browser.close();
    await conference.engine.close();
  });

  it("hears and is heard once its far end has proved itself and shaken hands", async () => {
    const conference = open();
    const alice = await join(conference, new Tone(700));
    await conference.join({ tone: new Tone(1500) });
    const [before] = conference.listen(500);
    alice.browser.check();
    alice.browser.shakeHands();
    conference.run(500);

    const [atAlice, atBob] = conference.listen(1000);

    expect(before).toHaveLength(0);
    expect(alice.browser.responses).toEqual(["4000 0a000101"]);
    expect(toneLevel(atAlice!, 1500)).toBeGreaterThan(-15);
    expect(toneLevel(atBob!, 700)).toBeGreaterThan(-15);
    const stats = conference.engine.legStats(alice.leg);
    expect(stats).toMatchObject({ remote: "10.0.1.1:4000", packetsForged: 0, packetsReplayed: 0 });
    expect(conference.notificationsNamed("leg.secured")).toEqual([
      { leg: alice.leg, suite: stats.encryption, dtls: true },
    ]);
    expect(conference.notificationsNamed("leg.failed")).toEqual([]);
    alice.browser.close();
    await conference.engine.close();
  });

  it("believes no RTCP in the clear on the port that RTCP does not use", async () => {
    const conference = open();
    const alice = await join(conference, new Tone(700));
    alice.browser.check();
    alice.browser.shakeHands();
    conference.run(500);
    const report = Uint8Array.of(0x81, 201, 0, 7, ...Array<number>(28).fill(0xff));
    new DataView(report.buffer).setUint32(8, alice.phone.heard[0]!.header.ssrc);
    const { address, port } = alice.browser.legAt;
    const before = conference.engine.legStats(alice.leg).packetsIgnored;
    conference.network.send(report, { address: "10.9.9.9", port: 9 }, { address, port: port + 1 });

    expect(conference.engine.legStats(alice.leg)).toMatchObject({
      ...{ packetsIgnored: before + 1, reports: 0, remoteLossPercent: null },
    });
    alice.browser.close();
    await conference.engine.close();
  });

  it("hears no host that has not proved that it knows the password, whatever it sends", async () => {
    const conference = open();
    const alice = await join(conference, new Tone(700));
    alice.browser.shakeHands();
    conference.network.send(
      writeCheck({ username: "ours:them", password: "a-guess-of-twenty-two-chars", nominates: true }),
      alice.browser.at,
      alice.browser.legAt,
    );
    const stranger = { address: "10.9.9.9", port: 9 };
    conference.network.send(
      Uint8Array.of(0x80, 0, ...Array<number>(170).fill(0)),
      stranger,
      alice.browser.legAt,
    );
    conference.run(500);

    expect(alice.browser.responses).toEqual([]);
    expect(conference.engine.legStats(alice.leg)).toMatchObject({ packetsReceived: 0, encryption: null });
    alice.browser.close();
    const { stunRefused, dtlsRefused, packetsIgnored } = conference.engine.health();
    expect({ stunRefused, packetsIgnored }).toEqual({ stunRefused: 1, packetsIgnored: 1 });
    expect(dtlsRefused).toBeGreaterThan(0);
  });

  it("follows its far end into another network when that nominates from there", async () => {
    const conference = open();
    const alice = await join(conference, new Tone(700));
    await conference.join({ tone: new Tone(1500) });
    alice.browser.check();
    alice.browser.shakeHands();
    conference.run(500);
    alice.browser.moveTo({ address: "172.16.0.9", port: 7000 });
    alice.browser.check();
    conference.run(100);

    const [atAlice, atBob] = conference.listen(1000);

    expect(toneLevel(atAlice!, 1500)).toBeGreaterThan(-15);
    expect(toneLevel(atBob!, 700)).toBeGreaterThan(-15);
    expect(conference.engine.legStats(alice.leg).remote).toBe("172.16.0.9:7000");
    alice.browser.close();
  });

  it("is sent media where its own comes from, when it has nominated another address after that", async () => {
    const conference = open();
    const alice = await join(conference, new Tone(700));
    alice.browser.check();
    alice.browser.shakeHands();
    conference.run(500);
    const home = alice.browser.at;
    alice.browser.moveTo({ address: "172.16.0.9", port: 7000 });
    alice.browser.check();
    alice.browser.moveTo(home);
    conference.run(900);
    expect(conference.engine.legStats(alice.leg).remote).toBe("172.16.0.9:7000");
    conference.run(200);
    expect(conference.engine.legStats(alice.leg).remote).toBe(`${home.address}:${home.port}`);
    alice.browser.close();
  });

  it("keeps its keys through a renegotiation and an ICE restart", async () => {
    const conference = open();
    const alice = await join(conference, new Tone(700));
    await conference.join({ tone: new Tone(1500) });
    alice.browser.check();
    alice.browser.shakeHands();
    conference.run(500);
    const restarted = { local: { ...local, name: "ours2" }, remote: { ...remote, name: "them2" } };
    for (const dtls of [terms({ ice }), terms({ ice: restarted })]) {
      const plan = { dtls, remote: { ...icePeer, rtcpPort: icePeer.port }, rtcpMux: true };
      conference.engine.configureLeg(alice.leg, alice.phone.plan(plan));
      const [atAlice, atBob] = conference.listen(1000);
      expect(toneLevel(atAlice!, 1500)).toBeGreaterThan(-15);
      expect(toneLevel(atBob!, 700)).toBeGreaterThan(-15);
    }
    expect(conference.notificationsNamed("leg.secured")).toHaveLength(1);
    alice.browser.close();
  });

  it("shakes hands again with a far end that had left it and comes back", async () => {
    const conference = open();
    const alice = await join(conference, new Tone(700));
    await conference.join({ tone: new Tone(1500) });
    alice.browser.check();
    alice.browser.shakeHands();
    conference.run(500);
    alice.browser.beginAnew();
    conference.run(100);
    expect(conference.notificationsNamed("leg.failed")).toMatchObject([
      { why: "the far end has closed DTLS" },
    ]);

    const plan = { dtls: terms({ ice }), remote: { ...icePeer, rtcpPort: icePeer.port }, rtcpMux: true };
    conference.engine.configureLeg(alice.leg, alice.phone.plan(plan));
    alice.browser.shakeHands();
    conference.run(500);

    const [atAlice, atBob] = conference.listen(1000);
    expect(toneLevel(atAlice!, 1500)).toBeGreaterThan(-15);
    expect(toneLevel(atBob!, 700)).toBeGreaterThan(-15);
    alice.browser.beginAnew();
    conference.run(100);
    expect(conference.notificationsNamed("leg.failed")).toHaveLength(2);
    alice.browser.close();
  });

  it("shakes hands again with a far end that names another association, and not with one that names none", async () => {
    const conference = open();
    const alice = await join(conference, new Tone(700), terms({ ice, tlsId: "first" }));
    await conference.join({ tone: new Tone(1500) });
    alice.browser.check();
    alice.browser.shakeHands();
    conference.run(500);
    const agree = (dtls: DtlsPlan) => {
      const remote = { ...icePeer, rtcpPort: icePeer.port };
      conference.engine.configureLeg(alice.leg, alice.phone.plan({ dtls, remote, rtcpMux: true }));
    };
    agree(terms({ ice }));
    const [before] = conference.listen(500);
    agree(terms({ ice, tlsId: "first" }));
    agree(terms({ ice, tlsId: "second" }));
    const [between] = conference.listen(500);
    alice.browser.beginAnew();
    alice.browser.shakeHands();
    conference.run(500);

    const [atAlice, atBob] = conference.listen(1000);
    expect(toneLevel(before!, 1500)).toBeGreaterThan(-15);
    expect(between).toHaveLength(0);
    expect([toneLevel(atAlice!, 1500) > -15, toneLevel(atBob!, 700) > -15]).toEqual([true, true]);
    expect(conference.notificationsNamed("leg.failed")).toEqual([]);
    alice.browser.close();
  });

  it("with another certificate than the description's fails, and is told once", async () => {
    const conference = open();
    const dtls = terms({ ice, fingerprints: [{ hash: "sha-256", value: ours.fingerprint }] });
    const alice = await join(conference, new Tone(700), dtls);
    alice.browser.check();
    alice.browser.shakeHands();
    conference.run(1000);

    expect(conference.engine.legStats(alice.leg)).toMatchObject({ packetsReceived: 0, encryption: null });
    const told = conference.notificationsNamed("leg.failed");
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ leg: alice.leg, why: expect.stringContaining("certificate") });
    alice.browser.close();
  });

  it("fails where no check comes for thirty seconds", async () => {
    const conference = open();
    const alice = await join(conference, new Tone(700));
    conference.run(30_100);
    expect(conference.notificationsNamed("leg.failed")).toHaveLength(1);
    await conference.engine.closeLeg(alice.leg);
    alice.browser.close();
  });

  it("whose far end checks once goes on for as long as its media comes, and is sent nothing when that stops", async () => {
    const conference = open();
    const alice = await join(conference, new Tone(700));
    await conference.join({ tone: new Tone(1500) });
    alice.browser.check();
    alice.browser.shakeHands();
    conference.run(32_000);
    const [atAlice] = conference.listen(1000);
    expect(toneLevel(atAlice!, 1500)).toBeGreaterThan(-15);

    const [party] = conference.parties;
    party!.tone = undefined;
    conference.run(31_000);
    const [afterwards] = conference.listen(1000);
    expect(afterwards).toHaveLength(0);
    expect(conference.notificationsNamed("leg.failed")).toEqual([]);
    expect(conference.notificationsNamed("leg.silent")).toHaveLength(1);

    party!.tone = new Tone(700);
    conference.run(500);
    const [again, atBob] = conference.listen(1000);
    expect([toneLevel(again!, 1500) > -15, toneLevel(atBob!, 700) > -15]).toEqual([true, true]);
    alice.browser.close();
  });

  it("fails on a machine without DTLS", async () => {
    const conference = new Conference();
    const alice = await join(conference, new Tone(700));
    expect(conference.notificationsNamed("leg.failed")).toEqual([
      { leg: alice.leg, why: "there is no DTLS on this machine" },
    ]);
    alice.browser.close();
  });
});

describe("a leg with DTLS alone", () => {
  it("shakes hands with who comes from where its SIP messages come from", async () => {
    const conference = open();
    const alice = await join(conference, new Tone(700), terms());
    const plan = { dtls: terms(), remote: { address: "192.168.7.7", port: 4000, rtcpPort: 4001 } };
    conference.engine.configureLeg(alice.leg, alice.phone.plan(plan), { sipAddress: "10.0.1.1" });
    alice.browser.shakeHands();
    conference.run(500);

    expect(conference.engine.legStats(alice.leg).encryption).not.toBe(null);
    alice.browser.close();
  });

  it("shakes hands with the address of the description, and no other", async () => {
    const conference = open();
    const alice = await join(conference, new Tone(700), terms());
    await conference.join({ tone: new Tone(1500) });
    const stranger = { address: "10.9.9.9", port: 9 };
    for (let times = 0; times < 100; times += 1) {
      conference.network.send(Uint8Array.of(22, 254, 253), stranger, alice.browser.legAt);
    }
    alice.browser.shakeHands();
    conference.run(500);

    const [atAlice, atBob] = conference.listen(1000);

    expect(toneLevel(atAlice!, 1500)).toBeGreaterThan(-15);
    expect(toneLevel(atBob!, 700)).toBeGreaterThan(-15);
    expect(conference.engine.health().dtlsRefused).toBe(100);
    alice.browser.close();
  });

  it("goes on without reports where the handshake of RTCP does not come about", async () => {
    const conference = open();
    const alice = await join(conference, new Tone(700), terms());
    await conference.join({ tone: new Tone(1500) });
    alice.browser.shakeHands();
    conference.run(30_100);
    expect(conference.engine.health().dtlsRefused).toBe(1);
    const [atAlice, atBob] = conference.listen(1000);
    expect([toneLevel(atAlice!, 1500) > -15, toneLevel(atBob!, 700) > -15]).toEqual([true, true]);
    expect(conference.notificationsNamed("leg.failed")).toEqual([]);
    alice.browser.close();
  });
});
