// G.711, both laws.
import { describe, expect, it } from "vitest";
import { pcma, pcmu } from "../../../../media/codec/index.ts";

const allCodes = Uint8Array.from({ length: 256 }, (_, code) => code);

const allSamples = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);

function codesOf(codec: typeof pcmu, ...samples: number[]): number[] {
  const out = new Uint8Array(samples.length);
  codec.encode(Int16Array.from(samples), out);
  return [...out];
}

describe("G.711", () => {
  it("has the codes of the standard at the ends and around zero", () => {
    expect(codesOf(pcmu, 0, -1, 32_767, -32_768, 1000, -1000)).toEqual([0xff, 0x7f, 0x80, 0x00, 0xce, 0x4e]);
    expect(codesOf(pcma, 0, -1, 32_767, -32_768, 1000, -1000)).toEqual([0xd5, 0x55, 0xaa, 0x2a, 0xfa, 0x7a]);
  });

  it("has the loudest samples of the standard", () => {
    const pcm = new Int16Array(256);
    pcmu.decode(allCodes, pcm);
    expect([pcm[0x80], pcm[0x00], pcm[0xff], pcm[0x7f]]).toEqual([32_124, -32_124, 0, 0]);
    pcma.decode(allCodes, pcm);
    expect([pcm[0xaa], pcm[0x2a], pcm[0xd5], pcm[0x55]]).toEqual([32_256, -32_256, 8, -8]);
  });

  it.each([
    ["PCMU", pcmu],
    ["PCMA", pcma],
  ])("%s encodes what it decoded as it was, and every sample to a step beside it", (name, codec) => {
    const steps = new Int16Array(256);
    codec.decode(allCodes, steps);
    const codes = new Uint8Array(256);
    codec.encode(steps, codes);
    const changed = [...allCodes].filter((code) => codes[code] !== code);
    // μ-law knows two zeros, of which one is sent.
    expect(changed).toEqual(name === "PCMU" ? [0x7f] : []);

    const encoded = new Uint8Array(65_536);
    const decoded = new Int16Array(65_536);
    codec.encode(allSamples, encoded);
    codec.decode(encoded, decoded);
    const sorted = [...steps].sort((a, b) => a - b);
    allSamples.forEach((sample, index) => {
      if (sample < sorted[0]! || sample > sorted[255]!) return;
      const above = sorted.find((step) => step >= sample)!;
      const below = sorted.findLast((step) => step <= sample)!;
      const got = decoded[index]!;
      if (got !== above && got !== below) throw new Error(`${sample} → ${got}`);
      if (index > 0 && got < decoded[index - 1]!) throw new Error(`not monotonic at ${sample}`);
    });
  });
});
