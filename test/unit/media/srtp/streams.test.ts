// A sender and a receiver of one master key: every suite, rollover, replays, forged and truncated packets, SRTCP, MKI.
import { describe, expect, it } from "vitest";
import {
  type MasterKey,
  NodeCrypto,
  type SrtpProgress,
  SrtpReceiver,
  SrtpSender,
  SrtpSession,
  srtpSuiteNames,
} from "../../../../media/srtp/index.ts";
import { readState, writeState } from "../../../../media/worker/state-text.ts";
import { masterKey, otherKey } from "./keys.ts";
import { rtcpPacket, rtpPacket, unencryptedReport } from "./packets.ts";

const crypto = new NodeCrypto();

class Pair {
  readonly sender: SrtpSender;
  readonly receiver: SrtpReceiver;
  readonly tolerated = { restarts: 0, mkis: 0 };

  constructor(master: MasterKey, receiving = master) {
    this.sender = new SrtpSender(crypto, master);
    this.receiver = new SrtpReceiver(crypto, receiving, this.tolerated);
  }

  protect(packet: Uint8Array): Uint8Array {
    const rtcp = packet[1] === 200;
    const length = rtcp ? this.sender.protectRtcp(packet) : this.sender.protectRtp(packet);
    return crypto.packet.slice(0, length);
  }

  /** The opened packet, or why it was refused. */
  open(packet: Uint8Array, now = 0): Uint8Array | string {
    const rtcp = packet[1] === 200;
    const length = rtcp ? this.receiver.openRtcp(packet, now) : this.receiver.openRtp(packet, now);
    return length < 0 ? this.receiver.refusal : crypto.packet.slice(0, length);
  }
}

describe.each(srtpSuiteNames)("%s", (name) => {
  it("protects RTP with an extension and padding, and RTCP, and nothing of them is left in the clear", () => {
    const pair = new Pair(masterKey(name));
    const rtp = rtpPacket({ sequence: 7, extension: 2, payload: 160 });
    const rtcp = rtcpPacket();

    const [srtp, srtcp] = [pair.protect(rtp), pair.protect(rtcp)];

    const { rtpTagBytes, rtcpTagBytes } = masterKey(name).suite;
    expect(srtp.length - rtp.length).toBe(rtpTagBytes);
    expect(srtcp.length - rtcp.length).toBe(rtcpTagBytes + 4);
    expect(srtp.subarray(0, 24)).toEqual(rtp.subarray(0, 24));
    expect(srtp.subarray(24, 184)).not.toEqual(rtp.subarray(24, 184));
    expect(srtcp.subarray(8, 28)).not.toEqual(rtcp.subarray(8, 28));
    expect(pair.open(srtp)).toEqual(rtp);
    expect(pair.open(srtcp)).toEqual(rtcp);
  });

  it("takes no packet of which a bit was changed, or that was cut, and none by another key", () => {
    const pair = new Pair(masterKey(name));
    const stranger = new Pair(masterKey(name), otherKey(name));
    for (const packet of [rtpPacket({ sequence: 1, payload: 40 }), rtcpPacket()]) {
      const sealed = pair.protect(packet);
      for (let at = 2; at < sealed.length; at += 1) {
        const changed = sealed.slice();
        changed[at]! ^= 1 << (at % 8);
        expect([at, pair.open(changed)]).toEqual([at, "forged"]);
      }
      for (let length = 0; length < sealed.length; length += 1) {
        expect(pair.open(sealed.slice(0, length))).toBe("forged");
      }
      expect(stranger.open(sealed)).toBe("forged");
      expect(pair.open(sealed)).toEqual(packet);
    }
  });

  it.each([
    ["announced and sent otherwise", "0a0b", "0a0c"],
    ["announced and not sent", "00000001", ""],
    ["sent and not announced", "", "01"],
    ["of another length than announced", "01", "00000001"],
  ])("takes packets whose master key identifier is %s", (_, announced, sent) => {
    const sender = new Pair(masterKey(name, undefined, sent));
    const receiver = new Pair(masterKey(name, undefined, announced));
    const packets = [1, 2, 3].flatMap((sequence) => [rtpPacket({ sequence }), rtcpPacket()]);
    for (const packet of packets) expect(receiver.open(sender.protect(packet), 1000)).toEqual(packet);
    expect(receiver.tolerated.mkis).toBe(announced.length === sent.length ? 0 : 2);
    const forged = new Pair(otherKey(name));
    expect(receiver.open(forged.protect(rtpPacket({ sequence: 9 })), 5000)).toBe("forged");
    expect(receiver.open(sender.protect(rtpPacket({ sequence: 9 })), 5000)).toEqual(
      rtpPacket({ sequence: 9 }),
    );
  });
});

describe("the rollover counter", () => {
  const master = masterKey("AES_CM_128_HMAC_SHA1_80");

  it("rises when the sequence begins again, and what comes late is of the one before", () => {
    const pair = new Pair(master);
    const packets = [65_533, 65_534, 65_535, 0, 1, 2].map((sequence) => rtpPacket({ sequence }));
    const sealed = packets.map((packet) => pair.protect(packet));
    const order = [0, 1, 3, 2, 5, 4];

    expect(order.map((index) => pair.open(sealed[index]!))).toEqual(order.map((index) => packets[index]));
  });

  it("is found when a stream is heard that has rolled over before, by a few searches a second", () => {
    const pair = new Pair(master);
    const send = (sequence: number) => pair.protect(rtpPacket({ sequence }));
    for (let sequence = 0; sequence < 3 * 65_536; sequence += 8192) send(sequence & 0xffff);
    const stranger = new Pair(otherKey("AES_CM_128_HMAC_SHA1_80"));

    expect(pair.open(stranger.protect(rtpPacket({ sequence: 9 })), 1000)).toBe("forged");
    expect(pair.open(send(57_345), 1100)).toBe("forged");
    expect(pair.open(send(57_346), 1300)).toEqual(rtpPacket({ sequence: 57_346 }));
    expect(pair.open(send(57_347), 1301)).toEqual(rtpPacket({ sequence: 57_347 }));
  });
});

describe("a stream that restarts with the same key", () => {
  const master = masterKey("AES_CM_128_HMAC_SHA1_80");

  /** The verdicts on so many packets of a sender that has forgotten how far it was, 20 ms apart. */
  function restart(
    pair: Pair,
    { from, count = 8, at }: { from: number; count?: number; at: number },
  ): unknown[] {
    const beginning = new Pair(master);
    return Array.from({ length: count }, (_, index) => {
      const sealed = beginning.protect(rtpPacket({ sequence: (from + index) & 0xffff }));
      const opened = pair.open(sealed, at + 20 * index);
      return typeof opened === "string" ? opened : "taken";
    });
  }

  it.each([
    ["behind", 20_000, 0, 100, "replayed"],
    ["far behind", 40_000, 0, 100, "forged"],
    ["after a rollover", 300, 1, 20_000, "forged"],
    ["after many rollovers", 300, 5, 20_000, "forged"],
  ])("is taken for a while after a renegotiation: %s", (_, highest, rollovers, from, refusal) => {
    const pair = new Pair(master);
    for (let index = 0; index < rollovers * 65_536 + highest; index += 8192)
      pair.open(pair.protect(rtpPacket({ sequence: index & 0xffff })), 0);
    pair.open(pair.protect(rtpPacket({ sequence: highest })), 0);
    pair.receiver.admitRestarts(10_000);

    const verdicts = restart(pair, { from, at: 11_000 });

    expect(verdicts).toEqual([...Array(4).fill(refusal), ...Array(4).fill("taken")]);
    expect(pair.tolerated.restarts).toBe(1);
  });

  it("is not taken at any other time, nor by another key, nor at once", () => {
    const pair = new Pair(master);
    pair.open(pair.protect(rtpPacket({ sequence: 20_000 })));
    expect(restart(pair, { from: 100, at: 0, count: 50 })).not.toContain("taken");
    pair.receiver.admitRestarts(10_000);
    expect(restart(pair, { from: 100, at: 15_000, count: 50 })).not.toContain("taken");

    pair.receiver.admitRestarts(20_000);
    const stranger = new Pair(otherKey("AES_CM_128_HMAC_SHA1_80"));
    for (let index = 0; index < 50; index += 1) {
      const sealed = stranger.protect(rtpPacket({ sequence: 100 + index }));
      expect(pair.open(sealed, 20_000 + 20 * index)).toBe("replayed");
    }
    const sealed = Array.from({ length: 50 }, (_, index) =>
      pair.protect(rtpPacket({ sequence: 20_001 + index })),
    );
    for (const packet of sealed) pair.open(packet, 21_000);
    expect(sealed.map((packet) => pair.open(packet, 22_000))).toEqual(Array(50).fill("replayed"));
  });

  it("is not taken while packets of the stream that goes on come between", () => {
    const pair = new Pair(master);
    const recorded = Array.from({ length: 400 }, (_, index) => pair.protect(rtpPacket({ sequence: index })));
    for (const packet of recorded) pair.open(packet, 0);
    pair.receiver.admitRestarts(0);
    for (let index = 0; index < 40; index += 1) {
      const now = 20 * index;
      expect(pair.open(recorded[index]!, now)).toBe("replayed");
      expect(pair.open(pair.protect(rtpPacket({ sequence: 400 + index })), now)).toBeInstanceOf(Uint8Array);
    }
  });
});

describe("the replay window", () => {
  const master = masterKey("AEAD_AES_128_GCM");

  it("takes each packet once, in any order within 128, and each report once", () => {
    const pair = new Pair(master);
    const sealed = Array.from({ length: 200 }, (_, index) => pair.protect(rtpPacket({ sequence: index })));
    const report = pair.protect(rtcpPacket());

    expect(pair.open(sealed[150]!)).toBeInstanceOf(Uint8Array);
    expect(pair.open(sealed[23]!)).toBeInstanceOf(Uint8Array);
    expect(pair.open(sealed[22]!)).toBe("replayed");
    expect(pair.open(sealed[150]!)).toBe("replayed");
    expect(pair.open(sealed[23]!)).toBe("replayed");
    expect(pair.open(report)).toBeInstanceOf(Uint8Array);
    expect(pair.open(report)).toBe("replayed");
  });

  it("is not moved by packets that are forged", () => {
    const pair = new Pair(master);
    const stranger = new Pair(otherKey("AEAD_AES_128_GCM"));
    expect(pair.open(pair.protect(rtpPacket({ sequence: 100 })))).toBeInstanceOf(Uint8Array);

    for (let sequence = 101; sequence < 30_000; sequence += 500) {
      expect(pair.open(stranger.protect(rtpPacket({ sequence })))).toBe("forged");
    }

    expect(pair.open(pair.protect(rtpPacket({ sequence: 101 })))).toBeInstanceOf(Uint8Array);
  });
});

it("keeps the streams of one key apart, and forgets the one that was heard longest ago", () => {
  const pair = new Pair(masterKey("AES_CM_128_HMAC_SHA1_80"));
  const packets = Array.from({ length: 17 }, (_, ssrc) => rtpPacket({ sequence: 5, ssrc: ssrc + 1 }));
  const sealed = packets.map((packet) => pair.protect(packet));

  expect(sealed.map((packet, at) => pair.open(packet, at))).toEqual(packets);

  expect(pair.open(sealed[16]!, 20)).toBe("replayed");
  expect(pair.open(sealed[1]!, 20)).toBe("replayed");
  expect(pair.open(sealed[0]!, 20)).toEqual(packets[0]);
});

it("takes reports that were not encrypted by their sender but are authentic (RFC 3711 §3.4)", () => {
  // The same report with the E flag at 0, by another library.
  const master = masterKey("AES_CM_128_HMAC_SHA1_80");
  const pair = new Pair(master);
  const report = rtcpPacket();
  expect(pair.open(unencryptedReport(master, report, 3))).toEqual(report);
  expect(pair.open(unencryptedReport(master, report, 3))).toBe("replayed");
});

describe("another process goes on with a session", () => {
  it("past a rollover in both directions, and takes nothing twice", () => {
    const [send, receive] = [masterKey("AES_CM_128_HMAC_SHA1_80"), otherKey("AES_CM_128_HMAC_SHA1_80")];
    const far = new SrtpSession(crypto);
    far.use({ send: receive, receive: send }, 0);
    const dead = new SrtpSession(crypto);
    dead.use({ send, receive }, 0);
    const pass = (from: SrtpSession, to: SrtpSession, sequence: number): Uint8Array | undefined => {
      const sealed = from.protect(rtpPacket({ sequence, payload: 40 }))!.slice();
      return to.open(sealed, 0) && sealed;
    };
    const last = [65_534, 65_535, 0, 1].map((sequence) => {
      pass(dead, far, sequence);
      return pass(far, dead, sequence)!;
    });

    const next = new SrtpSession(crypto);
    next.use({ send, receive }, 0);
    next.resume(dead.progress, 0);

    expect(next.open(last.at(-1)!, 0)).toBeUndefined();
    expect(next.replayed).toBe(1);
    expect(pass(next, far, 300)).toBeDefined();
    expect(pass(far, next, 250)).toBeDefined();
    expect([next.forged, far.forged, far.replayed]).toEqual([0, 0, 0]);
  });
});

describe("a session whose far end has written another key", () => {
  const suite = "AES_CM_128_HMAC_SHA1_80";
  const [send, first] = [masterKey(suite), otherKey(suite)];
  const [second, third] = ["11", "22"].map((digits) => masterKey(suite, digits.repeat(30))) as [
    MasterKey,
    MasterKey,
  ];
  let sequence = 0;
  const sealed = (by: MasterKey): Uint8Array => {
    sequence += 1;
    return new Pair(by).protect(rtpPacket({ sequence, payload: 40 }));
  };
  const begun = (): SrtpSession => {
    const session = new SrtpSession(crypto);
    session.use({ send, receive: first }, 0);
    session.open(sealed(first), 0);
    return session;
  };

  it("takes the old key until five seconds after the first packet by the new one", () => {
    const session = begun();
    session.use({ send, receive: second }, 1000);
    expect(session.open(sealed(first), 60_000)).toBeDefined();
    expect(session.open(sealed(second), 60_020)).toBeDefined();
    expect(session.open(sealed(first), 65_000)).toBeDefined();
    expect(session.open(sealed(first), 65_021)).toBeUndefined();
    expect(session.open(sealed(second), 65_040)).toBeDefined();
    expect([session.forged, session.replayed]).toEqual([1, 0]);
  });

  it("takes it on through further keys that are not used", () => {
    const session = begun();
    session.use({ send, receive: second }, 1000);
    session.use({ send, receive: third }, 900_000);
    expect(session.open(sealed(first), 900_020)).toBeDefined();
    expect(session.open(sealed(second), 900_040)).toBeUndefined();
  });

  it("takes it in another process as well, and nothing twice", () => {
    const session = begun();
    session.use({ send, receive: second }, 1000);
    const last = sealed(first);
    session.open(last, 1020);
    const next = new SrtpSession(crypto);
    next.use({ send, receive: second }, 0);
    next.resume(readState<SrtpProgress>(writeState(session.progress)), 0);

    expect(next.open(last, 0)).toBeUndefined();
    expect(next.open(sealed(first), 20)).toBeDefined();
    expect(next.open(sealed(second), 40)).toBeDefined();
    expect(next.open(sealed(first), 5041)).toBeUndefined();
    expect(next.progress.old).toBeUndefined();
  });
});

describe("a far end that announces a master key identifier", () => {
  const name = "AES_CM_128_HMAC_SHA1_80";
  const keys = (mki: string) => ({
    send: masterKey(name, undefined, mki),
    receive: { ...otherKey(name), mki: new Uint8Array(Buffer.from(mki, "hex")) },
  });
  const packet = rtpPacket({ sequence: 1 });
  const tagBytes = 10;

  it.each([
    ["and sends none is sent none", "", 0],
    ["and sends it is sent it", "0000000a", 4],
  ])("%s", (_, sent, bytes) => {
    const [ours, theirs] = [new SrtpSession(crypto), new SrtpSession(crypto)];
    ours.use(keys("0000000a"), 0);
    const { send, receive } = keys(sent);
    theirs.use({ send: receive, receive: send }, 0);
    expect(ours.protect(packet)?.length).toBe(packet.length + 4 + tagBytes);

    expect(ours.open(theirs.protect(packet)!.slice(), 0)).toEqual(packet);

    const next = ours.protect(rtpPacket({ sequence: 2 }))!.slice();
    expect(next.length).toBe(packet.length + bytes + tagBytes);
    expect(theirs.open(next, 0)).toEqual(rtpPacket({ sequence: 2 }));
    expect([ours.tolerated.mkis, ours.forged]).toEqual([bytes === 0 ? 1 : 0, 0]);
  });
});
