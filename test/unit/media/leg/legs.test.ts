// One leg and its far end: where it sends, what it tells, what it survives.
import { describe, expect, it } from "vitest";
import type { LegId, RoomId } from "#common";
import { errorCode } from "#common";
import { emptyRtcpFindings, maxRtcpBytes, readRtcp, writeRtcp } from "../../../../media/rtp/index.ts";
import { Conference, prompt, room } from "../support/conference.ts";
import { seededRandom } from "../support/lossy-network.ts";
import type { Phone } from "../support/phone.ts";
import { peakLevel, Tone, toneLevel } from "../support/tones.ts";

const codeOf = (action: () => unknown): string | undefined => {
  try {
    action();
    return undefined;
  } catch (error) {
    return errorCode(error);
  }
};

describe("keys", () => {
  it("are told once and not heard, nor the tone that leaks around them", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join();
    await conference.join();
    const speech = new Tone(800, 6000);
    const leak = new Tone(1336, 8000);
    const step = (action: () => void) => {
      action();
      conference.run(20);
    };
    for (let tick = 0; tick < 25; tick += 1) step(() => phone.say(speech.next(160)));
    conference.parties[1]!.phone.takeAudio();
    step(() => phone.say(leak.next(160)));
    for (let ms = 20; ms <= 100; ms += 20) step(() => phone.key(6, ms, { start: ms === 20 }));
    for (let repeat = 0; repeat < 3; repeat += 1) step(() => phone.key(6, 100, { end: true }));
    phone.timestamp += 8 * 160;
    step(() => phone.say(leak.next(160)));
    for (let tick = 0; tick < 10; tick += 1) step(() => {});
    const heard = conference.parties[1]!.phone.takeAudio();
    expect(toneLevel(heard, 1336)).toBeLessThan(-50);
    expect(conference.notificationsNamed("leg.dtmf")).toEqual([
      { leg, digit: "6", durationMs: 40, via: "rfc4733" },
    ]);
  });

  it("of a muted leg still count", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join();
    conference.engine.muteLeg(leg, true);
    phone.key(11, 60, { start: true });
    expect(conference.notificationsNamed("leg.dtmf")).toHaveLength(1);
  });
});

describe("talking", () => {
  it("is told when it begins and ends, not of a muted leg", async () => {
    const conference = new Conference();
    const party = await conference.join({ tone: new Tone(700) });
    const { leg } = party;
    conference.run(400);
    conference.engine.muteLeg(leg, true);
    conference.run(400);
    conference.engine.muteLeg(leg, false);
    conference.run(400);
    party.tone = undefined;
    conference.run(1000);
    expect(conference.notificationsNamed("leg.talking")).toEqual(
      [true, false, true, false].map((talking) => ({ leg, talking })),
    );
  });
});

describe("the far end's address", () => {
  it("is learnt from its packets, and told", async () => {
    const conference = new Conference();
    const remote = { address: "172.16.0.9", port: 9, rtcpPort: 10 };
    const { leg, phone } = await conference.join({
      ...{ plan: { remote }, tone: new Tone(700) },
      sipAddress: "10.0.1.1",
    });
    conference.run(100);
    expect(conference.notificationsNamed("leg.latched")).toEqual([{ leg, remote: "10.0.1.1:4000" }]);
    expect(phone.heard.length).toBe(5);
    expect(conference.engine.legStats(leg).remote).toBe("10.0.1.1:4000");
  });

  it("is not taken over by a stranger, whose packets are counted and not heard", async () => {
    const conference = new Conference();
    const { leg } = await conference.join({ tone: new Tone(700) });
    await conference.join();
    conference.run(200);
    const stranger = (await conference.call()).phone;
    stranger.legAt = conference.parties[0]!.phone.legAt;
    conference.parties[2]!.tone = new Tone(1500);
    const [, heard] = conference.listen(1000);
    expect(toneLevel(heard!, 1500)).toBeLessThan(-50);
    expect(toneLevel(heard!, 700)).toBeGreaterThan(-15);
    expect(conference.engine.legStats(leg).packetsIgnored).toBe(50);
    expect(conference.notificationsNamed("leg.latched")).toHaveLength(1);
  });

  /** Sends five packets of a stream from there, one in each tick. */
  const speakFrom = (conference: Conference, phone: Phone, at: Phone["at"], ssrc: number, first: number) => {
    const before = phone.at;
    phone.at = at;
    for (let index = 0; index < 5; index += 1) {
      phone.sendPacket({ ssrc, sequence: first + index }, new Uint8Array(160).fill(0xd5));
      conference.run(20);
    }
    phone.at = before;
  };
  const ringing = Uint8Array.of(5, 10, 0, 160);

  it("is followed behind its NAT although its last packet was a key in a stream of its own", async () => {
    const conference = new Conference();
    const party = await conference.join({ tone: new Tone(700) });
    const { leg, phone } = party;
    conference.run(200);
    party.tone = undefined;
    const next = phone.sequence;
    phone.sendPacket({ payloadType: 101, ssrc: 77, sequence: 5 }, ringing);
    conference.run(200);
    speakFrom(conference, phone, { address: "10.0.9.9", port: 7000 }, phone.ssrc, next);
    expect(conference.engine.legStats(leg).remote).toBe("10.0.9.9:7000");
  });

  it.each([
    ["a key in a stream of its own", 101],
    ["a stray packet", 0],
  ])("is not taken over by a sender that goes on with %s", async (_, payloadType) => {
    const conference = new Conference();
    const party = await conference.join({ tone: new Tone(700) });
    const { leg, phone } = party;
    conference.run(200);
    party.tone = undefined;
    phone.sendPacket({ payloadType, ssrc: 77, sequence: 5 }, ringing);
    conference.run(200);
    speakFrom(conference, phone, { address: "10.0.9.9", port: 7000 }, 77, 6);
    expect(conference.engine.legStats(leg).remote).toBe("10.0.1.1:4000");
  });

  it("of an old hold is sent nothing", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join({ tone: new Tone(700) });
    conference.run(100);
    const remote = { address: "0.0.0.0", port: 4000, rtcpPort: 4001 };
    conference.engine.configureLeg(leg, phone.plan({ remote }));
    phone.heard.length = 0;
    conference.run(200);
    expect(phone.heard.length).toBe(0);
  });
});

describe("a renegotiation", () => {
  it("changes codec and packet length without a gap in sequence or sound", async () => {
    const conference = new Conference();
    await conference.join({ tone: new Tone(700, 8000) });
    const { leg, phone } = await conference.join();
    conference.run(400);
    phone.heard.length = 0;
    conference.run(200);
    conference.engine.configureLeg(leg, phone.plan({ codec: "PCMA", payloadType: 8, ptimeMs: 40 }));
    conference.run(400);
    const { heard } = phone;
    heard.slice(1).forEach(({ header }, index) => {
      const before = heard[index]!;
      expect((header.sequence - before.header.sequence) & 0xffff).toBe(1);
      expect((header.timestamp - before.header.timestamp) >>> 0).toBe(before.payload.length);
      expect(header.ssrc).toBe(before.header.ssrc);
    });
    expect(heard.map(({ payload }) => payload.length)).toEqual([
      ...Array(10).fill(160),
      ...Array(10).fill(320),
    ]);
    const audio = phone.takeAudio();
    expect(Math.abs(toneLevel(audio, 700) - peakLevel(8000))).toBeLessThan(1);
  });

  it("that changes nothing cuts nothing out of packets that are longer than a tick", async () => {
    const conference = new Conference();
    await conference.join({ tone: new Tone(700, 8000) });
    const { leg, phone } = await conference.join();
    const terms = phone.plan({ ptimeMs: 60 });
    conference.engine.configureLeg(leg, terms);
    conference.run(600);
    phone.heard.length = 0;
    for (let tick = 0; tick < 10; tick += 1) {
      conference.engine.configureLeg(leg, terms);
      conference.run(100);
    }
    const { heard } = phone;
    expect(heard.map(({ payload }) => payload.length)).toEqual(heard.map(() => 480));
    heard.slice(1).forEach(({ header }, index) => {
      expect((header.timestamp - heard[index]!.header.timestamp) >>> 0).toBe(480);
    });
    expect(Math.abs(toneLevel(phone.takeAudio(), 700) - peakLevel(8000))).toBeLessThan(1);
  });

  it("resumes after a hold with a marker and a timestamp that ran on", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join({ tone: new Tone(700) });
    conference.run(100);
    const last = phone.heard.at(-1)!.header;
    conference.engine.configureLeg(leg, phone.plan({ direction: "recvonly" }));
    conference.run(1000);
    conference.engine.configureLeg(leg, phone.plan());
    conference.run(20);
    const resumed = phone.heard.at(-1)!.header;
    expect(resumed.marker).toBe(true);
    expect((resumed.timestamp - last.timestamp) >>> 0).toBe(51 * 160);
    expect((resumed.sequence - last.sequence) & 0xffff).toBe(1);
  });
});

describe("a far end that sends nothing", () => {
  it("is told after five seconds, and when it is heard again; not while it is held", async () => {
    const conference = new Conference();
    const party = await conference.join({ tone: new Tone(700) });
    const { leg, phone } = party;
    conference.run(1000);
    party.tone = undefined;
    conference.run(4900);
    expect(conference.notificationsNamed("leg.inbound")).toEqual([]);
    conference.run(200);
    expect(conference.notificationsNamed("leg.inbound")).toEqual([{ leg, state: "silent" }]);
    party.tone = new Tone(700);
    conference.run(100);
    expect(conference.notificationsNamed("leg.inbound").at(-1)).toEqual({ leg, state: "heard" });
    party.tone = undefined;
    conference.engine.configureLeg(leg, phone.plan({ direction: "recvonly" }));
    conference.run(8000);
    expect(conference.notificationsNamed("leg.inbound")).toHaveLength(2);
  });

  it("from the start is told as well", async () => {
    const conference = new Conference();
    const { leg } = await conference.call();
    conference.run(5100);
    expect(conference.notificationsNamed("leg.inbound")).toEqual([{ leg, state: "silent" }]);
  });
});

describe("RTCP", () => {
  const report = {
    cname: "phone",
    wallMs: 0,
    bye: false,
    sending: true,
    rtpTimestamp: 0,
    packetsSent: 1,
    octetsSent: 160,
    fractionLost: 128,
    cumulativeLost: 3,
    extendedHighest: 1,
    jitter: 160,
    lastSenderReport: 0,
    delaySinceLastSenderReport: 0,
  };
  const compound = (fields: Partial<Parameters<typeof writeRtcp>[1]>) => {
    const out = new Uint8Array(maxRtcpBytes);
    const length = writeRtcp(out, { ...report, ssrc: 1, sourceSsrc: undefined, ...fields });
    return out.slice(0, length);
  };

  it("reports about every five seconds and says goodbye", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join({ tone: new Tone(700) });
    conference.run(20_000);
    expect(phone.heardRtcp.length).toBe(4);
    const findings = emptyRtcpFindings();
    expect(readRtcp(phone.heardRtcp[1]!, phone.ssrc, findings)).toBe(true);
    expect(findings).toMatchObject({ hasSenderReport: true, hasBlock: true, fractionLost: 0, hasBye: false });
    await conference.engine.closeLeg(leg);
    expect(readRtcp(phone.heardRtcp.at(-1)!, phone.ssrc, findings) && findings.hasBye).toBe(true);
  });

  it("of the far end says how our stream arrives there, and how far away it is", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join({ tone: new Tone(700) });
    conference.run(5000);
    const findings = emptyRtcpFindings();
    readRtcp(phone.heardRtcp[0]!, phone.ssrc, findings);
    const sourceSsrc = phone.heard[0]!.header.ssrc;
    const sentAt = conference.clock.now() - 2500;
    conference.clock.advance(120);
    phone.sendRtcp(
      compound({
        ssrc: phone.ssrc,
        sourceSsrc,
        lastSenderReport: findings.senderNtp,
        delaySinceLastSenderReport: Math.round(((conference.clock.now() - sentAt - 120) / 1000) * 65_536),
      }),
    );
    const stats = conference.engine.legStats(leg);
    expect(stats.remoteLossPercent).toBe(50);
    expect(stats.remoteJitterMs).toBe(20);
    expect(stats.roundTripMs).toBeCloseTo(120, -1);
  });

  it("of the far end is counted, and whether it shows further packets of ours to have arrived", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join({ tone: new Tone(700) });
    conference.run(200);
    const sourceSsrc = phone.heard[0]!.header.ssrc;
    const told = () => {
      const { reports, reportsOfAudio } = conference.engine.legStats(leg);
      return [reports, reportsOfAudio];
    };
    phone.sendRtcp(compound({ ssrc: phone.ssrc }));
    expect(told()).toEqual([1, 0]);
    phone.sendRtcp(compound({ ssrc: phone.ssrc, sourceSsrc, extendedHighest: 70_000 }));
    expect(told()).toEqual([2, 1]);
    phone.sendRtcp(compound({ ssrc: phone.ssrc, sourceSsrc, extendedHighest: 70_000 }));
    expect(told()).toEqual([3, 1]);
    phone.sendRtcp(compound({ ssrc: phone.ssrc, sourceSsrc, extendedHighest: 70_250 }));
    expect(told()).toEqual([4, 2]);
    // Of another medium on the same transport.
    phone.sendRtcp(compound({ ssrc: 77 }));
    expect(told()).toEqual([4, 2]);
  });

  it("counts right where the far end sends by our SSRC, and both hear each other", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join({ tone: new Tone(700) });
    await conference.join({ tone: new Tone(1500) });
    conference.run(100);
    const ours = phone.heard[0]!.header.ssrc;
    phone.ssrc = ours;
    conference.run(5000);
    phone.sendRtcp(compound({ ssrc: ours, sourceSsrc: ours, fractionLost: 64 }));
    phone.heardRtcp.length = 0;
    const [heard, atOther] = conference.listen(5000);

    expect(toneLevel(heard!, 1500)).toBeGreaterThan(-15);
    expect(toneLevel(atOther!, 700)).toBeGreaterThan(-15);
    expect(conference.engine.legStats(leg)).toMatchObject({
      packetsLost: 0,
      remoteLossPercent: 25,
      reports: 1,
    });
    const findings = emptyRtcpFindings();
    expect(readRtcp(phone.heardRtcp.at(-1)!, ours, findings)).toBe(true);
    expect(findings).toMatchObject({ senderSsrc: ours, hasBlock: true, fractionLost: 0 });
    expect(findings.lastSenderReport).not.toBe(0);
  });

  it("shares the port when that was agreed", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join({ plan: { rtcpMux: true }, tone: new Tone(700) });
    conference.run(100);
    phone.sendRaw(compound({ ssrc: phone.ssrc, sourceSsrc: phone.heard[0]!.header.ssrc }));
    expect(conference.engine.legStats(leg)).toMatchObject({ remoteLossPercent: 50, packetsIgnored: 0 });
  });

  it("of the far end from a new address lets its stream come from there; a stranger's does not", async () => {
    for (const proves of [true, false]) {
      const conference = new Conference();
      const { leg, phone } = await conference.join({ tone: new Tone(700) });
      conference.run(200);
      const sourceSsrc = phone.heard[0]!.header.ssrc;
      phone.at = { address: "10.0.9.9", port: 4000 };
      phone.ssrc = 77;
      conference.parties[0]!.tone = undefined;
      conference.run(1000);
      phone.sendRtcp(compound({ ssrc: 77, sourceSsrc: proves ? sourceSsrc : 1234 }));
      conference.parties[0]!.tone = new Tone(700);
      conference.run(200);
      const remote = proves ? "10.0.9.9:4000" : "10.0.1.1:4000";
      expect(conference.engine.legStats(leg).remote).toBe(remote);
    }
  });

  it("whose SSRCs are guessed proves nothing, not even with the right one among them; the far end's own counts", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join({ tone: new Tone(700) });
    conference.run(200);
    const sourceSsrc = phone.heard[0]!.header.ssrc;
    const to = { address: phone.legAt.address, port: phone.legAt.port + 1 };
    const stranger = { address: "10.0.9.9", port: 4001 };
    const heardByStranger: Uint8Array[] = [];
    for (const port of [4000, 4001]) {
      conference.network.listen({ ...stranger, port }, (packet) => heardByStranger.push(packet));
    }
    conference.parties[0]!.tone = undefined;
    conference.run(1000);
    for (let guess = 0; guess < 1000; guess += 1) {
      conference.network.send(compound({ ssrc: guess, sourceSsrc: guess }), stranger, to);
    }
    phone.sendRtcp(compound({ ssrc: phone.ssrc, sourceSsrc }));
    conference.network.send(compound({ ssrc: phone.ssrc, sourceSsrc }), stranger, to);
    expect(conference.engine.legStats(leg)).toMatchObject({ remoteLossPercent: 50, remote: "10.0.1.1:4000" });

    phone.at = { ...stranger, port: 4000 };
    for (let sequence = 0; sequence < 50; sequence += 1) {
      phone.sendPacket({ ssrc: 9, sequence }, new Uint8Array(160).fill(0xff));
      conference.run(20);
    }
    expect(conference.engine.legStats(leg).remote).toBe("10.0.1.1:4000");
    expect(heardByStranger).toEqual([]);
  });

  it("of a goodbye that a neighbour of the far end has guessed ends no stream", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join({ tone: new Tone(700) });
    conference.run(200);
    conference.parties[0]!.tone = undefined;
    const to = { address: phone.legAt.address, port: phone.legAt.port + 1 };
    const neighbour = { address: phone.at.address, port: 5001 };
    for (let guess = 0; guess < 100; guess += 1) {
      conference.network.send(compound({ ssrc: guess, bye: true }), neighbour, to);
    }
    conference.network.send(compound({ ssrc: phone.ssrc, bye: true }), neighbour, to);
    // Where a stream has ended, the first packet of another begins it.
    const { packetsReceived } = conference.engine.legStats(leg);
    phone.sendPacket({ ssrc: 9, sequence: 1 }, new Uint8Array(160).fill(0x80));
    expect(conference.engine.legStats(leg).packetsReceived).toBe(packetsReceived);
  });

  it("goes to a new port only when an SSRC that the two ends know asks for it there", async () => {
    const conference = new Conference();
    const { phone } = await conference.join({ tone: new Tone(700) });
    conference.run(200);
    const { address } = phone.at;
    const elsewhere = { address, port: 5001 };
    const heardElsewhere: Uint8Array[] = [];
    conference.network.listen(elsewhere, (packet) => heardElsewhere.push(packet));
    const to = { address: phone.legAt.address, port: phone.legAt.port + 1 };
    conference.network.send(compound({ ssrc: 12_345 }), elsewhere, to);
    conference.run(7000);
    expect(heardElsewhere).toEqual([]);
    expect(phone.heardRtcp.length).toBeGreaterThan(0);

    conference.network.send(compound({ ssrc: phone.ssrc }), elsewhere, to);
    conference.run(7000);
    expect(heardElsewhere.length).toBeGreaterThan(0);
  });

  it("that is garbage, or a stranger's goodbye, changes nothing", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join({ tone: new Tone(700) });
    await conference.join();
    conference.run(200);
    const random = seededRandom(5);
    for (let index = 0; index < 500; index += 1) {
      const garbage = Uint8Array.from({ length: Math.floor(random() * 120) }, () => random() * 256);
      if (index % 2 === 0 && garbage.length > 1) garbage.set([0x81, 200 + (index % 5)]);
      phone.sendRtcp(garbage);
    }
    phone.sendRtcp(compound({ ssrc: 12_345, bye: true }));
    const [, heard] = conference.listen(500);
    expect(toneLevel(heard!, 700)).toBeGreaterThan(-15);
    expect(conference.engine.legStats(leg).packetsIgnored).toBeGreaterThan(400);
  });
});

describe("hostile packets", () => {
  it("do not disturb the conversation, whatever is in them", async () => {
    const conference = new Conference();
    const { phone } = await conference.join({ tone: new Tone(700) });
    await conference.join();
    conference.run(200);
    const random = seededRandom(11);
    const received = phone.heard.length;
    for (let tick = 0; tick < 100; tick += 1) {
      for (let index = 0; index < 10; index += 1) {
        const garbage = Uint8Array.from({ length: Math.floor(random() * 1500) }, () => random() * 256);
        if (garbage.length > 1 && index % 2 === 0) garbage.set([0x80, [0, 8, 13, 101][index % 4]!]);
        phone.sendRaw(garbage);
      }
      conference.run(20);
    }
    expect(phone.heard.length).toBe(received + 100);
    const [, heard] = conference.listen(1000);
    expect(toneLevel(heard!, 700)).toBeGreaterThan(-15);
    expect(conference.engine.health().packetsIgnored).toBeGreaterThan(800);
  });
});

describe("commands", () => {
  it("name what is missing", async () => {
    const conference = new Conference();
    const { engine } = conference;
    const unknown = "unknown" as LegId;
    const nowhere = "nowhere" as RoomId;
    const { leg, phone } = await conference.call();
    expect(codeOf(() => engine.configureLeg(unknown, phone.plan()))).toBe("NO_SUCH_LEG");
    expect(codeOf(() => engine.legStats(unknown))).toBe("NO_SUCH_LEG");
    expect(codeOf(() => engine.joinLeg(leg, nowhere))).toBe("NO_SUCH_ROOM");
    expect(codeOf(() => engine.playToRoom(nowhere, prompt(100), "en"))).toBe("NO_SUCH_ROOM");
    await expect(engine.closeLeg(unknown)).rejects.toMatchObject({ code: "NO_SUCH_LEG" });
    await expect(engine.createLeg(leg, "10.0.0.1")).rejects.toMatchObject({ code: "WRONG_STATE" });
    const fresh = "fresh" as LegId;
    await engine.createLeg(fresh, "10.0.0.1");
    expect(codeOf(() => engine.joinLeg(fresh, room))).toBe("WRONG_STATE");
  });

  it("give a port that is free, and refuse when none is", async () => {
    const conference = new Conference();
    conference.network.listen({ address: "10.0.0.1", port: 20_001 }, () => {});
    const { port, rtcpPort } = await conference.engine.createLeg("a" as LegId, "10.0.0.1");
    expect([port, rtcpPort]).toEqual([20_002, 20_003]);
    const sockets = conference.network.openSockets;
    while (conference.ports.take() !== undefined);
    await expect(conference.engine.createLeg("b" as LegId, "10.0.0.1")).rejects.toMatchObject({
      code: "NO_PORTS",
    });
    expect(conference.network.openSockets).toBe(sockets);
  });

  it("leave a room's legs alive when it is closed, and everything gone when the engine is", async () => {
    const conference = new Conference();
    await conference.join({ tone: new Tone(700) });
    await conference.join();
    conference.engine.start();
    conference.run(200);
    conference.engine.closeRoom(room);
    const [, heard] = conference.listen(200);
    expect(heard!.length).toBeGreaterThan(0);
    expect(toneLevel(heard!, 700)).toBeLessThan(-50);
    expect(conference.engine.health()).toMatchObject({ legs: 2, rooms: 0, packetsLost: 0 });
    await Promise.all([conference.engine.close(), conference.engine.close()]);
    expect(conference.clock.pending).toBe(0);
    expect(conference.engine.health().legs).toBe(0);
    await expect(conference.engine.createLeg("late" as LegId, "10.0.0.1")).rejects.toMatchObject({
      code: "WRONG_STATE",
    });
  });
});
