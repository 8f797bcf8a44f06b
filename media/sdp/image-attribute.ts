// The sizes of picture that the side that wrote a description wants to receive, `a=imageattr` (RFC 6236 §3.1):
//
//   97 send [x=800,y=640,sar=1.1] recv [x=[320:16:1280],y=[240:16:720]] [x=176,y=144]
//
// Only how large the largest may be is read; what is not of that form sets no limit.
import type { MediaDescription } from "./description.ts";

/** Lines, and sizes in one, that are looked at. */
const maxLines = 32;
const maxSizes = 32;
const size = /\[x=(\[[\d:,]{1,64}\]|\d{1,5}),y=(\[[\d:,]{1,64}\]|\d{1,5})/gi;

/** By payload type, or `*`: in macroblocks. */
export type ImageLimits = ReadonlyMap<string, number>;

export function readImageLimits({ attributes }: Pick<MediaDescription, "attributes">): ImageLimits {
  const limits = new Map<string, number>();
  for (const { value = "" } of attributes.filter(({ name }) => name === "imageattr").slice(0, maxLines)) {
    const [type = "", ...rest] = value.split(/[ \t]+/);
    const largest = Math.max(limits.get(type) ?? 0, ...sizesIn(received(rest.join(" "))));
    if (largest > 0) limits.set(type, largest);
  }
  return limits;
}

/** In macroblocks; undefined: there is no limit. */
export function imageLimit(limits: ImageLimits, payloadType: number): number | undefined {
  const largest = Math.max(limits.get("*") ?? 0, limits.get(String(payloadType)) ?? 0);
  return largest > 0 ? largest : undefined;
}

/** What stands behind `recv`, as far as `send`. */
const received = (text: string): string => {
  const start = text.search(/\brecv\b/i);
  return start < 0 ? "" : (text.slice(start).split(/\bsend\b/i, 1)[0] ?? "");
};

function sizesIn(text: string): number[] {
  const sizes: number[] = [];
  for (const [, x = "", y = ""] of text.matchAll(size)) {
    const macroblocks = Math.ceil(highest(x) / 16) * Math.ceil(highest(y) / 16);
    if (macroblocks > 0) sizes.push(macroblocks);
    if (sizes.length === maxSizes) break;
  }
  return sizes;
}

/** Of a number, a range with or without a step, or a list. */
const highest = (written: string): number => Math.max(...(written.match(/\d{1,5}/g) ?? ["0"]).map(Number));
