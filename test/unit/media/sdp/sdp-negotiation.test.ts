import { describe, expect, it } from "vitest";
import {
  type Answered,
  createOffer,
  defaultCapabilities,
  hostNamesIn,
  planAnswer,
  planFromAnswer,
  type SdpState,
} from "../../../../media/sdp/index.ts";

const local = { address: "192.0.2.10", port: 30_000, rtcpPort: 30_001, sessionId: "7" };

function offerOf(audio: string, ...more: string[]): string {
  const head = ["v=0", "o=- 1 1 IN IP4 198.51.100.5", "s=-", "c=IN IP4 198.51.100.5", "t=0 0"];
  return `${[...head, audio, ...more].join("\r\n")}\r\n`;
}

function answer(offer: string, previous?: SdpState): Answered {
  const result = planAnswer(offer, defaultCapabilities, local, previous);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function agree(text: string, state: SdpState) {
  const result = planFromAnswer(text, defaultCapabilities, local, state);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const originLine = (sdp: string): string | undefined => sdp.split("\r\n")[1];
const mediaLines = (sdp: string): string[] => sdp.split("\r\n").filter((line) => line.startsWith("m="));

describe("answering again (RFC 3264 §8)", () => {
  it("repeats itself, version and all, when a re-INVITE changes nothing", () => {
    const first = answer(offerOf("m=audio 4000 RTP/AVP 0 8"));
    const second = answer(offerOf("m=audio 4000 RTP/AVP 0 8"), first.state);
    expect(second.sdp).toBe(first.sdp);
  });

  it("raises the version by one and keeps the session id through hold and resume", () => {
    const first = answer(offerOf("m=audio 4000 RTP/AVP 0"));
    const held = answer(offerOf("m=audio 4000 RTP/AVP 0", "a=sendonly"), first.state);
    const resumed = answer(offerOf("m=audio 4000 RTP/AVP 0", "a=sendrecv"), held.state);
    expect([first, held, resumed].map(({ sdp }) => originLine(sdp))).toEqual([
      "o=- 7 1 IN IP4 192.0.2.10",
      "o=- 7 2 IN IP4 192.0.2.10",
      "o=- 7 3 IN IP4 192.0.2.10",
    ]);
    expect([first, held, resumed].map(({ plan }) => plan.direction)).toEqual([
      "sendrecv",
      "recvonly",
      "sendrecv",
    ]);
  });

  it("keeps the order of m-lines, with port 0 for those that stay closed", () => {
    const first = answer(offerOf("m=video 4002 RTP/AVP 96", "m=audio 4000 RTP/AVP 0"));
    const later = answer(
      offerOf("m=video 0 RTP/AVP 96", "m=audio 4000 RTP/AVP 0", "m=image 4004 udptl t38"),
      first.state,
    );
    expect(mediaLines(later.sdp)).toEqual([
      "m=video 0 RTP/AVP 96",
      "m=audio 30000 RTP/AVP 0",
      "m=image 0 udptl t38",
    ]);
  });

  it("stays with the audio line in use when a second one is offered before or after it", () => {
    const first = answer(offerOf("m=audio 0 RTP/AVP 0", "m=audio 4000 RTP/AVP 8"));
    expect(first.plan.remote.port).toBe(4000);
    const later = answer(offerOf("m=audio 5000 RTP/AVP 0", "m=audio 4000 RTP/AVP 8"), first.state);
    expect(mediaLines(later.sdp)).toEqual(["m=audio 0 RTP/AVP 0", "m=audio 30000 RTP/AVP 8"]);
  });

  it("refuses a fax in the place of the audio, and takes it beside the audio with port 0", () => {
    const first = answer(offerOf("m=audio 4000 RTP/AVP 0"));
    const fax = ["m=image 4002 udptl t38", "a=T38FaxVersion:0"];
    const instead = planAnswer(
      offerOf("m=audio 0 RTP/AVP 0", ...fax),
      defaultCapabilities,
      local,
      first.state,
    );
    expect(instead).toMatchObject({ ok: false, error: { code: "NO_COMMON_CODEC" } });
    const beside = answer(offerOf("m=audio 4000 RTP/AVP 0", ...fax), first.state);
    expect(mediaLines(beside.sdp)).toEqual(["m=audio 30000 RTP/AVP 0", "m=image 0 udptl t38"]);
    const stopped = answer(offerOf("m=audio 0 RTP/AVP 0", "m=image 0 udptl t38"), first.state);
    expect(stopped.plan.direction).toBe("inactive");
  });

  it("changes codec and address when told to", () => {
    const first = answer(offerOf("m=audio 4000 RTP/AVP 0 8"));
    const moved = answer(offerOf("m=audio 4100 RTP/AVP 8 0", "c=IN IP4 198.51.100.99"), first.state);
    expect(moved.plan).toMatchObject({ codec: "PCMA", remote: { address: "198.51.100.99", port: 4100 } });
  });

  it("keeps a call without sound when the audio is taken away, and brings it back", () => {
    const first = answer(offerOf("m=audio 4000 RTP/AVP 0"));
    const silent = answer(offerOf("m=audio 0 RTP/AVP 0"), first.state);
    expect(silent.plan.direction).toBe("inactive");
    expect(mediaLines(silent.sdp)).toEqual(["m=audio 0 RTP/AVP 0"]);
    expect(answer(offerOf("m=audio 4000 RTP/AVP 0"), silent.state).plan.direction).toBe("sendrecv");
  });

  it("refuses a first offer whose only audio has port 0", () => {
    const result = planAnswer(offerOf("m=audio 0 RTP/AVP 0"), defaultCapabilities, local);
    expect(result).toMatchObject({ ok: false, error: { code: "NO_COMMON_CODEC" } });
  });

  it("answers rtcp-mux only when it can", () => {
    const offer = offerOf("m=audio 4000 RTP/AVP 0", "a=rtcp-mux");
    const without = planAnswer(offer, { ...defaultCapabilities, rtcpMux: false }, local);
    expect(without.ok && without.value.plan).toMatchObject({ rtcpMux: false, remote: { rtcpPort: 4001 } });
    expect(without.ok && without.value.sdp).not.toContain("rtcp-mux");
    expect(answer(offer).plan).toMatchObject({ rtcpMux: true, remote: { rtcpPort: 4000 } });
  });

  it("names its RTCP port when it is not the next one", () => {
    const result = planAnswer(offerOf("m=audio 4000 RTP/AVP 0"), defaultCapabilities, {
      ...local,
      rtcpPort: 31_111,
    });
    expect(result.ok && result.value.sdp).toContain("\r\na=rtcp:31111\r\n");
  });

  it.each([
    ["a=ptime:30", 30],
    ["a=ptime:25", 20],
    ["a=ptime:150", 60],
    ["a=ptime:5", 10],
    ["a=ptime:0", 20],
    ["a=ptime:x", 20],
    ["a=maxptime:15", 10],
  ])("sends packets of a length it can for %s", (line, ptimeMs) => {
    expect(answer(offerOf("m=audio 4000 RTP/AVP 0", line)).plan.ptimeMs).toBe(ptimeMs);
  });

  it("sends Opus in 20 ms where 30 are asked for, which Opus does not have", () => {
    const opus = (line: string) =>
      answer(offerOf("m=audio 4000 RTP/AVP 96", "a=rtpmap:96 opus/48000/2", line)).plan;
    expect(opus("a=ptime:30")).toMatchObject({ codec: "opus", ptimeMs: 20 });
    expect(opus("a=ptime:40")).toMatchObject({ codec: "opus", ptimeMs: 40 });
  });
});

describe("codecs that are spelled otherwise than they should be", () => {
  it.each([
    ["G722/16000", "G722", "9", "a=rtpmap:9 G722/8000"],
    ["G722/16000/1", "G722", "9", "a=rtpmap:9 G722/8000"],
    ["g722/16000", "G722", "118", "a=rtpmap:118 G722/8000"],
    ["opus/48000", "opus", "111", "a=rtpmap:111 opus/48000/2"],
    ["OPUS/48000/1", "opus", "111", "a=rtpmap:111 opus/48000/2"],
    ["opus/16000", "opus", "111", "a=rtpmap:111 opus/48000/2"],
    ["opus", "opus", "111", "a=rtpmap:111 opus/48000/2"],
    ["G722/48000", "G722", "9", "a=rtpmap:9 G722/8000"],
    ["G.722/8000", "G722", "9", "a=rtpmap:9 G722/8000"],
    ["PCMA", "PCMA", "8", "a=rtpmap:8 PCMA/8000"],
    ["pcma", "PCMA", "97", "a=rtpmap:97 PCMA/8000"],
    ["PCMU/0", "PCMU", "0", "a=rtpmap:0 PCMU/8000"],
    ["PCMU/16000", "PCMU", "0", "a=rtpmap:0 PCMU/8000"],
    ["PCMA/8000/2", "PCMA", "8", "a=rtpmap:8 PCMA/8000"],
    ["G711U/8000", "PCMU", "0", "a=rtpmap:0 PCMU/8000"],
    ["ALAW/8000", "PCMA", "97", "a=rtpmap:97 PCMA/8000"],
    ["ULAW/8000", "PCMU", "97", "a=rtpmap:97 PCMU/8000"],
    ["mu-law/8000", "PCMU", "97", "a=rtpmap:97 PCMU/8000"],
    ["G711-ALAW/8000", "PCMA", "97", "a=rtpmap:97 PCMA/8000"],
    ['"PCMA/8000"', "PCMA", "97", "a=rtpmap:97 PCMA/8000"],
  ])("are meant all the same, and answered as they should be: %s", (spelled, codec, type, rtpmap) => {
    const answered = answer(offerOf(`m=audio 4000 RTP/AVP ${type}`, `a=rtpmap:${type} ${spelled}`));
    expect(answered.plan).toMatchObject({ codec, payloadType: Number(type), mended: { lines: 1, names: 0 } });
    expect(answered.sdp).toContain(`\r\n${rtpmap}\r\n`);
  });

  it.each([
    ["a=rtpmap:101 telephone-event", 8000, 1],
    ["a=rtpmap:101 telephone_event/8000", 8000, 1],
    ["a=fmtp:101 0-15", 8000, 1],
    ["a=fmtp:101 0-16", 8000, 1],
    ["a=rtpmap:101 telephone-event/24000", 24_000, 0],
    ["a=rtpmap:101 Telephone-Event/8000/1", 8000, 0],
  ])("are meant all the same where they are keys: %s", (line, clockRate, lines) => {
    const { plan } = answer(offerOf("m=audio 4000 RTP/AVP 8 101", line));
    expect([...plan.events]).toEqual([[101, clockRate]]);
    expect(plan.mended?.lines ?? 0).toBe(lines);
  });

  it.each(["a=fmtp:101 mode=30", "a=fmtp:101 0", "a=rtpmap:101 iLBC/8000"])("are no keys: %s", (line) => {
    expect(answer(offerOf("m=audio 4000 RTP/AVP 8 101", line)).plan.events.size).toBe(0);
  });

  it("are no keys where other numbers have no name either, or keys have another number", () => {
    expect(answer(offerOf("m=audio 4000 RTP/AVP 8 102", "a=fmtp:101 0-15")).plan.events.size).toBe(0);
    const { plan } = answer(offerOf("m=audio 4000 RTP/AVP 8 101 96", "a=rtpmap:96 telephone-event/8000"));
    expect([...plan.events]).toEqual([[96, 8000]]);
  });

  it("are keys under the number that nearly all have for them, without a line of it", () => {
    const { plan, sdp } = answer(offerOf("m=audio 4000 RTP/AVP 8 101"));
    expect([...plan.events]).toEqual([[101, 8000]]);
    expect(plan.mended).toEqual({ lines: 1, names: 0 });
    expect(sdp).toContain("a=rtpmap:101 telephone-event/8000\r\n");
  });

  it.each([
    ["30ms", 30],
    ["30, 20", 30],
    ["30;", 30],
    ["40.0", 40],
    ["1.2.3", 20],
    ["long", 20],
  ])("have packets of the length that is meant: a=ptime:%s", (written, ptimeMs) => {
    expect(answer(offerOf("m=audio 4000 RTP/AVP 8", `a=ptime:${written}`)).plan.ptimeMs).toBe(ptimeMs);
  });

  it("are not those that would be something else", () => {
    const result = planAnswer(
      offerOf("m=audio 4000 RTP/AVP 96", "a=rtpmap:96 PCMA/16000"),
      defaultCapabilities,
      local,
    );
    expect(result).toMatchObject({ ok: false, error: { code: "NO_COMMON_CODEC" } });
  });
});

describe("a static number with a name that is no codec's (RFC 3551 §6)", () => {
  it.each([
    ["8 ALAW/8000", "PCMA"],
    ["8 G711/8000", "PCMA"],
    ["0 mulaw/8000", "PCMU"],
    ["0 G711/8000/1", "PCMU"],
  ])("%s is %s", (rtpmap, codec) => {
    const number = Number.parseInt(rtpmap, 10);
    const { plan } = answer(offerOf(`m=audio 4000 RTP/AVP ${number}`, `a=rtpmap:${rtpmap}`));
    expect(plan).toMatchObject({ codec, payloadType: number, mended: { lines: 1, names: 0 } });
  });

  it.each(["8 G729/8000", "8 telephone-event/8000", "0 SPEEX/16000"])("%s is what it says", (rtpmap) => {
    const number = Number.parseInt(rtpmap, 10);
    const offer = offerOf(`m=audio 4000 RTP/AVP ${number}`, `a=rtpmap:${rtpmap}`);
    expect(planAnswer(offer, defaultCapabilities, local).ok).toBe(false);
  });
});

describe("a host name where an address should be (RFC 8866 §5.7)", () => {
  const names = new Map([["media.example.com", "198.51.100.77"]]);
  const offer = offerOf("m=audio 4000 RTP/AVP 0", "c=IN IP4 Media.Example.COM");

  it("is what it was looked up to be, in an offer and in an answer", () => {
    const answered = planAnswer(offer, defaultCapabilities, { ...local, names });
    const remote = { address: "198.51.100.77", port: 4000 };
    expect(answered).toMatchObject({ ok: true, value: { plan: { remote, mended: { lines: 0, names: 1 } } } });
    const { state } = createOffer(defaultCapabilities, local);
    const agreed = planFromAnswer(offer, defaultCapabilities, { ...local, names }, state);
    expect(agreed).toMatchObject({ ok: true, value: { plan: { remote } } });
  });

  it.each([
    ["2001:db8::1", "INCOMPATIBLE_ADDRESS"],
    ["239.1.2.3", "MULTICAST_ADDRESS"],
  ])("is refused like the address it stands for: %s", (address, code) => {
    const result = planAnswer(offer, defaultCapabilities, {
      ...local,
      names: new Map([["media.example.com", address]]),
    });
    expect(result).toMatchObject({ ok: false, error: { code } });
  });

  it("that was not found is an address of no use, and what is no name is broken", () => {
    expect(planAnswer(offer, defaultCapabilities, local)).toMatchObject({
      ok: false,
      error: { code: "INCOMPATIBLE_ADDRESS" },
    });
    const broken = offerOf("m=audio 4000 RTP/AVP 0", "c=IN IP4 -nope-..example");
    expect(planAnswer(broken, defaultCapabilities, local)).toMatchObject({
      ok: false,
      error: { code: "BAD_SDP" },
    });
  });

  it("is to be looked up only where the audio needs it, and only a few of them", () => {
    expect(hostNamesIn(offer)).toEqual(["media.example.com"]);
    expect(hostNamesIn(offerOf("m=audio 4000 RTP/AVP 0", "c=IN IP4 feed.cafe"))).toEqual(["feed.cafe"]);
    expect(hostNamesIn(offerOf("m=audio 4000 RTP/AVP 0"))).toEqual([]);
    expect(hostNamesIn(offerOf("m=audio 4000 RTP/AVP 0", "c=IN IP6 2001:db8::cafe"))).toEqual([]);
    const video = offerOf("m=audio 4000 RTP/AVP 0", "m=video 4002 RTP/AVP 96", "c=IN IP4 video.example.com");
    expect(hostNamesIn(video)).toEqual([]);
    expect(hostNamesIn(video, { video: {} })).toEqual(["video.example.com"]);
    const refused = offerOf("m=audio 0 RTP/AVP 0", "c=IN IP4 old.example.com");
    expect(hostNamesIn(refused)).toEqual([]);
    const many = Array.from({ length: 20 }, (_, index) => [
      "m=audio 4000 RTP/AVP 0",
      `c=IN IP4 host${index}.example.com`,
    ]).flat();
    expect(hostNamesIn(offerOf(many[0]!, ...many.slice(1)))).toEqual([
      "host0.example.com",
      "host1.example.com",
    ]);
    expect(hostNamesIn("c=IN IP4 a.example.com")).toEqual([]);
  });
});

describe("offering (RFC 3264 §5)", () => {
  it("offers all codecs, keys and both directions", () => {
    const { sdp } = createOffer(defaultCapabilities, local);
    expect(sdp.split("\r\n").slice(5)).toEqual([
      "m=audio 30000 RTP/AVP 107 9 8 0 102 101",
      "a=rtpmap:107 opus/48000/2",
      "a=fmtp:107 minptime=10;useinbandfec=1",
      "a=rtpmap:9 G722/8000",
      "a=rtpmap:8 PCMA/8000",
      "a=rtpmap:0 PCMU/8000",
      "a=rtpmap:102 telephone-event/48000",
      "a=fmtp:102 0-15",
      "a=rtpmap:101 telephone-event/8000",
      "a=fmtp:101 0-15",
      "a=ptime:20",
      "a=sendrecv",
      "a=rtcp-mux",
      "",
    ]);
  });

  it("puts the far end on hold and takes it back (§8.4)", () => {
    const { state } = createOffer(defaultCapabilities, local);
    const { sdp: held, state: holding } = createOffer(defaultCapabilities, { ...local, hold: true }, state);
    expect(held).toContain("a=sendonly\r\n");
    expect(createOffer(defaultCapabilities, local, holding).sdp).toContain("a=sendrecv\r\n");
  });

  it("plans from the answer, seen from our side", () => {
    const { state } = createOffer(defaultCapabilities, local);
    const { plan } = agree(
      offerOf("m=audio 4000 RTP/AVP 8 101", "a=rtpmap:101 telephone-event/8000", "a=recvonly"),
      state,
    );
    expect(plan).toMatchObject({ codec: "PCMA", payloadType: 8, telephoneEvent: 101, direction: "sendonly" });
    expect([...plan.receive]).toEqual([[8, "PCMA"]]);
    expect(plan.rtcpMux).toBe(false);
  });

  describe("keeps its own numbers good for receiving (RFC 3264 §5.1), beside the answer's", () => {
    const { state } = createOffer(defaultCapabilities, local);

    it("for keys: offered as 101, answered as 96", () => {
      const { plan } = agree(offerOf("m=audio 4000 RTP/AVP 8 96", "a=rtpmap:96 telephone-event/8000"), state);
      expect(plan.telephoneEvent).toBe(96);
      expect(Object.fromEntries(plan.events)).toEqual({ 96: 8000, 101: 8000, 102: 48_000 });
      expect([...plan.offered!].sort()).toEqual([101, 102]);
    });

    it("for a codec: Opus offered as 107, answered as 111", () => {
      const { plan } = agree(offerOf("m=audio 4000 RTP/AVP 111", "a=rtpmap:111 opus/48000/2"), state);
      expect(plan.payloadType).toBe(111);
      expect(Object.fromEntries(plan.receive)).toEqual({ 107: "opus", 111: "opus" });
    });

    it("for keys that the answer leaves out: they are heard, and none are sent", () => {
      const { plan } = agree(offerOf("m=audio 4000 RTP/AVP 8"), state);
      expect(plan.telephoneEvent).toBeUndefined();
      expect(plan.events.get(101)).toBe(8000);
    });

    it("but not where the answer means something else by one of them", () => {
      const { plan } = agree(
        offerOf(
          "m=audio 4000 RTP/AVP 101 96",
          "a=rtpmap:101 opus/48000/2",
          "a=rtpmap:96 telephone-event/48000",
        ),
        state,
      );
      expect(Object.fromEntries(plan.receive)).toEqual({ 101: "opus", 107: "opus" });
      expect(Object.fromEntries(plan.events)).toEqual({ 96: 48_000, 102: 48_000 });
    });

    it("through an offer of theirs and another of ours, which repeats them", () => {
      const answered = "m=audio 4000 RTP/AVP 8 96";
      const agreed = agree(offerOf(answered, "a=rtpmap:96 telephone-event/8000"), state);
      const theirs = answer(offerOf(answered, "a=rtpmap:96 telephone-event/8000"), agreed.state);
      expect(Object.fromEntries(theirs.plan.events)).toEqual({ 96: 8000, 101: 8000, 102: 48_000 });
      expect(mediaLines(theirs.sdp)).toEqual(["m=audio 30000 RTP/AVP 8 96"]);
      const again = createOffer(defaultCapabilities, local, theirs.state);
      expect(mediaLines(again.sdp)).toEqual(["m=audio 30000 RTP/AVP 8 107 9 0 101 102"]);
      const after = agree(offerOf(answered, "a=rtpmap:96 telephone-event/8000"), again.state);
      expect(Object.fromEntries(after.plan.events)).toEqual({ 96: 8000, 101: 8000, 102: 48_000 });
    });
  });

  it("offers again inside a call: same session, same lines, the codec in use first, no hold of its own", () => {
    const first = answer(
      offerOf("m=video 9 RTP/AVP 96", "m=audio 4000 RTP/AVP 8 96", "a=rtpmap:96 telephone-event/8000"),
    );
    const held = answer(
      offerOf(
        "m=video 0 RTP/AVP 96",
        "m=audio 4000 RTP/AVP 8 96",
        "a=rtpmap:96 telephone-event/8000",
        "a=sendonly",
      ),
      first.state,
    );
    const { sdp, state } = createOffer(defaultCapabilities, local, held.state);
    expect(originLine(sdp)).toBe("o=- 7 3 IN IP4 192.0.2.10");
    expect(mediaLines(sdp)).toEqual(["m=video 0 RTP/AVP 96", "m=audio 30000 RTP/AVP 8 107 9 0 96 102"]);
    expect(sdp).toContain("\r\na=sendrecv\r\n");
    const agreed = agree(offerOf("m=video 0 RTP/AVP 96", "m=audio 4000 RTP/AVP 8"), state);
    expect(agreed.plan).toMatchObject({ direction: "sendrecv", telephoneEvent: undefined });
  });

  it.each([
    [offerOf("m=audio 0 RTP/AVP 0"), "NO_COMMON_CODEC", "port 0"],
    [offerOf("m=audio 4000 RTP/AVP 18"), "NO_COMMON_CODEC", "G729/8000"],
    [offerOf("m=video 4000 RTP/AVP 96"), "BAD_SDP", "no audio"],
    ["", "BAD_SDP", "v=0"],
  ])("says why an answer cannot be used", (text, code, message) => {
    const result = planFromAnswer(
      text,
      defaultCapabilities,
      local,
      createOffer(defaultCapabilities, local).state,
    );
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.error).toEqual({ code, message: expect.stringContaining(message) });
  });
});

describe("holds and habits of the field", () => {
  const to = (connection: string, ...more: string[]) =>
    ["v=0", "o=- 1 1 IN IP4 198.51.100.5", "s=-", `c=IN ${connection}`, "t=0 0", "m=audio 4000 RTP/AVP 0"]
      .concat(more)
      .join("\r\n");
  const direction = (text: string) => answer(`${text}\r\n`).plan.direction;

  it.each([
    ["IP4 0.0.0.0"],
    ["IP4 000.000.000.000"],
    ["IP6 ::"],
    ["IP6 0:0:0:0:0:0:0:0"],
    ["IP6 0::0"],
    ["IP6 ::0.0.0.0"],
    ["IP4 media.invalid"],
    ["IP6 hold.Invalid."],
  ])("takes c=IN %s as a hold, whatever family the address is of", (connection) => {
    expect(direction(to(connection))).toBe("recvonly");
    expect(direction(to(connection, "a=sendonly"))).toBe("recvonly");
    expect(direction(to(connection, "a=recvonly"))).toBe("inactive");
    expect(direction(to(connection, "a=inactive"))).toBe("inactive");
    expect(answer(`${to(connection)}\r\n`).plan.remote.address).toBe("0.0.0.0");
    expect(hostNamesIn(to(connection))).toEqual([]);
  });

  it("still refuses an address of the other family, and names that only look like the one of no address", () => {
    for (const connection of ["IP6 2001:db8::1", "IP6 ::1", "IP4 invalid.example.com"]) {
      expect(planAnswer(to(connection), defaultCapabilities, local)).toMatchObject({
        error: { code: "INCOMPATIBLE_ADDRESS" },
      });
    }
  });

  it("reads attributes of a stream that stand before the first stream, unless the stream has its own", () => {
    const session = [
      "a=rtpmap:96 opus/48000/2",
      "a=rtpmap:101 telephone-event/8000",
      "a=fmtp:96 stereo=1;usedtx=1",
    ];
    const text = (...media: string[]) =>
      [
        "v=0",
        "o=- 1 1 IN IP4 198.51.100.5",
        "s=-",
        "c=IN IP4 198.51.100.5",
        "t=0 0",
        "a=ptime:40",
        ...session,
      ]
        .concat("m=audio 4000 RTP/AVP 96 101", ...media, "")
        .join("\r\n");
    expect(answer(text()).plan).toMatchObject({ codec: "opus", ptimeMs: 40, telephoneEvent: 101 });
    expect(answer(text()).plan.opus?.useDtx).toBe(true);
    const own = text("a=rtpmap:96 PCMA/8000", "a=ptime:10", "a=fmtp:96 usedtx=0");
    expect(answer(own).plan).toMatchObject({ codec: "PCMA", payloadType: 96, ptimeMs: 10 });
  });

  it("goes by new numbers and a new port when a re-INVITE has them", () => {
    const first = answer(
      offerOf(
        "m=audio 4000 RTP/AVP 107 101",
        "a=rtpmap:107 opus/48000/2",
        "a=rtpmap:101 telephone-event/48000",
      ),
    );
    const second = answer(
      offerOf(
        "m=audio 4600 RTP/AVP 111 110",
        "a=rtpmap:111 opus/48000/2",
        "a=rtpmap:110 telephone-event/48000",
      ),
      first.state,
    );
    expect(second.plan).toMatchObject({ payloadType: 111, telephoneEvent: 110, remote: { port: 4600 } });
    expect(mediaLines(second.sdp)).toEqual(["m=audio 30000 RTP/AVP 111 110"]);
  });

  it("takes one meaning of a number that has two, the first", () => {
    const { plan } = answer(
      offerOf("m=audio 4000 RTP/AVP 96 96 0", "a=rtpmap:96 PCMA/8000", "a=rtpmap:96 telephone-event/8000"),
    );
    expect([...plan.receive]).toEqual([
      [96, "PCMA"],
      [0, "PCMU"],
    ]);
    expect(plan.telephoneEvent).toBeUndefined();
  });
});

describe("a profile by another name than its registered one", () => {
  it.each([
    ["AVP", "RTP/AVP"],
    ["RTP", "RTP/AVP"],
    ["UDP/RTP/AVP", "UDP/RTP/AVP"],
    ["RTP/AVP/UDP", "RTP/AVP/UDP"],
    ["RTP/AVP;", "RTP/AVP;"],
    ["RTP\\AVPF", "RTP\\AVPF"],
  ])("%s is meant, counted, and comes back as it was written", (protocol) => {
    const answered = answer(offerOf(`m=audio 4000 ${protocol} 8`));
    expect(mediaLines(answered.sdp)).toEqual([`m=audio 30000 ${protocol} 8`]);
    expect(answered.plan).toMatchObject({ codec: "PCMA", mended: { lines: 1, names: 0 } });
    // So it does in an offer of ours.
    expect(mediaLines(createOffer(defaultCapabilities, local, answered.state).sdp)[0]).toContain(
      ` 30000 ${protocol} `,
    );
  });

  it.each(["TCP/RTP/AVP", "UDP", "UDP/DTLS/RTP/AVP", "AVP/SAVP", "RTP/AVP/UDP/RTP/UDP", "RTP/XVP"])(
    "%s is none of ours",
    (protocol) => {
      expect(planAnswer(offerOf(`m=audio 4000 ${protocol} 8`), defaultCapabilities, local)).toMatchObject({
        ok: false,
        error: { code: "NO_COMMON_CODEC" },
      });
    },
  );

  it("does not make an encrypted stream one in the clear", () => {
    expect(planAnswer(offerOf("m=audio 4000 SAVP 8"), defaultCapabilities, local)).toMatchObject({
      ok: false,
      error: { code: "INCOMPATIBLE_TRANSPORT" },
    });
  });

  it("is understood in an answer", () => {
    const { state } = createOffer(defaultCapabilities, local);
    expect(agree(offerOf("m=audio 4000 AVP 8"), state).plan).toMatchObject({
      codec: "PCMA",
      mended: { lines: 1, names: 0 },
    });
  });
});

it("takes the keys that stand before the first stream, for encrypted ones without their own", () => {
  const key = (letter: string) => `inline:${letter.repeat(40)}`;
  const crypto = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 ${key("A")}`;
  const head = offerOf(crypto, "m=audio 4000 RTP/SAVP 8");
  const answered = answer(head);
  expect(answered.plan.srtp?.receive.key).toEqual(new Uint8Array(16));
  expect(answered.plan.mended).toEqual({ lines: 1, names: 0 });
  const own = answer(`${head}a=crypto:1 AES_CM_128_HMAC_SHA1_80 ${key("/")}\r\n`);
  expect(own.plan.srtp?.receive.key).toEqual(new Uint8Array(16).fill(255));
  expect(own.plan.mended).toBeUndefined();
  expect(answer(offerOf(crypto, "m=audio 4000 RTP/AVP 8")).plan.srtp).toBeUndefined();
});
