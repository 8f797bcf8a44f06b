// The phone's G.711 against the values that ITU-T G.711 tabulates.
import { describe, expect, it } from "vitest";
import { decodeG711, encodeG711 } from "../../support/phone/index.ts";
import { fitTones, sines } from "../../support/tones.ts";

const allCodes = Uint8Array.from({ length: 256 }, (_, code) => code);

describe("G.711 by formula", () => {
  it("decodes the ends and the middle of the µ-law", () => {
    expect([...decodeG711("PCMU", Uint8Array.of(0x00, 0x01, 0x80, 0xff, 0xfe))]).toEqual([
      -32124, -31100, 32124, 0, 8,
    ]);
  });

  it("decodes the ends and the middle of the A-law", () => {
    expect([...decodeG711("PCMA", Uint8Array.of(0x2a, 0xaa, 0x55, 0xd5, 0x00))]).toEqual([
      -32256, 32256, -8, 8, -5504,
    ]);
  });

  it.each(["PCMU", "PCMA"] as const)("%s: every code survives decoding and encoding", (law) => {
    const codes = encodeG711(law, decodeG711(law, allCodes));
    // µ-law has two zeros; the negative one comes back as the positive.
    const expected = allCodes.map((code) => (law === "PCMU" && code === 0x7f ? 0xff : code));
    expect(codes).toEqual(expected);
  });

  it.each(["PCMU", "PCMA"] as const)("%s: a tone keeps its level and gains little noise", (law) => {
    const tone = sines([{ frequency: 1004, levelDbov: -20 }], 4000);
    const fit = fitTones(decodeG711(law, encodeG711(law, tone)), [1004]);
    expect(fit.levels[0]).toBeCloseTo(-20, 1);
    expect(fit.residualDbov).toBeLessThan(-54);
  });
});
