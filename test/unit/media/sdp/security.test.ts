// Whether audio is encrypted, and by which keys: offers answered under each policy, offers of ours and their answers,
// renegotiation.
import { describe, expect, it } from "vitest";
import { readCryptoLines } from "../../../../media/sdp/crypto-attribute.ts";
import {
  type Capabilities,
  createOffer,
  defaultCapabilities,
  planAnswer,
  planFromAnswer,
  type SdpState,
  type SrtpPolicy,
} from "../../../../media/sdp/index.ts";
import { parseSdp } from "../../../../media/sdp/parse.ts";

const local = { address: "192.0.2.10", port: 30_000, rtcpPort: 30_001, sessionId: "7" };
const inline = (byte: number, bytes = 30) => `inline:${Buffer.alloc(bytes, byte).toString("base64")}`;
const line = (tag: number, byte: number, suite = "AES_CM_128_HMAC_SHA1_80", bytes = 30) =>
  `a=crypto:${tag} ${suite} ${inline(byte, bytes)}`;
const under = (srtp: SrtpPolicy): Capabilities => ({ ...defaultCapabilities, srtp });

type Media = readonly [protocol: string, ...attributes: string[]];

function description(...media: Media[]): string {
  const lines = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0"];
  for (const [protocol, ...attributes] of media) lines.push(`m=audio 4000 ${protocol} 0`, ...attributes);
  return `${lines.join("\r\n")}\r\n`;
}

function answer(offer: string, srtp: SrtpPolicy = "accept", previous?: SdpState) {
  const result = planAnswer(offer, under(srtp), local, previous);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

const mediaLines = (sdp: string) => sdp.split("\r\n").filter((each) => each.startsWith("m="));
const cryptoIn = (sdp: string) => {
  const parsed = parseSdp(sdp);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value.media.flatMap((media) => readCryptoLines(media));
};
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString("hex");

describe("the names of drafts", () => {
  const draft = "AES_CM_256_HMAC_SHA1_80";

  it("stand for the suites of RFC 6188, and are repeated in the answer as they were written", () => {
    const { sdp, plan } = answer(description(["RTP/SAVP", line(1, 1, draft, 46)]));
    expect(plan.srtp?.receive.suite.name).toBe("AES_256_CM_HMAC_SHA1_80");
    expect(sdp).toContain(`a=crypto:1 ${draft} inline:`);
    const short = answer(description(["RTP/AVP", line(2, 1, "aes_cm_256_hmac_sha1_32", 46)]));
    expect(short.sdp).toContain("a=crypto:2 AES_CM_256_HMAC_SHA1_32 inline:");
  });
});

describe("an offer with keys", () => {
  const offer = description(["RTP/SAVP", line(4, 1, "AES_CM_192_HMAC_SHA1_80", 38), line(5, 2), line(6, 3)]);

  it("is answered with the first line that can be used, by its tag, and a key of ours", () => {
    const { sdp, plan } = answer(offer);
    const [ours, ...more] = cryptoIn(sdp);

    expect(mediaLines(sdp)).toEqual(["m=audio 30000 RTP/SAVP 0"]);
    expect(more).toEqual([]);
    expect(ours).toMatchObject({ tag: 5, key: { suite: { name: "AES_CM_128_HMAC_SHA1_80" } } });
    expect(text(plan.srtp?.receive.key)).toBe("02".repeat(16));
    expect(text(plan.srtp?.receive.salt)).toBe("02".repeat(14));
    expect(plan.srtp?.send.key).toEqual(ours?.key.key);
    expect(text(ours?.key.key)).not.toBe("02".repeat(16));
  });

  it("gets another key in each call", () => {
    expect(cryptoIn(answer(offer).sdp)).not.toEqual(cryptoIn(answer(offer).sdp));
  });

  it.each([
    ["AES_CM_128_HMAC_SHA1_80", 30],
    ["AES_CM_128_HMAC_SHA1_32", 30],
    ["AES_256_CM_HMAC_SHA1_80", 46],
    ["AES_256_CM_HMAC_SHA1_32", 46],
    ["AEAD_AES_128_GCM", 28],
    ["AEAD_AES_256_GCM", 44],
  ])("may be of %s", (suite, bytes) => {
    expect(answer(description(["RTP/SAVP", line(1, 9, suite, bytes)])).plan.srtp?.receive.suite.name).toBe(
      suite,
    );
  });

  it.each(["RTP/SAVPF", "RTP/AVP", "RTP/AVPF"])("is answered in kind over %s (RFC 8643)", (protocol) => {
    const { sdp, plan } = answer(description([protocol, line(1, 1)]));

    expect(mediaLines(sdp)).toEqual([`m=audio 30000 ${protocol} 0`]);
    expect(cryptoIn(sdp)).toHaveLength(1);
    expect(plan.srtp).toBeDefined();
  });

  it.each([
    ["a suite that is not known", `a=crypto:1 F8_128_HMAC_SHA1_80 ${inline(1)}`],
    ["a key that is too short", line(1, 1, "AES_CM_128_HMAC_SHA1_80", 29)],
    ["a key that is too long", line(1, 1, "AES_CM_128_HMAC_SHA1_80", 31)],
    ["two keys", `${line(1, 1)}|1:4;${inline(2)}|2:4`],
    ["a stream that is not encrypted", `${line(1, 1)} UNENCRYPTED_SRTP`],
    ["reports that are not encrypted", `${line(1, 1)} UNENCRYPTED_SRTCP`],
    ["a stream that is not authenticated", `${line(1, 1)} UNAUTHENTICATED_SRTP`],
    ["a key derivation rate", `${line(1, 1)} KDR=1`],
    ["error correction", `${line(1, 1)} FEC_ORDER=FEC_SRTP`],
    ["a parameter that is not known", `${line(1, 1)} SOMETHING=1`],
    ["an identifier that is longer than its bytes", `${line(1, 1)}|300:1`],
    ["an identifier of 200 bytes", `${line(1, 1)}|1:200`],
    ["no key at all", "a=crypto:1 AES_CM_128_HMAC_SHA1_80"],
    ["nothing", "a=crypto:"],
  ])("has lines that are passed over: %s", (_what, bad) => {
    const { plan } = answer(description(["RTP/SAVP", bad, line(2, 7)]));
    expect(text(plan.srtp?.receive.key)).toBe("07".repeat(16));

    const alone = planAnswer(description(["RTP/SAVP", bad]), under("accept"), local);
    expect(alone).toMatchObject({ ok: false, error: { code: "INCOMPATIBLE_TRANSPORT" } });
    expect(JSON.stringify(alone)).not.toContain(inline(1).slice(7, 20));
    expect(answer(description(["RTP/AVP", bad])).plan.srtp).toBeUndefined();
  });

  it.each(["|2^20", "|1048576", "|2^48|1:4", "|1:4", " WSH=128", " -OWN=1"])("may say %s", (more) => {
    expect(answer(description(["RTP/SAVP", line(1, 1) + more])).plan.srtp).toBeDefined();
  });
});

describe("the policy", () => {
  const secure = ["RTP/SAVP", line(1, 1)] as const;
  const optional = ["RTP/AVP", line(1, 1)] as const;
  const plain = ["RTP/AVP"] as const;
  const refusal = { ok: false, error: { code: "INCOMPATIBLE_TRANSPORT" } };
  const decide = (srtp: SrtpPolicy, ...media: Media[]) => {
    const result = planAnswer(description(...media), under(srtp), local);
    return result.ok ? { taken: mediaLines(result.value.sdp), secured: !!result.value.plan.srtp } : result;
  };
  const only = (secured: boolean, protocol = "RTP/AVP") => ({
    taken: [`m=audio 30000 ${protocol} 0`],
    secured,
  });

  it("forbid takes audio in the clear alone", () => {
    expect(decide("forbid", secure)).toMatchObject(refusal);
    expect(decide("forbid", optional)).toEqual(only(false));
    expect(decide("forbid", plain)).toEqual(only(false));
  });

  it("require takes encrypted audio alone", () => {
    expect(decide("require", secure)).toEqual(only(true, "RTP/SAVP"));
    expect(decide("require", optional)).toEqual(only(true));
    expect(decide("require", plain)).toMatchObject(refusal);
  });

  it.each<SrtpPolicy>(["accept", "offer"])(
    "%s takes both, and encrypted audio where both are offered",
    (policy) => {
      expect(decide(policy, plain)).toEqual(only(false));
      expect(decide(policy, plain, secure)).toEqual({
        taken: ["m=audio 0 RTP/AVP 0", "m=audio 30000 RTP/SAVP 0"],
        secured: true,
      });
      expect(decide(policy, secure, plain)).toEqual({
        taken: ["m=audio 30000 RTP/SAVP 0", "m=audio 0 RTP/AVP 0"],
        secured: true,
      });
    },
  );

  it("of our offers: in the clear, with keys that may be left out, encrypted", () => {
    const offered = (srtp: SrtpPolicy) => {
      const { sdp } = createOffer(under(srtp), local);
      return [mediaLines(sdp)[0]?.split(" ")[2], cryptoIn(sdp).map(({ key }) => key.suite.name)];
    };
    const suites = ["AEAD_AES_256_GCM", "AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_80"];

    expect(offered("forbid")).toEqual(["RTP/AVP", []]);
    expect(offered("accept")).toEqual(["RTP/AVP", []]);
    expect(offered("offer")).toEqual(["RTP/AVP", suites]);
    expect(offered("require")).toEqual(["RTP/SAVP", suites]);
  });
});

describe("the answer to our offer", () => {
  const take = (srtp: SrtpPolicy, media: readonly [string, ...string[]]) => {
    const { state } = createOffer(under(srtp), local);
    return { state, result: planFromAnswer(description(media), under(srtp), local, state) };
  };

  it("chooses one of our lines by its tag", () => {
    const { state, result } = take("require", ["RTP/SAVP", line(3, 8)]);

    const offered = state.crypto?.find(({ tag }) => tag === 3);
    expect(result).toMatchObject({ ok: true, value: { plan: { srtp: { send: offered?.key } } } });
    expect(result.ok && text(result.value.plan.srtp?.receive.key)).toBe("08".repeat(16));
  });

  it("may leave the keys out unless they are required", () => {
    const { result } = take("offer", ["RTP/AVP"]);
    expect(result).toMatchObject({ ok: true });
    expect(result.ok && result.value.plan.srtp).toBeUndefined();
    expect(take("require", ["RTP/AVP"]).result).toMatchObject({ error: { code: "INCOMPATIBLE_TRANSPORT" } });
    expect(take("require", ["RTP/SAVP"]).result).toMatchObject({ error: { code: "INCOMPATIBLE_TRANSPORT" } });
  });

  it("may say keys that were not asked for, which are passed over", () => {
    const { result } = take("accept", ["RTP/AVP", line(1, 8)]);
    expect(result).toMatchObject({ ok: true });
    expect(result.ok && result.value.plan.srtp).toBeUndefined();
  });

  it("must not choose DTLS, which was not offered, by a fingerprint", () => {
    const proof = `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}`;
    expect(take("require", ["RTP/SAVP", proof]).result).toMatchObject({
      error: { code: "INCOMPATIBLE_TRANSPORT" },
    });
  });

  it("may number the line of its suite again, which is counted", () => {
    for (const renumbered of [line(1, 8), line(9, 8)]) {
      const { state, result } = take("require", ["RTP/SAVP", renumbered]);
      const offered = state.crypto?.find(({ tag }) => tag === 3);
      expect(result).toMatchObject({ ok: true, value: { plan: { srtp: { send: offered?.key } } } });
      expect(result.ok && result.value.plan.mended).toEqual({ lines: 1, names: 0 });
    }
  });

  it("may repeat lines: the one with its right tag counts, then the first that can be used", () => {
    const gcm = line(1, 7, "AEAD_AES_256_GCM", 44);
    const chosen = (...lines: string[]) => {
      const { result } = take("require", ["RTP/SAVP", ...lines]);
      return result.ok ? text(result.value.plan.srtp?.receive.salt).slice(0, 2) : result.error.code;
    };
    expect(chosen(line(2, 8), gcm)).toBe("07");
    expect(chosen(line(1, 8, "AES_CM_128_HMAC_SHA1_32"), line(2, 9))).toBe("09");
    expect(chosen(line(9, 8, "AES_CM_128_HMAC_SHA1_32"))).toBe("INCOMPATIBLE_TRANSPORT");
  });

  it("must not choose what was not offered", () => {
    const other = take("offer", ["RTP/AVP", line(9, 8, "AES_CM_128_HMAC_SHA1_32")]).result;
    const another = take("offer", ["RTP/AVP", line(1, 8, "AES_256_CM_HMAC_SHA1_80", 46)]).result;
    expect([other, another]).toMatchObject([
      { error: { code: "INCOMPATIBLE_TRANSPORT" } },
      { error: { code: "INCOMPATIBLE_TRANSPORT" } },
    ]);
  });
});

describe("a renegotiation", () => {
  const first = () => answer(description(["RTP/SAVP", line(1, 1)]));

  it("with the same keys changes nothing", () => {
    const before = first();
    const after = answer(description(["RTP/SAVP", line(1, 1)]), "accept", before.state);

    expect(after.sdp).toBe(before.sdp);
    expect(after.plan.srtp).toEqual(before.plan.srtp);
  });

  it("with a new key of theirs gets a new one of ours: their indices restart, and so do ours", () => {
    const before = first();
    const after = answer(description(["RTP/SAVP", line(1, 2)]), "accept", before.state);

    expect(text(after.plan.srtp?.receive.key)).toBe("02".repeat(16));
    expect(text(after.plan.srtp?.send.key)).not.toBe(text(before.plan.srtp?.send.key));
  });

  it("with another suite, or after a time in the clear, gets a new key of ours", () => {
    const before = first();
    const clear = answer(description(["RTP/AVP"]), "accept", before.state);
    const again = answer(description(["RTP/SAVP", line(1, 1)]), "accept", clear.state);
    const other = answer(
      description(["RTP/SAVP", line(1, 1, "AEAD_AES_128_GCM", 28)]),
      "accept",
      before.state,
    );
    const back = answer(description(["RTP/SAVP", line(1, 1)]), "accept", other.state);

    expect(clear.plan.srtp).toBeUndefined();
    for (const { plan } of [again, back]) {
      expect(plan.srtp?.send.suite.name).toBe("AES_CM_128_HMAC_SHA1_80");
      expect(plan.srtp?.send.key).not.toEqual(before.plan.srtp?.send.key);
    }
  });

  it("of ours offers the suite in use first, by the key in use, and the same lines each time", () => {
    const before = first();
    const offer = createOffer(under("accept"), local, before.state);
    const again = createOffer(under("accept"), local, offer.state);

    expect(mediaLines(offer.sdp)[0]).toMatch(/^m=audio 30000 RTP\/SAVP /);
    expect(cryptoIn(offer.sdp)[0]).toMatchObject({ tag: 1, key: before.plan.srtp?.send });
    expect(cryptoIn(offer.sdp).map(({ key }) => key.suite.name)).toEqual([
      "AES_CM_128_HMAC_SHA1_80",
      "AEAD_AES_256_GCM",
      "AEAD_AES_128_GCM",
    ]);
    expect(again.sdp).toBe(offer.sdp);
  });

  it("never offers a key again that was in use and was replaced", () => {
    const offered = createOffer(under("require"), local);
    const used = offered.state.crypto?.find(({ tag }) => tag === 3)?.key;
    const taken = planFromAnswer(
      description(["RTP/SAVP", line(3, 8)]),
      under("require"),
      local,
      offered.state,
    );
    if (!taken.ok) throw new Error(taken.error.message);
    const gcm = description(["RTP/SAVP", line(1, 1, "AEAD_AES_128_GCM", 28)]);
    const changed = answer(gcm, "require", taken.value.state);

    const keys = cryptoIn(createOffer(under("require"), local, changed.state).sdp).map(({ key }) =>
      text(key.key),
    );

    expect(used).toBeDefined();
    expect(keys).toHaveLength(3);
    expect(keys).not.toContain(text(used?.key));
  });
});
