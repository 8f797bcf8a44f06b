// Which picture of a recording is its poster: the first one after three seconds that is not black. When there is none, the last one before that
// is not black.
import type { Frame } from "node-av/lib";

type YuvPicture = Pick<Frame, "width" | "height" | "data" | "linesize">;

const earliestMs = 3000;
/** Points that are looked at, each way. */
const grid = 32;
/** Of all points, so many must not be black. */
const litShare = 0.02;
/** From black, of 8 bits in limited range. */
const darkLuma = 16 + 16;
const greyChroma = 16;

/** `take`: this is it; `keep`: this one, unless a later one is better. */
export function judge(picture: YuvPicture, atMs: number): "take" | "keep" | "pass" {
  if (isBlack(picture)) return "pass";
  return atMs >= earliestMs ? "take" : "keep";
}

function isBlack({ width, height, data, linesize }: YuvPicture): boolean {
  const valueAt = (plane: number, x: number, y: number): number =>
    data?.[plane]?.[y * (linesize[plane] ?? 0) + x] ?? 0;
  let lit = 0;
  for (let point = 0; point < grid * grid; point += 1) {
    const x = Math.floor((((point % grid) + 0.5) * width) / grid);
    const y = Math.floor(((Math.floor(point / grid) + 0.5) * height) / grid);
    const [u, v] = [1, 2].map((plane) => valueAt(plane, x >> 1, y >> 1)) as [number, number];
    if (valueAt(0, x, y) > darkLuma || Math.abs(u - 128) > greyChroma || Math.abs(v - 128) > greyChroma)
      lit += 1;
  }
  return lit < litShare * grid * grid;
}
