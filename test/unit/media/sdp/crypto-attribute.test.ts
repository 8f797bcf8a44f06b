// The attribute `a=crypto` (RFC 4568 §9.1), line by line.
import { describe, expect, it } from "vitest";
import { readCryptoLines, writeCryptoLine } from "../../../../media/sdp/crypto-attribute.ts";

const material = Buffer.alloc(30, 7).toString("base64");
const crypto = (value: string) => ({ name: "crypto", value });
const read = (value: string) => readCryptoLines({ attributes: [crypto(value)] })[0];
const withParameters = (parameters: string) =>
  read(`1 AES_CM_128_HMAC_SHA1_80 inline:${material}${parameters}`);
const mkiOf = (parameters: string) => {
  const line = withParameters(parameters);
  return line && Buffer.from(line.key.mki).toString("hex");
};

describe("a master key identifier", () => {
  it.each([
    ["", ""],
    ["|2^20", ""],
    ["|1:1", "01"],
    ["|2^31|1:4", "00000001"],
    ["|65535:2", "ffff"],
    [`|${2n ** 128n - 1n}:16`, "ff".repeat(16)],
  ])("is read out of %s", (parameters, mki) => {
    expect(mkiOf(parameters)).toBe(mki);
  });

  it.each([
    ["longer than 16 bytes", "|1:17"],
    ["of no bytes", "|1:0"],
    ["too large for its bytes", "|65536:2"],
    ["given twice", "|1:1|2:1"],
    ["no number", "|x:1"],
  ])("that is %s makes the line one that is not taken", (_, parameters) => {
    expect(withParameters(parameters)).toBeUndefined();
  });

  it("is written as it was read", () => {
    const line = withParameters("|258:3")!;
    expect(writeCryptoLine(line).value).toBe(`1 AES_CM_128_HMAC_SHA1_80 inline:${material}|258:3`);
    expect(read(writeCryptoLine(line).value!)).toEqual(line);
  });
});

describe("lines", () => {
  it("are looked at up to the twentieth", () => {
    const attributes = Array.from({ length: 25 }, (_, index) =>
      crypto(`${index + 1} AES_CM_128_HMAC_SHA1_80 inline:${material}`),
    );
    expect(readCryptoLines({ attributes }).map(({ tag }) => tag)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  it.each(["WSH=128", "-anything=1"])("with the session parameter %s are taken", (parameter) => {
    expect(withParameters(` ${parameter}`)).toBeDefined();
  });

  it.each(["UNENCRYPTED_SRTP", "UNAUTHENTICATED_SRTP", "KDR=1", "FEC_ORDER=FEC_SRTP", "WSH=x"])(
    "with %s are not",
    (parameter) => {
      expect(withParameters(` ${parameter}`)).toBeUndefined();
    },
  );
});
