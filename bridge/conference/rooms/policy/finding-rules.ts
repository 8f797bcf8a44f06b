// The rules of the diagnosis, from the figures of a leg over one interval to findings: one rule for each finding, with the
// bounds at which it begins and ends. `in` is from the phone to the bridge, `out` from the bridge to the phone. Pure.
import type { LegStats } from "#media/protocol";
import type { FindingCode, FindingSeverity } from "../records/finding.ts";

/** The figures of the worker that mixes the leg: of its last second, and counters since its start. */
export interface MachineFigures {
  readonly latenessP99Ms: number;
  readonly ticksSkipped: number;
  readonly load?: { readonly machineCpu: number };
}

/** A leg's figures over one interval; counters are the increase in it. */
export interface Interval {
  readonly ms: number;
  /** The figures at the end of the interval. */
  readonly stats: LegStats;
  readonly held: boolean;
  readonly received: number;
  readonly sent: number;
  readonly lost: number;
  readonly late: number;
  readonly ignored: number;
  readonly forged: number;
  readonly unsent: number;
  readonly restamped: number;
  readonly concealedMs: number;
  readonly clippedMs: number;
  readonly reports: number;
  readonly reportsOfAudio: number;
  /** Net correction of the far end's clock over each of the last two minutes; undefined before there are two. */
  readonly drift: readonly [number, number] | undefined;
  /** Undefined: unknown. */
  readonly machine:
    | { readonly latenessP99Ms: number; readonly skipped: number; readonly cpu: number | undefined }
    | undefined;
}

export interface Observation {
  readonly severity: FindingSeverity;
  readonly sentence: string;
}

export interface Rule {
  readonly code: FindingCode;
  /** After how many intervals in a row that show it a finding begins, and after how many that do not it ends. */
  readonly begins: number;
  readonly ends: number;
  readonly advice: string;
  /** `active`: it has begun, and ends by a milder bound. Undefined: all is well; "unknown": the interval does not tell. */
  observe(interval: Interval, active: boolean): Observation | "unknown" | undefined;
}

/** Packets in an interval below which shares say nothing. */
const fewPackets = 25;

const percent = (part: number, whole: number): number => (100 * part) / Math.max(1, whole);
const tenth = (value: number): string => String(Math.round(value * 10) / 10);
const whole = (value: number): string => String(Math.round(value));
const error = (sentence: string): Observation => ({ severity: "error", sentence });
const warning = (sentence: string): Observation => ({ severity: "warning", sentence });
const info = (sentence: string): Observation => ({ severity: "info", sentence });

/** The share of the packets sent to the bridge that were lost. */
const lossPercent = ({ lost, received }: Interval): number => percent(lost, lost + received);

export const rules: readonly Rule[] = [
  {
    code: "MEDIA_NOT_DECRYPTED",
    begins: 1,
    ends: 2,
    advice:
      "The keys that were agreed are not those that the phone uses. Look for a PBX or session border controller that alters " +
      "a=crypto or a=fingerprint, and for a phone that keeps its old keys after a re-INVITE.",
    observe: ({ forged, received }) =>
      forged >= fewPackets && forged > received
        ? error(`Packets come from the phone, but ${forged} of them could not be decrypted.`)
        : undefined,
  },
  {
    code: "MEDIA_NOT_SENT",
    begins: 1,
    ends: 2,
    advice:
      "The bridge's own machine refuses what is sent to the phone. EPERM: a firewall on it (nft list ruleset, iptables -L OUTPUT). " +
      "ENETUNREACH, EHOSTUNREACH: it has no route to the phone's address. EINVAL, EAFNOSUPPORT: the address or port in the phone's " +
      "SDP cannot be reached from the address that SIP and media are bound to. EAGAIN, ENOBUFS: its network queue is full. SRTP: " +
      "the agreed keys cannot be used.",
    observe: ({ unsent, sent, stats: { unsentReason } }) => {
      if (unsent < fewPackets) return undefined;
      const sentence = `Our packets cannot be sent: ${unsentReason ?? "unknown"} (${unsent} in the last seconds).`;
      return unsent > sent / 2 ? error(sentence) : warning(sentence);
    },
  },
  {
    code: "NO_AUDIO_IN",
    begins: 2,
    ends: 1,
    advice:
      "The phone hears the conference and is not heard. Check that the RTP ports of the bridge are open for UDP from outside, " +
      "that node.public_ipv4 is the address that the phone can reach, and SIP ALG and symmetric NAT on the phone's router.",
    observe: ({ held, received, sent, forged, reports, stats }) => {
      if (held || sent < fewPackets) return "unknown";
      // A participant without a microphone has agreed to send nothing.
      if (stats.direction === "sendonly") return undefined;
      if (received > 0 || forged >= fewPackets) return undefined;
      if (stats.packetsReceived === 0) {
        return error("One-way audio: no packet of audio has come from the phone since the call began.");
      }
      const sentence = "No audio comes from the phone any more";
      return reports > 0
        ? warning(
            `${sentence}, though its reports do: it is muted and sends no silence, or its audio is lost.`,
          )
        : error(`${sentence}, and no reports: it is switched off, or its network is gone.`);
    },
  },
  {
    code: "NO_AUDIO_OUT",
    begins: 3,
    ends: 1,
    advice:
      "The phone is heard and does not hear the conference. Check that UDP from the bridge's RTP ports to the phone is let " +
      "through, the address in the phone's SDP (c= line) behind NAT, and SIP ALG on the phone's router.",
    observe: ({ held, sent, reports, reportsOfAudio, stats }) => {
      if (held || sent < fewPackets || reports === 0) return "unknown";
      if (reportsOfAudio > 0) return undefined;
      return stats.reportsOfAudio > 0
        ? error("One-way audio: the phone reports that it receives none of our packets any more.")
        : warning("One-way audio, probably: the phone's reports do not mention our packets.");
    },
  },
  {
    code: "MEDIA_IGNORED",
    begins: 2,
    ends: 2,
    advice:
      "Packets come that belong to nothing that was agreed: from another address than the phone's, or by another payload type. " +
      "Write them to a file with `parley dump` and compare them with the SDP in the call's ladder.",
    observe: ({ ignored, received }) =>
      ignored >= fewPackets && ignored > received / 2
        ? warning(`${ignored} packets were ignored in the last seconds, ${received} taken.`)
        : undefined,
  },
  {
    code: "MACHINE_OVERLOADED",
    begins: 2,
    ends: 3,
    advice:
      "The machine has too little processor time for the mixer. Look for other load, a virtual machine without reserved " +
      "processors, and whether the service has real-time priority (parley_media_real_time).",
    observe: ({ machine }, active) => {
      if (!machine) return "unknown";
      const busy =
        machine.cpu === undefined ? "" : `; the processors are busy to ${whole(100 * machine.cpu)} %`;
      if (machine.skipped > 0) {
        return error(
          `The mixer of this bridge left out ${machine.skipped} ticks of 20 ms in the last seconds${busy}.`,
        );
      }
      const lateMs = machine.latenessP99Ms;
      return lateMs >= (active ? 10 : 20)
        ? warning(
            `The mixer of this bridge is late: one tick in a hundred by ${whole(lateMs)} ms or more${busy}.`,
          )
        : undefined;
    },
  },
  {
    code: "LOSS_IN",
    begins: 2,
    ends: 3,
    advice:
      "Packets are lost between the phone and the bridge. Look at Wi-Fi, at the uplink of the phone's site when others upload, " +
      "and at switches without priority for voice (DSCP EF).",
    observe: (interval, active) => {
      if (interval.received + interval.lost < fewPackets) return "unknown";
      const loss = lossPercent(interval);
      if (loss < (active ? 1.5 : 3)) return undefined;
      const sentence = `${tenth(loss)} % of the phone's packets were lost on the way to the bridge.`;
      return loss >= 10 ? error(sentence) : warning(sentence);
    },
  },
  {
    code: "LOSS_OUT",
    begins: 2,
    ends: 3,
    advice:
      "Packets are lost between the bridge and the phone, as the phone reports. Look at the downlink of the phone's site, at " +
      "its Wi-Fi, and at the bridge's own uplink.",
    observe: ({ reportsOfAudio, stats: { remoteLossPercent: loss } }, active) => {
      if (loss === null || reportsOfAudio === 0) return "unknown";
      if (loss < (active ? 1.5 : 3)) return undefined;
      const sentence = `${tenth(loss)} % of our packets were lost on the way to the phone.`;
      return loss >= 10 ? error(sentence) : warning(sentence);
    },
  },
  {
    code: "JITTER_IN",
    begins: 2,
    ends: 3,
    advice:
      "The phone's packets come unevenly. Look for a busy Wi-Fi or uplink, a VPN, and a soft phone on a busy computer.",
    observe: (interval, active) => {
      const { received, late, concealedMs, ms, stats } = interval;
      if (received < fewPackets) return "unknown";
      const tooLate = percent(late, received);
      const gaps = percent(concealedMs, ms) - lossPercent(interval);
      if (stats.jitterMs < (active ? 20 : 30) && tooLate < 1 && gaps < 3) return undefined;
      return warning(
        `The phone's packets come unevenly: jitter ${whole(stats.jitterMs)} ms, ${tenth(tooLate)} % too late to be heard.`,
      );
    },
  },
  {
    code: "JITTER_OUT",
    begins: 2,
    ends: 3,
    advice:
      "Our packets come to the phone unevenly, as it reports. Look at the downlink of the phone's site and its Wi-Fi.",
    observe: ({ reportsOfAudio, stats: { remoteJitterMs: jitter } }, active) => {
      if (jitter === null || reportsOfAudio === 0) return "unknown";
      // A value above two seconds is ignored: some phones report jitter in other units.
      if (jitter < (active ? 35 : 50) || jitter > 2000) return undefined;
      return warning(`Our packets come to the phone unevenly: it reports a jitter of ${whole(jitter)} ms.`);
    },
  },
  {
    code: "DELAY",
    begins: 2,
    ends: 3,
    advice:
      "People begin to interrupt each other. Look for a VPN, a satellite link, or media that pass through a distant site.",
    observe: ({ reportsOfAudio, stats: { roundTripMs } }, active) => {
      if (roundTripMs === null || reportsOfAudio === 0) return "unknown";
      return roundTripMs >= (active ? 300 : 400)
        ? warning(`Packets take ${whole(roundTripMs)} ms to the phone and back.`)
        : undefined;
    },
  },
  {
    code: "ECHO_SOURCE",
    begins: 1,
    ends: 1,
    advice:
      "The others hear themselves because of this phone. Turn its loudspeaker down, use a headset, or mute it while others talk.",
    observe: ({ stats: { echo, echoDelayMs } }) => {
      if (!echo) return undefined;
      const after = echoDelayMs === null ? "" : `, ${whole(echoDelayMs)} ms later`;
      return warning(`This phone sends back what it hears${after}: the others hear their own voices.`);
    },
  },
  {
    code: "CLIPPING",
    begins: 2,
    ends: 3,
    advice:
      "The phone's microphone or its gateway amplifies too much. Turn the gain of the microphone or the line down.",
    observe: ({ clippedMs, ms }, active) => {
      const share = percent(clippedMs, ms);
      return share >= (active ? 2 : 5)
        ? warning(`${whole(share)} % of what comes from the phone is distorted: too loud for its codec.`)
        : undefined;
    },
  },
  {
    code: "LOW_LEVEL",
    begins: 2,
    ends: 2,
    advice: "Turn up the gain of the microphone or the line, move nearer to it, or switch media.agc on.",
    observe: ({ stats: { voiceDbov } }, active) => {
      if (voiceDbov === null) return "unknown";
      return voiceDbov <= (active ? -38 : -42)
        ? warning(`The voice is very faint: ${whole(voiceDbov)} dBov; about -22 is usual.`)
        : undefined;
    },
  },
  {
    code: "CLOCK_SKEW",
    begins: 1,
    ends: 12,
    advice:
      "The clock of the phone or gateway that makes its packets is wrong. A gateway that takes its clock from no digital line, or a " +
      "virtual machine, may be the cause.",
    observe: ({ drift }, active) => {
      if (!drift) return "unknown";
      const [before, last] = drift;
      const least = active ? 15 : 30;
      if (Math.sign(before) !== Math.sign(last) || Math.min(Math.abs(before), Math.abs(last)) < least) {
        return undefined;
      }
      const ppm = Math.round((Math.abs(before + last) * 1e6) / 120_000 / 100) * 100;
      return info(
        `The phone's clock is too ${last < 0 ? "fast" : "slow"}, by about ${ppm} parts in a million.`,
      );
    },
  },
  {
    code: "WRONG_TIMESTAMPS",
    begins: 2,
    ends: 3,
    advice:
      "The phone's RTP timestamps do not fit its packets. They are heard by their numbers all the same; other devices may not " +
      "forgive it. Look for an update of its firmware.",
    observe: ({ restamped, received }) => {
      if (received < fewPackets) return "unknown";
      const share = percent(restamped, received);
      return share >= 5
        ? info(`${whole(share)} % of the phone's packets carry a wrong timestamp.`)
        : undefined;
    },
  },
  {
    code: "DTMF_INBAND",
    begins: 1,
    ends: 1,
    advice:
      "Set the phone, gateway or trunk to RFC 4733 (RFC 2833): tones in the audio are mistaken or missed when packets are lost.",
    observe: ({ stats: { keyEventsAgreed, keyEvents, keyTones } }) =>
      keyEventsAgreed && keyTones > 0 && keyEvents === 0
        ? info("Keys come as tones in the audio, although events (RFC 4733) were agreed.")
        : undefined,
  },
];
