// How a leg wants to be sent audio: codec, and for a codec of variable rate the length of a packet, bitrate and
// what is repeated against loss, which follow the far end's reports. Legs of the same format share one
// encoder, so there are only a few steps of each.
import { type AudioFormat, defaultTuning, type EncoderTuning, formatOf } from "../codec/index.ts";
import type { AudioPlan } from "../sdp/index.ts";

export interface SendFormat {
  readonly audio: AudioFormat;
  /** Length of an encoded frame; a tick where the payload may be cut anywhere. */
  readonly frameMs: 10 | 20 | 40 | 60;
  readonly tuning: EncoderTuning;
  /** Hardly anything is sent while there is nothing to hear (RFC 7587 §3.1.3). */
  readonly pauses: boolean;
  readonly key: string;
}

/** How good the path to the far end is. */
export type Path = "clear" | "lossy" | "bad";

const tunings: Readonly<Record<Path, EncoderTuning>> = {
  clear: defaultTuning,
  lossy: { bitrate: 32_000, lossPercent: 10 },
  bad: { bitrate: 24_000, lossPercent: 25 },
};
/** Bitrates to which a far end's own limit is rounded down. */
const bitrates = [32_000, 24_000, 16_000, 12_000, 8000] as const;
/** Loss as reported, per cent: where a path becomes worse, and below what it has recovered. */
const lossyAt = 2;
const badAt = 12;
const recoveredBelow = 1;
/** Reports in a row without loss, five seconds apart, after which a path is better again. */
const reportsToRecover = 3;

/** As many as there are steps of each kind. */
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

/** Follows the reports: worse at once, better after some time without loss. */
export class PathWatch {
  path: Path = "clear";
  #cleanReports = 0;

  /** One report; true when the path is another now. */
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
