// What the fuzzers throw at: one reader of bytes from the network each. A target takes any input; it throws when the reader
// did, or when what the reader accepted is not what it promises.
import { ok as assert, deepEqual } from "node:assert/strict";
import { isIP } from "node:net";
import { readBindingAnswer } from "../../../bridge/setup/doctor/facts/stun-message.ts";
import { createResponse, formatMessage } from "../../../bridge/sip/message/format.ts";
import { StreamFramer } from "../../../bridge/sip/message/framing.ts";
import { parseMessage } from "../../../bridge/sip/message/parser.ts";
import {
  emptyFeedbackFindings,
  emptyRtcpFindings,
  emptyRtpHeader,
  emptyVoipMetrics,
  looksLikeRtcp,
  namesMid,
  namesOtherMid,
  readAudioLevel,
  readFeedback,
  readRtcp,
  readRtpHeader,
  readTransportSequence,
  readVoipMetrics,
  TelephoneEvents,
} from "../../../media/rtp/index.ts";
import {
  createOffer,
  defaultCapabilities,
  hostNamesIn,
  parseSdp,
  planAnswer,
  planFromAnswer,
  sdpLimits,
  videoPortsNeeded,
} from "../../../media/sdp/index.ts";
import {
  isDtls,
  isIntact,
  isStun,
  readBindingRequest,
  writeBindingSuccess,
} from "../../../media/webrtc/stun.ts";
import { type Seed, seedsOf } from "./corpus.ts";
import { sipSpice, viewOf } from "./sip.ts";

export interface FuzzTarget {
  readonly name: string;
  readonly seeds: readonly Seed[];
  /** Of the file that keeps a finding. */
  readonly ending: string;
  readonly spice: readonly (string | Uint8Array)[];
  /** Throws for a finding. */
  take(input: Buffer): void;
}

const bytes = (...values: number[]) => Uint8Array.from(values);
const binarySpice = [
  ...[bytes(0), bytes(0xff), bytes(0xff, 0xff), bytes(0, 0), bytes(0xff, 0xff, 0xff, 0xff)],
  ...[bytes(0x80), bytes(0x90, 0x00), bytes(0xbe, 0xde, 0xff, 0xff), bytes(0x10, 0x00, 0xff, 0xff)],
  ...[bytes(0x7f, 0xff, 0xff, 0xff), bytes(0x80, 0, 0, 0)],
];

export const fuzzTargets: readonly FuzzTarget[] = [
  {
    ...{ name: "sip", ending: ".sip", seeds: seedsOf("sip", ["sip"], ".sip"), take: takeSip },
    spice: sipSpice,
  },
  {
    ...{ name: "sdp", ending: ".sdp", take: takeSdp },
    seeds: seedsOf("sdp", ["sdp", "sdp-video"], ".sdp"),
    spice: [
      ...[
        "\r\n",
        "\r",
        "\n\n",
        " ",
        "\t",
        "\0",
        ":",
        "/",
        "=",
        "-1",
        "0",
        "65536",
        "4294967296",
        "999999999999",
      ],
      ...[
        "m=audio 9 RTP/AVP 0\r\n",
        "m=video 0 RTP/AVP 96\r\n",
        "a=rtpmap:96 H264/90000\r\n",
        "a=rtpmap:0 /\r\n",
      ],
      ...[
        "a=fmtp:96 profile-level-id=zzzzzz;sprop-parameter-sets=,,\r\n",
        "c=IN IP4 \r\n",
        "c=IN IP6 ::\r\n",
        "c=IN IP4 media.example.com\r\n",
        `c=IN IP4 ${"a".repeat(250)}.example\r\n`,
        "a=fmtp:101 0-15\r\n",
      ],
      ...["a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA|2^31|1:1\r\n", "a=fingerprint:sha-256 \r\n"],
      ...[
        "a=group:BUNDLE 0 0 1\r\n",
        "a=mid:0\r\n",
        "a=ptime:0\r\n",
        "a=imageattr:* recv [x=[1:0]]\r\n",
        "b=AS:-5\r\n",
      ],
    ],
  },
  {
    ...{ name: "rtp", ending: ".hex", seeds: seedsOf("rtp", ["rtp"], ".hex"), take: takeRtp },
    spice: binarySpice,
  },
  {
    ...{ name: "rtcp", ending: ".hex", seeds: seedsOf("rtcp", ["rtcp"], ".hex"), take: takeRtcp },
    spice: binarySpice,
  },
  {
    ...{ name: "stun", ending: ".hex", seeds: seedsOf("stun", ["stun"], ".hex"), take: takeStun },
    spice: [
      ...binarySpice,
      bytes(0x21, 0x12, 0xa4, 0x42),
      bytes(0, 8, 0, 20),
      bytes(0, 6, 0, 0),
      bytes(0, 6, 2, 1),
    ],
  },
  {
    ...{ name: "telephone-event", ending: ".hex", take: takeTelephoneEvents },
    seeds: seedsOf("telephone-event", ["telephone-event"], ".hex"),
    spice: binarySpice,
  },
];

function takeSip(input: Buffer): void {
  new StreamFramer().push(Buffer.from(input));
  const outcome = parseMessage(input);
  if (!outcome.ok) {
    if (outcome.request) formatMessage(createResponse(outcome.request, outcome.status));
    return;
  }
  const again = parseMessage(formatMessage(outcome.message));
  assert(again.ok, "what was written cannot be read");
  deepEqual(viewOf(again.message), viewOf(outcome.message));
  if (outcome.message.kind === "request")
    assert(parseMessage(formatMessage(createResponse(outcome.message, 404))).ok, "the answer cannot be read");
}

const capabilities = {
  ...defaultCapabilities,
  video: {
    codecs: ["H264", "VP8"],
    limits: { width: 1280, height: 720, framerate: 30, kbps: 1500 },
  },
} as const;
const local = {
  ...{ address: "192.0.2.10", port: 30_000, rtcpPort: 30_001, sessionId: "7" },
  dtls: { fingerprint: "AB:CD", addresses: ["192.0.2.10"] },
  stream: { ssrc: 1, cname: "ours" },
  video: [
    { port: 30_002, rtcpPort: 30_003, ssrc: 2, rtxSsrc: 3, cname: "ours" },
    { port: 30_004, rtcpPort: 30_007, ssrc: 4, rtxSsrc: 5, cname: "ours" },
  ],
};
const ourOffer = createOffer(capabilities, local);

function takeSdp(input: Buffer): void {
  const text = input.toString("utf8");
  parseSdp(text);
  takeHostNames(text);
  videoPortsNeeded(text, capabilities);
  planFromAnswer(text, capabilities, local, ourOffer.state);
  const answered = planAnswer(text, capabilities, local);
  if (!answered.ok) return;
  const { sdp, state } = answered.value;
  assert(parseSdp(sdp).ok, "the answer cannot be read");
  assert(!/(?![\r\n])\p{Cc}/u.test(sdp), "the answer has control characters");
  // A later round begins with what was agreed on.
  planAnswer(text, capabilities, local, state);
  assert(parseSdp(createOffer(capabilities, local, state).sdp).ok, "the next offer cannot be read");
}

function takeHostNames(text: string): void {
  const names = hostNamesIn(text, capabilities);
  assert(names.length <= 4 && new Set(names).size === names.length, "more names than are looked up");
  for (const name of names) {
    assert(name.length <= sdpLimits.address && name === name.toLowerCase(), "a name that is none");
    assert(isIP(name) === 0 && /^[a-z0-9_.-]+$/.test(name), "an address, or a name that is none");
  }
  planAnswer(text, capabilities, { ...local, names: new Map(names.map((name) => [name, "192.0.2.99"])) });
}

const header = emptyRtpHeader();
const mid = Buffer.from("0");

function takeRtp(input: Buffer): void {
  looksLikeRtcp(input);
  if (!readRtpHeader(input, header)) return;
  const { payloadStart, payloadEnd, payloadType, sequence } = header;
  assert(
    12 <= payloadStart && payloadStart <= payloadEnd && payloadEnd <= input.length,
    "the payload lies outside",
  );
  assert(payloadType < 128 && sequence < 65_536);
  for (let id = 1; id < 16; id += 1) {
    const level = readAudioLevel(input, id);
    assert(level === undefined || (level >= 0 && level < 128), "a level that is none");
    const number = readTransportSequence(input, id);
    assert(number === undefined || (number >= 0 && number < 65_536), "a number that is none");
    assert(!(namesOtherMid(input, id, mid) && namesMid(input, id, mid)), "this and another line");
  }
}

const rtcp = emptyRtcpFindings();
const feedback = emptyFeedbackFindings();
const metrics = emptyVoipMetrics();

function takeRtcp(input: Buffer): void {
  for (const ssrc of [0x1234_5678, 1]) {
    readRtcp(input, ssrc, rtcp);
    readVoipMetrics(input, ssrc, metrics);
    readFeedback(input, ssrc, feedback);
    assert(feedback.missingCount <= feedback.missing.length, "more is missing than may be");
    assert(feedback.remb === undefined || feedback.remb >= 0, "less than no bits");
  }
}

const from = { address: "192.0.2.1", port: 5004 };

function takeStun(input: Buffer): void {
  if (input.length > 0) isDtls(input);
  isStun(input);
  const answer = readBindingAnswer(input, input.subarray(8, 20));
  if (answer?.outcome === "mapped") {
    const { address, port } = answer.seen;
    assert(isIP(address) !== 0 && port >= 0 && port < 65_536, "an address that is none");
  }
  const request = readBindingRequest(input);
  if (!request) return;
  assert(request.integrityAt + 24 <= input.length, "the integrity lies outside");
  assert(request.transaction.length === 12 && request.username.length <= 513);
  isIntact(input, request, "password");
  assert(
    readBindingRequest(writeBindingSuccess(request, from, "password")) === undefined,
    "a response is no request",
  );
}

/** An input is a stream: payloads of four bytes, each in a packet of its own. */
function takeTelephoneEvents(input: Buffer): void {
  const events = new TelephoneEvents(8000);
  let now = 0;
  const told = (press: ReturnType<TelephoneEvents["receive"]>): void => {
    if (!press) return;
    assert(/^[0-9*#A-D]$/.test(press.digit), "a key that is none");
    assert(press.durationMs >= 0 && Number.isFinite(press.durationMs), "a time that is none");
  };
  for (let at = 0; at + 8 <= input.length && at < 8 * 200; at += 8) {
    const packet = Buffer.concat([Buffer.alloc(12), input.subarray(at + 4, at + 8)]);
    const [sequence, timestamp] = [input.readUInt16BE(at), input.readUInt16BE(at + 2) * 160];
    const press = events.receive(
      packet,
      {
        ...header,
        ...{ marker: (at & 8) === 0, ssrc: 7, sequence, timestamp, payloadStart: 12, payloadEnd: 16 },
      },
      now,
    );
    told(press);
    now += 20;
    told(events.expire(now));
  }
}
