// Feedback on video, as it is written and as it is read.
import { describe, expect, it } from "vitest";
import {
  emptyFeedbackFindings,
  readFeedback,
  writeFir,
  writeNack,
  writePli,
  writeRemb,
} from "../../../../media/rtp/index.ts";

const parties = { sender: 1, source: 0xfeed_beef };

/** What is read of what `write` makes. */
function readBack(write: (out: Uint8Array) => number, ssrc = parties.source) {
  const out = new Uint8Array(512);
  const packet = out.subarray(0, write(out));
  const findings = emptyFeedbackFindings();
  expect(readFeedback(packet, ssrc, findings)).toBe(true);
  const { found, pli, fir, firNumber, remb } = findings;
  return {
    found,
    pli,
    fir,
    firNumber,
    remb,
    missing: [...findings.missing.subarray(0, findings.missingCount)],
  };
}

describe("feedback", () => {
  it("names what is missing, close together or far apart, over the wrap", () => {
    const sequences = [65_534, 65_535, 0, 14, 15, 100];
    const read = readBack((out) => writeNack(out, 0, { ...parties, sequences }));
    expect(read.missing).toEqual(sequences);
  });

  it("names no more than fits", () => {
    const sequences = Array.from({ length: 200 }, (_, index) => index * 50);
    const read = readBack((out) => writeNack(out, 0, { ...parties, sequences }));
    expect(read.missing).toEqual(sequences.slice(0, 32));
  });

  it("asks for key frames in both ways", () => {
    expect(readBack((out) => writePli(out, 0, parties))).toMatchObject({ pli: true, fir: false });
    expect(readBack((out) => writeFir(out, 0, { ...parties, number: 258 }))).toMatchObject({
      ...{ pli: false, fir: true, firNumber: 2 },
    });
  });

  it.each([0, 64_000, 262_143, 262_144, 2_500_000, 900_000_000])("says %i bit/s to 18 bits", (bitrate) => {
    const { remb } = readBack((out) => writeRemb(out, 0, { ...parties, bitrate }));
    expect(Math.abs(remb! - bitrate)).toBeLessThanOrEqual(bitrate / 131_072);
  });

  it("about another stream is passed over", () => {
    for (const write of [
      (out: Uint8Array) => writeNack(out, 0, { ...parties, sequences: [1] }),
      (out: Uint8Array) => writePli(out, 0, parties),
      (out: Uint8Array) => writeFir(out, 0, { ...parties, number: 1 }),
      (out: Uint8Array) => writeRemb(out, 0, { ...parties, bitrate: 1000 }),
    ]) {
      expect(readBack(write, 7)).toMatchObject({ found: false, pli: false, fir: false, missing: [] });
    }
  });

  it("is read behind a report and one after the other", () => {
    const read = readBack((out) => {
      out.set([0x80, 201, 0, 1, 0, 0, 0, 1]);
      const nack = writeNack(out, 8, { ...parties, sequences: [5, 6] });
      return writePli(out, nack, parties);
    });
    expect(read).toMatchObject({ pli: true, missing: [5, 6] });
  });

  it("that is cut, or claims to be longer than it is, is refused or yields nothing beyond its end", () => {
    const out = new Uint8Array(512);
    let end = writeNack(out, 0, { ...parties, sequences: [1, 30, 60, 90] });
    end = writeRemb(out, writeFir(out, end, { ...parties, number: 1 }), { ...parties, bitrate: 5000 });
    const findings = emptyFeedbackFindings();
    for (let length = 0; length < end; length += 1) {
      for (let at = 0; at < length; at += 1) {
        const packet = out.slice(0, length);
        packet[at]! ^= 0xff;
        readFeedback(packet, parties.source, findings);
        expect(findings.missingCount).toBeLessThanOrEqual(256);
      }
    }
    expect(readFeedback(new Uint8Array(), parties.source, findings)).toBe(false);
    expect(readFeedback(out.slice(0, end - 1), parties.source, findings)).toBe(false);
  });
});
