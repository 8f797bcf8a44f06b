// The test vectors of RFC 3711 appendix B, RFC 6188 §7 and RFC 7714 §16, §17, and whole packets that libsrtp publishes, by
// both libraries.
import { describe, expect, it } from "vitest";
import type { SrtpCrypto } from "../../../../media/srtp/crypto.ts";
import { GcmTransform } from "../../../../media/srtp/gcm-transform.ts";
import { loadOpenSsl, NodeCrypto, SrtpReceiver, SrtpSender } from "../../../../media/srtp/index.ts";
import { sessionKeys } from "../../../../media/srtp/session-keys.ts";
import { masterKey } from "./keys.ts";

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const libraries: readonly [string, SrtpCrypto][] = [
  ["OpenSSL", await loadOpenSsl()],
  ["node:crypto", new NodeCrypto()],
];

const rfc3711 = {
  suite: "AES_CM_128_HMAC_SHA1_80",
  key: "e1f97a0d3e018be0d64fa32c06de4139",
  salt: "0ec675ad498afeebb6960b3aabe6",
} as const;
const rfc6188 = {
  suite: "AES_256_CM_HMAC_SHA1_80",
  key: "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6",
  salt: "3b04803de51ee7c96423ab5b78d2",
} as const;

describe("session keys", () => {
  it("are those of RFC 3711 B.3, and of SRTCP by the labels 3 to 5", () => {
    const master = masterKey(rfc3711.suite, rfc3711.key + rfc3711.salt);
    const rtp = sessionKeys(master, "rtp");
    const rtcp = sessionKeys(master, "rtcp");

    expect(text(rtp.encryption)).toBe("c61e7a93744f39ee10734afe3ff7a087");
    expect(text(rtp.salt)).toBe("30cbbc08863d8c85d49db34a9ae1");
    expect(text(rtp.authentication)).toBe("cebe321f6ff7716b6fd4ab49af256a156d38baa4");
    expect(text(rtcp.encryption)).toBe("4c1aa45a81f73d61c800bbb00fbb1eaa");
    expect(text(rtcp.authentication)).toBe("8d54534feb49ae8e7993a6bd0b844fc323a93dfd");
    expect(text(rtcp.salt)).toBe("9581c7ad87b3e530bf3e4454a8b3");
  });

  it("of 256 bits are those of RFC 6188 §7.2", () => {
    const { encryption, salt, authentication } = sessionKeys(
      masterKey(rfc6188.suite, rfc6188.key + rfc6188.salt),
      "rtp",
    );

    expect(text(encryption)).toBe("5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4");
    expect(text(salt)).toBe("fa31791685ca444a9e07c6c64e93");
    expect(text(authentication)).toBe("fd9c32d39ed5fbb5a9dc96b30818454d1313dc05");
  });
});

describe.each(libraries)("%s", (_name, crypto) => {
  it("makes the key stream of RFC 3711 B.2", () => {
    crypto.iv.set(hex("f0f1f2f3f4f5f6f7f8f9fafbfcfd0000"));
    crypto.packet.fill(0, 0, 48);
    crypto.counterMode(hex("2b7e151628aed2a6abf7158809cf4f3c")).apply(0, 48);

    expect(text(crypto.packet.subarray(0, 48))).toBe(
      "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0",
    );
  });

  it("protects and opens libsrtp's SRTP and SRTCP packets", () => {
    const master = masterKey(rfc3711.suite, rfc3711.key + rfc3711.salt);
    const rtp = hex("800f1234decafbadcafebabe abababab abababab abababab abababab");
    const srtp = hex("800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb");
    const rtcp = hex("81c8000bcafebabe abababab abababab abababab abababab");
    const srtcp = hex("81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798");
    const sender = new SrtpSender(crypto, master);
    const receiver = new SrtpReceiver(crypto, master);

    expect(text(crypto.packet.subarray(0, sender.protectRtp(rtp)))).toBe(text(srtp));
    expect(text(crypto.packet.subarray(0, sender.protectRtcp(rtcp)))).toBe(text(srtcp));
    expect(text(crypto.packet.subarray(0, receiver.openRtp(srtp, 0)))).toBe(text(rtp));
    expect(text(crypto.packet.subarray(0, receiver.openRtcp(srtcp, 0)))).toBe(text(rtcp));
  });

  describe("by the session keys of RFC 7714", () => {
    const salt = hex("517569642070726f2071756f");
    const plain = hex(
      "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465 73207472 6573",
    );
    const report = hex(
      "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef deadbeef deadbeef deadbeef",
    );
    const cases = [
      {
        bits: 128,
        key: hex("000102030405060708090a0b0c0d0e0f"),
        rtp: "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce",
        rtcp: "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4",
      },
      {
        bits: 256,
        key: hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
        rtp: "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13",
        rtcp: "81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fad1d1eb30c4446839f57ff6f6cb26ac3be800005d4",
      },
    ];

    it.each(cases)("seals and opens with $bits bits", ({ bits, key, rtp, rtcp }) => {
      const master = masterKey(bits === 128 ? "AEAD_AES_128_GCM" : "AEAD_AES_256_GCM");
      const keys = { encryption: key, authentication: new Uint8Array(), salt };
      const transform = new GcmTransform(crypto, master, () => keys);
      const rtpPlace = { start: 12, end: plain.length, ssrc: 0x5501a0b2, rollover: 0, sequence: 0xf17b };
      const rtcpPlace = { end: report.length, ssrc: 0x4d617273, index: 0x5d4 };

      crypto.packet.set(plain);
      const sealed = crypto.packet.slice(0, transform.protectRtp(rtpPlace));
      expect(text(sealed)).toBe(rtp);
      expect(transform.openRtp({ ...rtpPlace, end: sealed.length })).toBe(plain.length);
      expect(text(crypto.packet.subarray(0, plain.length))).toBe(text(plain));

      crypto.packet.set(report);
      const sealedReport = crypto.packet.slice(0, transform.protectRtcp(rtcpPlace));
      expect(text(sealedReport)).toBe(rtcp);
      expect(transform.openRtcp({ ...rtcpPlace, end: sealedReport.length })).toBe(report.length);
      expect(text(crypto.packet.subarray(0, report.length))).toBe(text(report));
    });
  });
});
