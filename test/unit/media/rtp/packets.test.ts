// RTP and RTCP on the wire, well-formed and hostile.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compactNtp,
  emptyRtcpFindings,
  emptyRtpHeader,
  hasWrongPadding,
  looksLikeRtcp,
  maxRtcpBytes,
  minPacketMs,
  packetsOfReturn,
  ReceiverStats,
  type RtcpReport,
  readRtcp,
  readRtpHeader,
  roundTripMs,
  StreamSource,
  sequenceDistance,
  timestampDistance,
  writeRtcp,
  writeRtpHeader,
} from "../../../../media/rtp/index.ts";

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

describe("an RTP header", () => {
  const header = emptyRtpHeader();

  it("reads back as it was written", () => {
    const packet = new Uint8Array(14);
    const fields = {
      payloadType: 101,
      marker: true,
      sequence: 65_535,
      timestamp: 0xfedc_ba98,
      ssrc: 0x8000_0001,
    };
    writeRtpHeader(packet, { ...header, ...fields });
    expect(readRtpHeader(packet, header)).toBe(true);
    expect(header).toEqual({ ...fields, payloadStart: 12, payloadEnd: 14 });
    expect(looksLikeRtcp(packet)).toBe(false);
  });

  it("finds the payload behind sources, extension and before padding", () => {
    const packet = bytes("b1 00 0001 00000002 00000003 0000000a bede0001 11223344 aabb 000002");
    expect(readRtpHeader(packet, header)).toBe(true);
    expect([...packet.slice(header.payloadStart, header.payloadEnd)]).toEqual([0xaa, 0xbb, 0]);
  });

  it.each([
    ["too short", "80 00 0001 00000002 000000"],
    ["another version", "40 00 0001 00000002 00000003 ff"],
    ["sources beyond the end", "8f 00 0001 00000002 00000003 ff"],
    ["an extension without a head", "90 00 0001 00000002 00000003 be"],
    ["an extension beyond the end", "90 00 0001 00000002 00000003 bede0002 00000000"],
  ])("is refused: %s", (_, hex) => {
    expect(readRtpHeader(bytes(hex), header)).toBe(false);
  });

  it.each([
    ["of nothing", "a0 00 0001 00000002 00000003 ff00"],
    ["longer than the payload", "a0 00 0001 00000002 00000003 ff09"],
    ["without a payload", "a0 00 0001 00000002 00000003"],
  ])("takes padding that cannot be one for payload: %s", (_, hex) => {
    const packet = bytes(hex);
    expect(readRtpHeader(packet, header)).toBe(true);
    expect([header.payloadStart, header.payloadEnd]).toEqual([12, packet.length]);
    expect(hasWrongPadding(packet, header)).toBe(true);
  });

  it("never points outside the packet", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (packet) => {
        if (packet.length > 0) packet[0] = (packet[0]! & 0x3f) | 0x80;
        if (!readRtpHeader(packet, header)) return;
        expect(header.payloadStart).toBeGreaterThanOrEqual(12);
        expect(header.payloadStart).toBeLessThanOrEqual(header.payloadEnd);
        expect(header.payloadEnd).toBeLessThanOrEqual(packet.length);
      }),
      { seed: 1 },
    );
  });
});

describe("serial numbers", () => {
  it("compare across their wrap", () => {
    expect(sequenceDistance(2, 65_534)).toBe(4);
    expect(sequenceDistance(65_534, 2)).toBe(-4);
    expect(timestampDistance(100, 0xffff_ff00)).toBe(356);
  });
});

const report: RtcpReport = {
  ssrc: 0x1111_1111,
  cname: "somebody",
  wallMs: Date.UTC(2026, 0, 1) + 250,
  bye: false,
  sending: true,
  rtpTimestamp: 8000,
  packetsSent: 50,
  octetsSent: 8000,
  sourceSsrc: 0x2222_2222,
  fractionLost: 64,
  cumulativeLost: 12,
  extendedHighest: 0x0001_0005,
  jitter: 80.5,
  lastSenderReport: 0x1234_5678,
  delaySinceLastSenderReport: 65_536,
};

describe("RTCP", () => {
  const findings = emptyRtcpFindings();
  const out = new Uint8Array(maxRtcpBytes);

  it("says what the other side reads", () => {
    const length = writeRtcp(out, { ...report, bye: true });
    expect(length % 4).toBe(0);
    expect(readRtcp(out.slice(0, length), 0x2222_2222, findings)).toBe(true);
    expect(findings).toEqual({
      senderSsrc: 0x1111_1111,
      hasReport: true,
      hasSenderReport: true,
      senderNtp: compactNtp(report.wallMs),
      hasBlock: true,
      fractionLost: 64,
      cumulativeLost: 12,
      extendedHighest: 0x1_0005,
      jitter: 80,
      lastSenderReport: 0x1234_5678,
      delaySinceLastSenderReport: 65_536,
      hasBye: true,
    });
  });

  it("is a receiver report while nothing is sent, without a block while nothing is heard", () => {
    const length = writeRtcp(out, { ...report, sending: false, sourceSsrc: undefined });
    expect(out[1]).toBe(201);
    expect(readRtcp(out.slice(0, length), 0x2222_2222, findings)).toBe(true);
    expect(findings).toMatchObject({ hasSenderReport: false, hasBlock: false, hasBye: false });
  });

  it("gives the round trip from the last sender report", () => {
    const sentAt = Date.UTC(2026, 0, 1);
    Object.assign(findings, { hasBlock: true, delaySinceLastSenderReport: 65_536 / 2 });
    findings.lastSenderReport = compactNtp(sentAt);
    expect(roundTripMs(findings, compactNtp(sentAt + 580))).toBeCloseTo(80, 0);
    expect(roundTripMs(findings, compactNtp(sentAt + 400))).toBeUndefined();
    // Those who never fill the delay in say nothing.
    findings.delaySinceLastSenderReport = 0;
    expect(roundTripMs(findings, compactNtp(sentAt + 580))).toBeUndefined();
    findings.delaySinceLastSenderReport = 65_536 / 2;
    findings.lastSenderReport = 0;
    expect(roundTripMs(findings, compactNtp(sentAt + 580))).toBeUndefined();
  });

  it("is refused when cut short or of another version", () => {
    const whole = out.slice(0, writeRtcp(out, { ...report, bye: true }));
    for (let length = 0; length < whole.length; length += 1) {
      expect(readRtcp(whole.slice(0, length), 0, findings), `${length} bytes`).toBe(length >= 52);
    }
    expect(readRtcp(bytes("41c90001 00000001"), 0, findings)).toBe(false);
    expect(readRtcp(bytes("80c00000"), 0, findings)).toBe(false);
    expect(readRtcp(bytes("80d00001 00000001"), 0, findings)).toBe(false);
    expect(readRtcp(bytes("81c80001 00000001"), 0, findings)).toBe(false);
  });

  it("is a report of as many blocks as there is room for, whatever it counts", () => {
    expect(readRtcp(bytes("81c90001 00000001"), 0, findings)).toBe(true);
    expect(findings).toMatchObject({ senderSsrc: 1, hasReport: true, hasBlock: false });
    const whole = out.slice(0, writeRtcp(out, { ...report, bye: false }));
    whole[0] = 0x9f;
    expect(readRtcp(whole, 0x2222_2222, findings)).toBe(true);
    expect(findings).toMatchObject({ hasSenderReport: true, hasBlock: true, fractionLost: 64 });
  });

  it("is believed as far as it is valid", () => {
    const whole = out.slice(0, writeRtcp(out, { ...report, bye: false }));
    for (const wrong of ["00", "80ca0009 00000001", "41c90001 00000001", "81c90001 00000001"]) {
      expect(readRtcp(Uint8Array.of(...whole, ...bytes(wrong)), 0x2222_2222, findings), wrong).toBe(true);
      expect(findings).toMatchObject({ hasSenderReport: true, hasBlock: true, senderSsrc: 0x1111_1111 });
    }
  });

  it.each([
    ["feedback about a transport", "8fcd0005 00000007 22222222 00000001 00000000 00000000"],
    ["a request for a key frame", "81ce0002 00000007 22222222"],
    ["an extended report", "80cf0001 00000007"],
    ["a message of an application", "80cc0002 00000007 6e616d65"],
    ["a description", "81ca0002 00000007 01000000"],
    ["a goodbye", "81cb0001 00000007"],
  ])("may be alone, and says who has sent it: %s", (what, packet) => {
    expect(readRtcp(bytes(packet), 0x2222_2222, findings)).toBe(true);
    const hasBye = what === "a goodbye";
    expect(findings).toMatchObject({ senderSsrc: 7, hasReport: false, hasBlock: false, hasBye });
  });

  it("may begin with something else than a report, whose sender counts", () => {
    const whole = out.slice(0, writeRtcp(out, { ...report, bye: false }));
    const packet = Uint8Array.of(...bytes("81ce0002 00000001 22222222"), ...whole);
    expect(readRtcp(packet, 0x2222_2222, findings)).toBe(true);
    expect(findings).toMatchObject({ senderSsrc: 0x1111_1111, hasSenderReport: true, hasBlock: true });
  });

  it("may end with a description or a goodbye that names nobody", () => {
    const whole = out.slice(0, writeRtcp(out, { ...report, bye: false }));
    for (const empty of ["80ca0000", "80cb0000", "80ca0000 80cb0000"]) {
      const packet = Uint8Array.of(...whole, ...bytes(empty));
      expect(readRtcp(packet, 0x2222_2222, findings), empty).toBe(true);
      expect(findings).toMatchObject({ hasBlock: true, fractionLost: 64, hasBye: false });
    }
    expect(readRtcp(Uint8Array.of(...whole, ...bytes("81cb0000")), 0, findings)).toBe(true);
    expect(findings.hasBye).toBe(false);
    expect(readRtcp(bytes("80c90000"), 0, findings)).toBe(false);
  });

  it("survives garbage", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(200, 201, 203), (packet, type) => {
        if (packet.length > 1) packet.set([(packet[0]! & 0x1f) | 0x80, type]);
        readRtcp(packet, 0, findings);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe("the stream listened to", () => {
  it("is the first, until another shows two packets while it is silent", () => {
    const source = new StreamSource();
    expect(source.admit(1, 100)).toBe("begins");
    expect(source.admit(1, 101)).toBe("continues");
    expect(source.admit(2, 7)).toBe("ignored");
    expect(source.admit(1, 102)).toBe("continues");
    expect(source.admit(2, 8)).toBe("ignored");
    expect(source.admit(2, 9)).toBe("begins");
    expect(source.ssrc).toBe(2);
  });

  it("may restart its sequence, but one stray packet does not", () => {
    const source = new StreamSource();
    source.admit(1, 65_530);
    expect(source.admit(1, 3)).toBe("continues");
    expect(source.admit(1, 30_000)).toBe("ignored");
    expect(source.admit(1, 4)).toBe("continues");
    expect(source.admit(1, 30_001)).toBe("ignored");
    expect(source.admit(1, 30_002)).toBe("begins");
  });

  it("may leap ahead sooner than the packets between can have been sent, which lost packets do not", () => {
    const source = () => new StreamSource(packetsOfReturn, minPacketMs);
    const leaping = source();
    expect(leaping.admit(1, 100, 1000)).toBe("begins");
    expect(leaping.admit(1, 2000, 1020)).toBe("ignored");
    expect(leaping.admit(1, 101, 1020)).toBe("continues");
    expect(leaping.admit(1, 2001, 1040)).toBe("ignored");
    expect(leaping.admit(1, 2002, 1060)).toBe("begins");
    const losing = source();
    losing.admit(1, 100, 1000);
    expect(losing.admit(1, 2000, 39_000)).toBe("continues");
    expect(losing.admit(1, 2051, 39_000)).toBe("continues");
    expect(losing.admit(1, 2103, 39_000)).toBe("ignored");
    losing.continueTo(2103, 40_000);
    expect(losing.admit(1, 2204, 40_250)).toBe("continues");
    const unknown = new StreamSource();
    unknown.admit(1, 100);
    expect(unknown.admit(1, 3000)).toBe("continues");
  });

  it("may restart just behind, which packets out of order, twice or late do not", () => {
    const source = new StreamSource(packetsOfReturn);
    source.admit(1, 100);
    for (let sequence = 101; sequence < 200; sequence += 1) {
      expect(source.admit(1, sequence)).toBe("continues");
      expect(source.admit(1, sequence)).toBe("continues");
      if (sequence > 130) expect(source.admit(1, sequence - 30)).toBe("continues");
    }
    for (let late = 190; late < 190 + packetsOfReturn - 1; late += 1)
      expect(source.admit(1, late)).toBe("continues");
    expect(source.admit(1, 200)).toBe("continues");
    const verdicts = Array.from({ length: packetsOfReturn }, (_, index) => source.admit(1, 120 + index));
    expect(verdicts.at(-1)).toBe("begins");
    expect(new Set(verdicts.slice(0, -1))).toEqual(new Set(["continues"]));
    expect(source.admit(1, 120 + packetsOfReturn)).toBe("continues");
  });
});

describe("what is counted of a stream", () => {
  it("is losses, the fraction since the last report, and the totals over streams", () => {
    const reception = new ReceiverStats(8000);
    reception.begin(65_530);
    for (let index = 0; index < 20; index += 1)
      if (index % 4 !== 1) reception.count((65_530 + index) & 0xffff);
    expect(reception.received).toBe(15);
    expect(reception.lost).toBe(5);
    expect(reception.extendedHighest).toBe(65_530 + 19);
    expect(reception.takeFractionLost()).toBe(64);
    expect(reception.takeFractionLost()).toBe(0);
    reception.begin(5);
    reception.count(5);
    reception.count(7);
    expect(reception.lost).toBe(6);
    expect(reception.streamLost).toBe(1);
  });

  it.each([
    ["each packet twice", 1],
    ["a packet again twenty packets later", 20],
  ])("is no less for packets that came before: %s", (_, later) => {
    const reception = new ReceiverStats(8000);
    reception.begin(65_000);
    for (let index = 0; index < 1000; index += 1) {
      reception.count((65_000 + index) & 0xffff);
      if (index >= later) reception.count((65_000 + index - later + 1) & 0xffff);
    }
    expect(reception.lost).toBe(0);
    for (let index = 1000; index < 1100; index += 1)
      if (index % 10 !== 0) reception.count((65_000 + index) & 0xffff);
    expect(reception.lost).toBe(10);
    // As RFC 3550 counts.
    expect(reception.streamLost).toBe(0);
  });

  it("is no less for packets from before the first, and each that comes late is no loss", () => {
    const reception = new ReceiverStats(8000);
    reception.begin(100);
    for (const sequence of [100, 98, 99, 103, 101]) reception.count(sequence);
    expect(reception.lost).toBe(1);
  });

  it("is jitter as RFC 3550 computes it", () => {
    const reception = new ReceiverStats(8000);
    let expected = 0;
    for (let index = 0; index < 100; index += 1) {
      reception.measure(index * 160, index * 20 + (index % 2) * 10);
      if (index > 0) expected += (80 - expected) / 16;
    }
    expect(reception.jitter).toBeCloseTo(expected, 6);
    expect(reception.jitterMs).toBeCloseTo(10, 0);
    reception.measure(5_000_000, 2000);
    expect(reception.jitterMs).toBeLessThan(11);
  });
});
