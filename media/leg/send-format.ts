// The format in which audio is sent to a leg: the codec, and for a codec of variable rate the packet length, bitrate and
// protection against loss, which follow the far end's reports. Legs of the same format share one encoder, so there are only
// a few steps of each.
import { type AudioFormat, defaultTuning, type EncoderTuning, formatOf } from "../codec/index.ts";
import type { AudioPlan } from "../sdp/index.ts";

export interface SendFormat {
  readonly audio: AudioFormat;
  /** Length of an encoded frame; 20 ms when the payload may be cut at any byte. */
  readonly frameMs: 10 | 20 | 40 | 60;
  readonly tuning: EncoderTuning;
  /** Discontinuous transmission during silence (RFC 7587 §3.1.3). */
  readonly pauses: boolean;
  readonly key: string;
}

/** The quality of the network path to the far end. */
export type Path = "clear" | "lossy" | "bad";

const tunings: Readonly<Record<Path, EncoderTuning>> = {
  clear: defaultTuning,
  lossy: { bitrate: 32_000, lossPercent: 10 },
  bad: { bitrate: 24_000, lossPercent: 25 },
};
/** Bitrates to which a far end's own limit is rounded down. */
const bitrates = [32_000, 24_000, 16_000, 12_000, 8000] as const;
/** Reported loss, per cent, at which a path becomes worse; then the loss below which it recovers. */
const lossyAt = 2;
const badAt = 12;
const recoveredBelow = 1;
/** Reports in a row without loss, five seconds apart, after which a path is one step better. */
const reportsToRecover = 3;

/** The formats by key; bounded by the number of steps. */
const formats = new Map<string, SendFormat>();

export function sendFormat(plan: AudioPlan, path: Path): SendFormat {
  const audio = formatOf(plan.codec);
  if (audio.bytesPerSecond > 0) {
    return sharedFormat({ audio, frameMs: 20, tuning: defaultTuning, pauses: false, key: audio.name });
  }
  const frameMs = plan.ptimeMs === 30 ? 20 : plan.ptimeMs;
  const limit = plan.opus?.maxAverageBitrate ?? Number.POSITIVE_INFINITY;
  const fec = plan.opus?.useInbandFec ?? false;
  const { bitrate, lossPercent } = tunings[path];
  const tuning = {
    bitrate: bitrate <= limit ? bitrate : (bitrates.find((each) => each <= limit) ?? bitrates.at(-1)!),
    lossPercent: fec ? lossPercent : 0,
  };
  const pauses = plan.opus?.useDtx ?? false;
  const key = `${audio.name} ${frameMs} ${tuning.bitrate} ${tuning.lossPercent}${pauses ? " pauses" : ""}`;
  return sharedFormat({ audio, frameMs, tuning, pauses, key });
}

/** The same object for the same key, so that formats can be compared by identity. */
function sharedFormat(format: SendFormat): SendFormat {
  const known = formats.get(format.key);
  if (known) return known;
  formats.set(format.key, format);
  return format;
}

/** Derives the quality of the path from the reports: worse at once, better after some time without loss. */
export class PathWatch {
  path: Path = "clear";
  #cleanReports = 0;

  /** Takes one report; true when the quality has changed. */
  report(lossPercent: number): boolean {
    const before = this.path;
    this.#cleanReports = lossPercent < recoveredBelow ? this.#cleanReports + 1 : 0;
    if (lossPercent >= badAt) this.path = "bad";
    else if (lossPercent >= lossyAt && this.path === "clear") this.path = "lossy";
    else if (this.#cleanReports >= reportsToRecover) {
      this.path = this.path === "bad" ? "lossy" : "clear";
      this.#cleanReports = 0;
    }
    return this.path !== before;
  }
}
