// How good the connection is, in three words, from what the browser counts (Identifiers for WebRTC's Statistics API).
// Pure: two readings in, a verdict out.

/** Counters since the call began. */
export interface Reading {
  readonly received: number;
  readonly lost: number;
  /** Seconds. */
  readonly jitter: number;
  /** Seconds; undefined while unknown. */
  readonly roundTrip: number | undefined;
  /** Share of our packets that the bridge has lost, 0 to 1; undefined while unknown. */
  readonly lostThere: number | undefined;
}

export type Quality = "unknown" | "good" | "fair" | "poor" | "silent";

interface Limits {
  readonly loss: number;
  readonly jitter: number;
  readonly roundTrip: number;
}
const fair: Limits = { loss: 0.02, jitter: 0.03, roundTrip: 0.3 };
const poor: Limits = { loss: 0.08, jitter: 0.08, roundTrip: 0.7 };

/** `silent`: nothing has come since the last reading, which the bridge never does to a participant. */
export function judgeQuality(before: Reading | undefined, now: Reading): Quality {
  if (before === undefined) return "unknown";
  const received = now.received - before.received;
  const lost = Math.max(0, now.lost - before.lost);
  if (received <= 0) return "silent";
  const loss = Math.max(lost / (received + lost), now.lostThere ?? 0);
  const exceeds = (limits: Limits) =>
    loss > limits.loss || now.jitter > limits.jitter || (now.roundTrip ?? 0) > limits.roundTrip;
  if (exceeds(poor)) return "poor";
  return exceeds(fair) ? "fair" : "good";
}

interface StatsEntry {
  readonly type: string;
  readonly kind?: string;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly jitter?: number;
  readonly fractionLost?: number;
  readonly nominated?: boolean;
  readonly currentRoundTripTime?: number;
}

/** Takes what is needed from `RTCPeerConnection.getStats()`. */
export function readStats(report: Iterable<StatsEntry>): Reading {
  let reading: Reading = { received: 0, lost: 0, jitter: 0, roundTrip: undefined, lostThere: undefined };
  for (const entry of report) {
    if (entry.type === "inbound-rtp" && entry.kind === "audio") {
      const { packetsReceived: received = 0, packetsLost: lost = 0, jitter = 0 } = entry;
      reading = { ...reading, received, lost, jitter };
    } else if (entry.type === "remote-inbound-rtp" && entry.kind === "audio") {
      reading = { ...reading, lostThere: entry.fractionLost };
    } else if (entry.type === "candidate-pair" && entry.nominated) {
      reading = { ...reading, roundTrip: entry.currentRoundTripTime };
    }
  }
  return reading;
}
