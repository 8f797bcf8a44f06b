// The bitrate limit of video in a description, by its lines `b=` (RFC 8866 §5.8, RFC 3890).
import type { MediaDescription, SessionDescription } from "./description.ts";

/** What the audio of a call may take of a limit that is set for all its streams. */
const audioKbps = 64;
/** IP, UDP and RTP headers count in `AS` and `CT`, and not in `TIAS`; for packets of video they are about a twentieth. */
const headers = 20 / 19;
/** Less is no limit that a picture could keep, and 0 none that is meant. */
const lowestKbps = 32;

/** Kilobits a second; undefined: `ours` is not more than it takes. */
export function readKbps(
  session: SessionDescription,
  media: MediaDescription,
  ours: number,
): number | undefined {
  const stated = [
    ...(media.bandwidth ?? []).map(inKbps),
    ...(session.bandwidth ?? []).map((line) => inKbps(line) - audioKbps),
  ].filter((kbps) => kbps >= lowestKbps);
  const least = Math.floor(Math.min(...stated));
  return least < ours ? least : undefined;
}

/** NaN for a line of another kind. */
function inKbps(line: string): number {
  const [, type = "", digits] = /^([A-Z]{2,8}):[ \t]*(\d{1,10})/i.exec(line) ?? [];
  switch (type.toUpperCase()) {
    case "AS":
    case "CT":
      return Number(digits) / headers;
    case "TIAS":
      return Number(digits) / 1000;
    default:
      return Number.NaN;
  }
}

/** Our lines for a stream of which we take that much. */
export const bandwidthLines = (kbps: number): string[] => [
  `AS:${Math.ceil(kbps * headers)}`,
  `TIAS:${kbps * 1000}`,
];
