// What a browser's description says of ICE and DTLS, in the measure in which it is read: what there is too much of costs nothing.
import { describe, expect, it } from "vitest";
import { createOffer, defaultCapabilities, planAnswer, planFromAnswer } from "../../../../media/sdp/index.ts";
import { sdpLimits } from "../../../../media/sdp/parse.ts";

const fingerprint = Array(32).fill("AB").join(":");
const local = {
  ...{ address: "192.0.2.10", port: 30_000, rtcpPort: 30_001, sessionId: "7" },
  dtls: { fingerprint: Array(32).fill("CD").join(":"), addresses: ["192.0.2.10", "10.0.0.10"] },
};
const capabilities = { ...defaultCapabilities, srtp: "dtls" } as const;

const offer = (...attributes: string[]): string =>
  [
    ...["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0"],
    ...["m=audio 9 UDP/TLS/RTP/SAVPF 0", "c=IN IP4 0.0.0.0", "a=mid:0", "a=rtcp-mux", "a=setup:actpass"],
    ...attributes,
    "",
  ].join("\r\n");
const ice = ["a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuvwx"];
const proof = `a=fingerprint:sha-256 ${fingerprint}`;
const candidates = (count: number) =>
  Array.from(
    { length: count },
    (_, index) =>
      `a=candidate:${index} 1 udp ${2_130_706_431 - index} 198.51.100.${index % 250} ${1024 + index} typ host`,
  );

const plan = (...attributes: string[]) => planAnswer(offer(...attributes), capabilities, local);

describe("a browser's offer", () => {
  it("is answered with a password for its checks, and with where they find us", () => {
    const result = plan(...ice, proof);
    if (!result.ok) throw new Error(result.error.message);
    expect(result.value.plan.dtls).toMatchObject({
      role: "server",
      fingerprints: [{ hash: "sha-256", value: fingerprint }],
      ice: { remote: { name: "abcd", password: "abcdefghijklmnopqrstuvwx" } },
    });
    const found = [...result.value.sdp.matchAll(/^a=candidate:.* (\S+) 30000 typ host\r$/gm)];
    expect(found.map(([, address]) => address)).toEqual(local.dtls.addresses);
    expect(result.value.sdp).toContain("a=ice-lite");
  });

  it.each(["RTP/SAVPF", "RTP/SAVP"])(
    "under the name of another profile is answered by it: %s (RFC 8829 §5.1.2)",
    (profile) => {
      const written = (sdp: string) => sdp.replace("UDP/TLS/RTP/SAVPF", profile);
      const known = plan(...ice, proof);
      const result = planAnswer(written(offer(...ice, proof)), capabilities, local);
      if (!result.ok || !known.ok) throw new Error("refused");
      expect(result.value.plan.dtls?.fingerprints).toEqual(known.value.plan.dtls?.fingerprints);
      expect(result.value.sdp).toContain(`m=audio 30000 ${profile} 0`);
      expect(result.value.sdp).toContain("a=fingerprint:sha-256 CD");
      // The same goes on: an offer of ours, and its answer.
      const ours = createOffer(capabilities, local, result.value.state);
      expect(ours.sdp).toContain(`m=audio 30000 ${profile} 0`);
      expect(ours.sdp).toContain("a=setup:actpass");
      const answered = planFromAnswer(
        written(offer(...ice, proof, "a=setup:active")),
        capabilities,
        local,
        ours.state,
      );
      expect(answered).toMatchObject({ ok: true, value: { plan: { dtls: { role: "server" } } } });
    },
  );

  it("of a far end that is lite itself is answered without ICE: neither would send checks", () => {
    const result = planAnswer(
      offer(...ice, proof)
        .replace("a=group", "a=ice-lite\r\na=group")
        .replace("m=audio 9", "m=audio 40000")
        .replace("0.0.0.0", "198.51.100.7"),
      capabilities,
      local,
    );
    if (!result.ok) throw new Error(result.error.message);
    expect(result.value.plan.dtls).toMatchObject({ role: "server" });
    expect(result.value.plan.dtls?.ice).toBeUndefined();
    expect(result.value.plan.remote).toMatchObject({ address: "198.51.100.7", port: 40_000 });
    expect(result.value.sdp).not.toContain("a=ice");
    expect(result.value.sdp).not.toContain("a=candidate");
  });

  it("that leaves the roles to us keeps those of the association that there is", () => {
    const roleAfter = (first: string, later: string, print = proof) => {
      const begun = planAnswer(offer(...ice, proof).replace("actpass", first), capabilities, local);
      if (!begun.ok) throw new Error(begun.error.message);
      const again = offer(...ice, print).replace("actpass", later);
      const answered = planAnswer(again, capabilities, local, begun.value.state);
      return answered.ok && answered.value.plan.dtls?.role;
    };
    expect(roleAfter("passive", "actpass")).toBe("client");
    expect(roleAfter("active", "actpass")).toBe("server");
    expect(roleAfter("passive", "active")).toBe("server");
    const other = `a=fingerprint:sha-256 ${Array(32).fill("EF").join(":")}`;
    expect(roleAfter("passive", "actpass", other)).toBe("server");
  });

  it("without ICE is expected from its address as the kernel writes it", () => {
    const written = offer(proof)
      .replace("m=audio 9", "m=audio 40000")
      .replace("IP4 0.0.0.0", "IP6 2001:DB8:0:0::5");
    const result = planAnswer(written, capabilities, { ...local, address: "2001:db8::10" });
    expect(result.ok && result.value.plan.remote.address).toBe("2001:db8::5");
  });

  it("with nine hundred candidates is answered like one without: its checks say where it is", () => {
    const [many, none] = [plan(...ice, proof, ...candidates(900)), plan(...ice, proof)];
    if (!many.ok || !none.ok) throw new Error("refused");
    expect(many.value.sdp.length).toBe(none.value.sdp.length);
    expect(JSON.stringify(many.value.plan)).not.toContain("198.51.100.");
  });

  it("with more lines than a description has is refused", () => {
    const result = plan(...ice, proof, ...candidates(sdpLimits.lines));
    expect(result).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("more than 1000 lines") },
    });
  });

  it("with a hundred fingerprints has eight of them", () => {
    const result = plan(...ice, ...Array<string>(100).fill(proof));
    expect(result.ok && result.value.plan.dtls?.fingerprints.length).toBe(8);
  });

  it.each([
    ["none", []],
    ["one by a hash that proves too little", ["a=fingerprint:sha-1 AB:CD"]],
    ["one that is cut", [`a=fingerprint:sha-256 ${fingerprint.slice(0, -3)}`.slice(0, 60)]],
  ])("is refused when of fingerprints it has %s", (_, lines) => {
    expect(plan(...ice, ...lines)).toMatchObject({ ok: false, error: { code: "INCOMPATIBLE_TRANSPORT" } });
  });

  it.each([
    ["a name of three characters", ["a=ice-ufrag:abc", ice[1]!]],
    ["a name that never ends", [`a=ice-ufrag:${"a".repeat(257)}`, ice[1]!]],
    ["a password that can be guessed", [ice[0]!, "a=ice-pwd:short"]],
    ["a name with a line break's remains", ["a=ice-ufrag:ab cd", ice[1]!]],
  ])("with %s is one without ICE", (_, lines) => {
    const result = plan(...lines, proof);
    expect(result.ok && result.value.plan.dtls?.ice).toBeUndefined();
  });
});

it("a browser's answer without rtcp-mux is refused, as such an offer is: there are no candidates for RTCP", () => {
  const { state } = createOffer(capabilities, local);
  const answer = offer(...ice, proof).replace("actpass", "active");
  const read = (text: string) => planFromAnswer(text, capabilities, local, state);
  expect(read(answer)).toMatchObject({ ok: true, value: { plan: { dtls: { role: "server" } } } });
  expect(read(answer.replace("a=rtcp-mux\r\n", ""))).toMatchObject({
    ok: false,
    error: { code: "INCOMPATIBLE_TRANSPORT", message: "ICE is answered without rtcp-mux" },
  });
});
