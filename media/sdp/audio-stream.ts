// What one m-line of audio says beside what every m-line of RTP says: the packets' length and the reports that it announces.
import { ok, type Result } from "#common";
import { attribute, type MediaDescription, type SdpProblem, type SessionDescription } from "./description.ts";
import { type RtpStream, readRtpStream, withDefaults } from "./rtp-stream.ts";
import type { LocalEnd, PtimeMs } from "./types.ts";

export interface AudioStream extends RtpStream {
  readonly ptimeMs: PtimeMs;
  /** `a=rtcp-xr:… voip-metrics` (RFC 3611 §5.1). */
  readonly voipMetrics: boolean;
}

const defaultPtimeMs = 20;
/** Lengths of packet that the engine sends, RFC 3551 §4.2 asks for any; longer wishes are shortened. */
const ptimesMs: readonly [PtimeMs, ...PtimeMs[]] = [10, 20, 30, 40, 60];

export function readAudioStream(
  session: SessionDescription,
  media: MediaDescription,
  local: Pick<LocalEnd, "address" | "names">,
): Result<AudioStream, SdpProblem> {
  const stream = readRtpStream(session, media, local);
  if (!stream.ok) return stream;
  return ok({
    ...stream.value,
    ptimeMs: readPtime(withDefaults(session, media)),
    voipMetrics: announcesVoipMetrics(media) || announcesVoipMetrics(session),
  });
}

function announcesVoipMetrics({ attributes }: Pick<MediaDescription, "attributes">): boolean {
  return /(?:^|\s)voip-metrics(?:\s|$)/.test(attribute(attributes, "rtcp-xr") ?? "");
}

function readPtime(media: MediaDescription): PtimeMs {
  const wanted = milliseconds(attribute(media.attributes, "ptime")) ?? defaultPtimeMs;
  const most = milliseconds(attribute(media.attributes, "maxptime")) ?? Number.POSITIVE_INFINITY;
  return ptimesMs.findLast((ptime) => ptime <= Math.min(wanted, most)) ?? ptimesMs[0];
}

function milliseconds(value: string | undefined): number | undefined {
  // Some write a unit or a second number behind it.
  const number = Number(/^\d{1,5}(?:\.\d{1,3})?(?![\d.])/.exec(value ?? "")?.[0] ?? 0);
  return number > 0 ? number : undefined;
}
