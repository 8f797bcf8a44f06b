// What a far end says of the Opus it wants to receive (RFC 7587 §6.1): of its parameters, those that change what
// we send. Whether it wants stereo does not: we send mono, which every receiver of Opus takes.
import { formatParameters } from "./format-parameters.ts";
import type { OpusPreferences } from "./types.ts";

/** RFC 7587 §6.1: from 6 to 510 kbit/s; other figures are no wish at all. */
const lowestBitrate = 6000;
const highestBitrate = 510_000;

/** `lines`: the values of its lines `a=fmtp` after the payload type. */
export function readOpusPreferences(lines?: readonly string[]): OpusPreferences {
  const values = formatParameters(lines);
  const bitrate = Number(values.get("maxaveragebitrate") ?? Number.NaN);
  const valid = bitrate >= lowestBitrate && bitrate <= highestBitrate;
  return {
    maxAverageBitrate: valid ? bitrate : undefined,
    useInbandFec: values.get("useinbandfec") === "1",
    ...(values.get("usedtx") === "1" && { useDtx: true }),
  };
}
