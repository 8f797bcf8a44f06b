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

  it("is one of ICE with a name and password in other characters than those of Base64", () => {
    const result = plan("a=ice-ufrag:aB-_", "a=ice-pwd:abcdefghijkl-nopqrs_uvw=", proof);
    if (!result.ok) throw new Error(result.error.message);
    const remote = { name: "aB-_", password: "abcdefghijkl-nopqrs_uvw=" };
    expect(result.value.plan.dtls?.ice).toMatchObject({ remote });
    expect(result.value.plan.direction).toBe("sendrecv");
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

  it("of a far end that is lite for this stream alone is answered without ICE", () => {
    const written = offer(...ice, proof, "a=ice-lite")
      .replace("m=audio 9", "m=audio 40000")
      .replace("0.0.0.0", "198.51.100.7");
    const result = planAnswer(written, capabilities, local);
    expect(result.ok && result.value.plan.dtls?.ice).toBeUndefined();
    expect(result.ok && result.value.plan.remote).toMatchObject({ address: "198.51.100.7", port: 40_000 });
  });

  it("without rtcp-mux is answered without ICE, at the address that it names", () => {
    const written = offer(...ice, proof)
      .replace("a=rtcp-mux\r\n", "")
      .replace("m=audio 9", "m=audio 40000")
      .replace("0.0.0.0", "198.51.100.7");
    const result = planAnswer(written, capabilities, local);
    if (!result.ok) throw new Error(result.error.message);
    expect(result.value.plan).toMatchObject({
      dtls: { role: "server" },
      remote: { address: "198.51.100.7", port: 40_000, rtcpPort: 40_001 },
      rtcpMux: false,
    });
    expect(result.value.plan.dtls?.ice).toBeUndefined();
    expect(result.value.sdp).not.toMatch(/a=(?:ice|candidate|rtcp-mux)/);
    // A hold of that call is none of a far end without an address.
    const held = planAnswer(
      written.replace("198.51.100.7", "0.0.0.0"),
      capabilities,
      local,
      result.value.state,
    );
    expect(held.ok && held.value.plan.direction).toBe("recvonly");
  });

  it("without rtcp-mux and without an address is refused", () => {
    const result = planAnswer(offer(...ice, proof).replace("a=rtcp-mux\r\n", ""), capabilities, local);
    expect(result).toMatchObject({ ok: false, error: { code: "INCOMPATIBLE_TRANSPORT" } });
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
    expect(roleAfter("passive", "actpass", `${proof}\r\na=tls-id:${"a1-_+/".repeat(4)}`)).toBe("client");
  });

  it("names its association, by which another one is told from it", () => {
    const [first, second] = ["a".repeat(20), "b".repeat(20)].map((id) => `a=tls-id:${id}`);
    const begun = planAnswer(offer(...ice, proof, first!).replace("actpass", "passive"), capabilities, local);
    if (!begun.ok) throw new Error(begun.error.message);
    const role = (id: string) => {
      const again = planAnswer(offer(...ice, proof, id), capabilities, local, begun.value.state);
      return again.ok && again.value.plan.dtls?.role;
    };
    expect(begun.value.plan.dtls?.tlsId).toBe("a".repeat(20));
    expect([role(first!), role(second!)]).toEqual(["client", "server"]);
    const broken = plan(...ice, proof, "a=tls-id:short");
    expect(broken.ok && broken.value.plan.dtls?.tlsId).toBeUndefined();
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

describe("the answer to our offer of ICE", () => {
  it("without rtcp-mux is one without ICE, at the address that it names", () => {
    const { state } = createOffer(capabilities, local);
    const written = offer(...ice, proof)
      .replace("a=rtcp-mux\r\n", "")
      .replace("actpass", "active")
      .replace("m=audio 9", "m=audio 40000")
      .replace("0.0.0.0", "198.51.100.7");
    const result = planFromAnswer(written, capabilities, local, state);
    if (!result.ok) throw new Error(result.error.message);
    expect(result.value.plan.dtls?.ice).toBeUndefined();
    expect(result.value.plan).toMatchObject({ remote: { address: "198.51.100.7" }, rtcpMux: false });
  });
});

it("the answer to an offer of ours without ICE has none, whatever it says", () => {
  const written = offer(proof).replace("m=audio 9", "m=audio 40000").replace("0.0.0.0", "198.51.100.7");
  const begun = planAnswer(written, capabilities, local);
  if (!begun.ok) throw new Error(begun.error.message);
  const ours = createOffer(capabilities, local, begun.value.state);
  expect(ours.sdp).not.toContain("a=ice");
  const answered = written.replace("actpass", "active").replace("a=setup", [...ice, "a=setup"].join("\r\n"));
  const result = planFromAnswer(answered, capabilities, local, ours.state);
  if (!result.ok) throw new Error(result.error.message);
  expect(result.value.plan.dtls?.ice).toBeUndefined();
  expect(result.value.plan.remote).toMatchObject({ address: "198.51.100.7", port: 40_000 });
});

describe("audio that shares the transport of another line of its bundle", () => {
  const bundled = (audio: readonly string[], group = "a=group:BUNDLE 0 1") =>
    [
      ...["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", group],
      ...["m=video 9 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0", "a=mid:0", "a=rtpmap:96 VP8/90000"],
      ...["a=rtcp-mux", "a=setup:actpass", ...ice, proof],
      ...audio,
      "",
    ].join("\r\n");
  const only = ["m=audio 0 UDP/TLS/RTP/SAVPF 0", "c=IN IP4 0.0.0.0", "a=mid:1", "a=bundle-only"];

  it.each([
    ["port 0", only],
    ["a port and nothing more", ["m=audio 9 UDP/TLS/RTP/SAVPF 0", "c=IN IP4 0.0.0.0", "a=mid:1"]],
    ["the profile's old name", ["m=audio 0 RTP/SAVPF 0", "c=IN IP4 0.0.0.0", "a=mid:1", "a=bundle-only"]],
  ])("is answered: %s", (_, audio) => {
    const result = planAnswer(bundled(audio), capabilities, local);
    if (!result.ok) throw new Error(result.error.message);
    expect(result.value.plan).toMatchObject({
      rtcpMux: true,
      direction: "sendrecv",
      dtls: { role: "server", ice: { remote: { name: "abcd" } }, fingerprints: [{ value: fingerprint }] },
    });
    expect(result.value.sdp).toContain("a=group:BUNDLE 1");
    expect(result.value.sdp).toMatch(/m=audio 30000 /);
  });

  it("has its own where it says something itself", () => {
    const own = [only[0]!, only[1]!, only[2]!, only[3]!, "a=setup:passive", "a=ice-ufrag:wxyz", ice[1]!];
    const result = planAnswer(bundled(own), capabilities, local);
    expect(result.ok && result.value.plan.dtls).toMatchObject({
      role: "client",
      ice: { remote: { name: "wxyz" } },
    });
  });

  it("is refused where it is in no bundle, or the other line is refused itself", () => {
    const alone = planAnswer(bundled(only, "a=group:BUNDLE 0"), capabilities, local);
    const without = planAnswer(bundled(only).replace("m=video 9", "m=video 0"), capabilities, local);
    expect([alone.ok, without.ok]).toEqual([false, false]);
  });
});

it("a picture that shares the audio's transport and says nothing of it is not on hold", () => {
  const limits = { width: 1280, height: 720, framerate: 15, kbps: 1000 };
  const withVideo = { ...capabilities, video: { codecs: ["VP8"], limits } } as const;
  const video = [{ port: 30_000, rtcpPort: 30_001, ssrc: 1, rtxSsrc: 2, cname: "same" }];
  const written = [
    offer(...ice, proof)
      .replace("BUNDLE 0", "BUNDLE 0 1")
      .trimEnd(),
    ...["m=video 9 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0", "a=mid:1", "a=rtpmap:96 VP8/90000", ""],
  ].join("\r\n");
  const result = planAnswer(written, withVideo, { ...local, video });
  expect(result).toMatchObject({ ok: true, value: { video: [{ bundled: true, direction: "sendrecv" }] } });
});
