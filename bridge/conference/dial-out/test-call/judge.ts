// The findings of a test call. Pure.
import type { TrunkSrtp } from "#services/trunks";
import type { Cause } from "#sip";
import type { MediaFact, OptionsFact, TestCallFacts, TestFinding } from "./types.ts";

/** Louder than the noise of any line. */
const audibleDbov = -50;
/** The tone counts as echoed when the level without it is lower by this. */
const clearlyLouderDb = 12;
const muchLossPercent = 5;

export function judgeTestCall(facts: TestCallFacts, srtp: TrunkSrtp): readonly TestFinding[] {
  const { media } = facts;
  return [
    trunkCheck(facts),
    optionsCheck(facts.options),
    largeCheck(facts),
    callCheck(facts),
    ...(media
      ? [codecCheck(media), encryptionCheck(media, srtp), inCheck(media), outCheck(media), keysCheck(media)]
      : (["codec", "encryption", "audio-in", "audio-out", "keys"] as const).map(notReached)),
    reinviteCheck(facts),
    holdCheck(facts),
  ];
}

const notReached = (check: TestFinding["check"]): TestFinding => ({
  ...{ check, verdict: "skip", detail: "the call was not answered" },
});

function trunkCheck({ trunk: { status, detail } }: TestCallFacts): TestFinding {
  const check = "trunk";
  if (status === "up") return { check, verdict: "pass", detail };
  if (status === "unwatched") return { check, verdict: "skip", detail };
  return {
    ...{ check, verdict: status === "down" ? "fail" : "warn", detail },
    remedy: "look at host, username, password and realm of the trunk; parley trace shows what is answered",
  };
}

function optionsCheck({ answer }: OptionsFact): TestFinding {
  const check = "options";
  if (answer) return { check, verdict: "pass", detail: `answered ${answer.status} ${answer.text}` };
  return {
    ...{ check, verdict: "warn", detail: "OPTIONS is not answered" },
    remedy: "some carriers never do: keepalive_seconds: 0. Otherwise look at the address and at firewalls",
  };
}

function largeCheck({ options, large }: TestCallFacts): TestFinding {
  const check = "large-requests";
  if (!large) return { check, verdict: "skip", detail: "OPTIONS is not answered at all" };
  const what = `a request of more than ${large.bytes} bytes`;
  if (large.answer) {
    return { check, verdict: "pass", detail: `${what} arrives over ${large.answer.protocol ?? "UDP"}` };
  }
  const isUdp = (options.answer?.protocol ?? "UDP") === "UDP";
  return {
    ...{ check, verdict: "fail", detail: `${what} is not answered, a small one is` },
    remedy: isUdp
      ? "fragments of UDP are lost on the way: let SIP over TCP through, add ;transport=tcp to the trunk's host, or give it fewer codecs"
      : "the far end takes none of that size: give it fewer codecs",
  };
}

function callCheck({ call }: TestCallFacts): TestFinding {
  const check = "call";
  if (call.answered) return { check, verdict: "pass", detail: "answered" };
  const { status, text } = call.cause;
  return { check, verdict: "fail", detail: `not answered: ${status} ${text}`, remedy: remedyOf(status) };
}

/** Chosen mainly by the SIP status. */
function remedyOf(status: number): string {
  if (status === 401 || status === 407)
    return "look at username, auth_username, password and realm of the trunk";
  if (status === 403)
    return "the far end does not allow this call: look at the caller's number (caller_id) and at its rules";
  if (status === 404 || status === 484 || status === 604) {
    return "the far end does not know the number: look at dial_prefixes for how it wants it written";
  }
  if (status === 408)
    return "nothing answers: look at the trunk's host, at firewalls, and whether the number rings";
  if (status === 480 || status === 486 || status === 600) return "call a number that answers by itself";
  if (status === 488 || status === 606)
    return "no common codec or encryption: look at codecs and srtp of the trunk";
  return "parley trace shows the messages";
}

function codecCheck({ codec }: MediaFact): TestFinding {
  const check = "codec";
  if (codec !== null) return { check, verdict: "pass", detail: `${codec} was agreed` };
  return {
    ...{ check, verdict: "fail", detail: "no codec was agreed" },
    remedy: "look at codecs of the trunk",
  };
}

function encryptionCheck({ encryption }: MediaFact, srtp: TrunkSrtp): TestFinding {
  const check = "encryption";
  if (encryption !== null) return { check, verdict: "pass", detail: `SRTP, ${encryption}` };
  if (srtp !== "require") return { check, verdict: "pass", detail: "media pass in the clear" };
  return {
    ...{ check, verdict: "fail", detail: "media pass in the clear, and srtp of the trunk is require" },
    remedy: "switch SRTP on at the far end",
  };
}

function inCheck({ packetsReceived, loudDbov, quietDbov, lossPercent }: MediaFact): TestFinding {
  const check = "audio-in";
  if (packetsReceived === 0) {
    return {
      ...{ check, verdict: "fail", detail: "one-way: nothing comes from the far end" },
      remedy:
        "open UDP rtp.port_min to rtp.port_max for it, and behind NAT set node.public_ipv4 (parley doctor shows what the trunk sees)",
    };
  }
  if (lossPercent > muchLossPercent) {
    return {
      ...{
        check,
        verdict: "warn",
        detail: `${lossPercent.toFixed(1)} % of the packets are lost on the way here`,
      },
      remedy: "look at the network between the trunk and this machine",
    };
  }
  const loudest = Math.max(loudDbov, quietDbov);
  const heard = loudest >= audibleDbov ? `at ${Math.round(loudest)} dBov` : "silence";
  return { check, verdict: "pass", detail: `${packetsReceived} packets came, ${heard}` };
}

function outCheck(media: MediaFact): TestFinding {
  const check = "audio-out";
  const { reports, lateReports, reportsOfAudio, remoteLossPercent, packetsReceived } = media;
  if (comesBack(media))
    return { check, verdict: "pass", detail: "the tone comes back: both directions work" };
  if (reportsOfAudio > 0 && (remoteLossPercent ?? 0) > muchLossPercent) {
    return {
      ...{
        check,
        verdict: "warn",
        detail: `the far end loses ${remoteLossPercent?.toFixed(1)} % of our packets`,
      },
      remedy: "look at the network between this machine and the trunk",
    };
  }
  if (reportsOfAudio > 0)
    return { check, verdict: "pass", detail: "the far end reports that our packets arrive" };
  if (lateReports > 0) {
    return {
      ...{ check, verdict: "fail", detail: "one-way: the far end reports that nothing arrives there" },
      remedy: "look at firewalls for UDP from here to the far end",
    };
  }
  const silence = packetsReceived > 0 ? "" : ", and nothing comes back";
  const why = reports > 0 ? "the far end reports too seldom" : `the far end sends no RTCP reports${silence}`;
  return {
    ...{ check, verdict: "skip", detail: `${why}: whether it hears us is not known` },
    remedy: "call a number that echoes",
  };
}

const comesBack = ({ loudDbov, quietDbov }: MediaFact): boolean =>
  loudDbov >= audibleDbov && loudDbov - quietDbov >= clearlyLouderDb;

function keysCheck({ keyEvents }: MediaFact): TestFinding {
  const check = "keys";
  if (keyEvents) return { check, verdict: "pass", detail: "telephone-event (RFC 4733) was agreed" };
  return {
    ...{
      check,
      verdict: "warn",
      detail: "no telephone-event: keys come as tones in the audio or as INFO, if at all",
    },
    remedy: "switch RFC 2833/4733 on at the far end: tones do not survive every codec",
  };
}

function reinviteCheck({ call, resume }: TestCallFacts): TestFinding {
  const check = "re-invite";
  if (!call.answered || resume === undefined) return { ...notReached(check) };
  if (resume === null) return { check, verdict: "pass", detail: "a change of the call is taken" };
  return {
    ...{ check, verdict: "fail", detail: `a change of the call is refused: ${words(resume)}` },
    remedy: "let re-INVITEs through: moves between rooms and the recovery of a call need them",
  };
}

function holdCheck({ call, hold }: TestCallFacts): TestFinding {
  const check = "hold";
  if (!call.answered || hold === undefined) return { ...notReached(check) };
  if (hold === null) return { check, verdict: "pass", detail: "it is put on hold and taken back" };
  return {
    ...{ check, verdict: "warn", detail: `hold is refused: ${words(hold)}` },
    remedy:
      "Parley puts no call on hold by itself; a PBX or telephone behind this trunk that does is refused likewise",
  };
}

const words = ({ status, text }: Cause): string => `${status} ${text}`;
