// The offerer of RFC 3264 §5 and §8: our description as an offer, first or again, and the plan that follows
// from the far end's answer (§7).
import { fail, ok, type Result } from "#common";
import { readAudioStream, readEncodings } from "./audio-stream.ts";
import { codecSpelling } from "./codecs.ts";
import type { SdpProblem } from "./description.ts";
import {
  audioMedia,
  type Capabilities,
  describe,
  type LocalEnd,
  type Match,
  matchCodecs,
  planOf,
  refusedMedia,
  type SdpState,
  slotsOf,
} from "./negotiation.ts";
import { parseSdp } from "./parse.ts";
import type { AudioCodecName, AudioPlan } from "./types.ts";

/** Keys on the clock of each codec: G.722's is 8000 as well (RFC 3551 §4.5.2). */
const offeredEvents = new Map([
  [8000, 101],
  [48_000, 102],
]);

/**
 * Everything we can do, always with the right to send and hear (RFC 6337 §5.3: a hold of theirs is theirs to
 * keep). Inside a call the m-lines and the payload types stay as they were, the codec in use comes first.
 */
export function createOffer(
  capabilities: Capabilities,
  local: LocalEnd,
  previous?: SdpState,
): { readonly sdp: string; readonly state: SdpState } {
  const plan = previous?.plan;
  const slots = previous?.slots ?? [];
  const audio = previous?.audio ?? 0;
  const ours = audioMedia(local, offeredCodecs(capabilities, plan), {
    protocol: slots[audio]?.protocol ?? "RTP/AVP",
    direction: "sendrecv",
    ptimeMs: plan?.ptimeMs ?? 20,
    rtcpMux: capabilities.rtcpMux && (plan?.rtcpMux ?? true),
  });
  const media =
    slots.length === 0 ? [ours] : slots.map((slot, at) => (at === audio ? ours : refusedMedia(slot)));
  const { sdp, version } = describe(local, { timing: "0 0", media }, previous);
  return { sdp, state: { version, sent: sdp, slots: slotsOf({ ...emptySession, media }), audio, plan } };
}

/** The plan that the answer to our last description (`state.sent`) leads to. */
export function planFromAnswer(
  answer: string,
  capabilities: Capabilities,
  local: LocalEnd,
  state: SdpState,
): Result<{ readonly plan: AudioPlan; readonly state: SdpState }, SdpProblem> {
  const parsed = parseSdp(answer);
  if (!parsed.ok) return parsed;
  const session = parsed.value;
  const media = session.media[state.audio];
  if (media?.kind !== "audio") {
    return fail({ code: "BAD_SDP", message: "the answer has no audio in the place where it was offered" });
  }
  if (media.port === 0) {
    return fail({ code: "NO_COMMON_CODEC", message: "the far end answered our audio with port 0" });
  }
  const stream = readAudioStream(session, media, local.address);
  if (!stream.ok) return stream;
  const match = matchCodecs(stream.value, capabilities);
  const answered = match && planOf(stream.value, match, capabilities);
  if (!answered) {
    const names = readEncodings(media).map((each) => `${each.name}/${each.clockRate}`);
    return fail({
      code: "NO_COMMON_CODEC",
      message: `the answer holds none of our codecs: ${names.join(" ")}`,
    });
  }
  const plan = { ...answered, receive: receivable(capabilities, state.plan, answered) };
  return ok({ plan, state: { ...state, plan } });
}

const emptySession = {
  origin: { sessionId: "0", version: 0, address: "0.0.0.0" },
  connection: undefined,
  timing: "0 0",
  attributes: [],
} as const;

function offeredCodecs(capabilities: Capabilities, plan: AudioPlan | undefined): Match {
  const first = plan && capabilities.codecs.includes(plan.codec) ? [plan.codec] : [];
  const names = new Set<AudioCodecName>([...first, ...capabilities.codecs]);
  const clockRates = new Set([...names].map((name) => codecSpelling(name).clockRate));
  const agreedCodecs = new Map([...(plan?.receive ?? [])].map(([payloadType, name]) => [name, payloadType]));
  const agreedEvents = new Map([...(plan?.events ?? [])].map(([payloadType, rate]) => [rate, payloadType]));
  // A number keeps its meaning for the life of the call (RFC 3264 §8.3.2): what is new takes a free one.
  const taken = new Set([...(plan?.receive.keys() ?? []), ...(plan?.events.keys() ?? [])]);
  const free = (wanted: number): number => {
    let payloadType = wanted;
    while (taken.has(payloadType)) payloadType = payloadType === 127 ? 96 : payloadType + 1;
    taken.add(payloadType);
    return payloadType;
  };
  return {
    codecs: [...names].map((name) => ({
      name,
      payloadType: agreedCodecs.get(name) ?? free(codecSpelling(name).payloadType),
    })),
    events: [...clockRates].map((rate) => [agreedEvents.get(rate) ?? free(offeredEvents.get(rate)!), rate]),
    comfortNoise: plan?.comfortNoise,
  };
}

/** RFC 3264 §6.1: the far end may send by our numbers or, mistakenly but often, by its own. */
function receivable(
  capabilities: Capabilities,
  before: AudioPlan | undefined,
  answered: AudioPlan,
): ReadonlyMap<number, AudioCodecName> {
  const names = new Set(answered.receive.values());
  const offered = offeredCodecs(capabilities, before).codecs.filter(({ name }) => names.has(name));
  return new Map([
    ...answered.receive,
    ...offered.map(({ name, payloadType }) => [payloadType, name] as const),
  ]);
}
