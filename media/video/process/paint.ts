// What is drawn into a picture: areas of one colour, other pictures, masks. Plain loops over planes; all positions and
// sizes are even, and what lies outside of the picture is cut off by the caller.
import type { Rectangle } from "../../../config/layouts/index.ts";
import type { Picture, Plane } from "./picture.ts";

/** Y, U, V in limited range (ITU-T H.273). */
export type Colour = readonly [number, number, number];

export const colours = {
  black: [16, 128, 128],
  white: [235, 128, 128],
  /** Behind names. */
  box: [30, 128, 128],
  /** Of a card with a name. */
  card: [48, 134, 124],
  red: [90, 100, 215],
  green: [150, 72, 60],
} as const satisfies Record<string, Colour>;

/** The opacity of each pixel, 0 to 255, line after line. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly alpha: Uint8Array;
}

export function fill(picture: Picture, area: Rectangle, colour: Colour): void {
  picture.planes.forEach((plane, index) => {
    const half = index === 0 ? 1 : 2;
    const right = (area.x + area.width) / half;
    for (let y = area.y / half; y < (area.y + area.height) / half; y += 1) {
      plane.data.fill(colour[index] ?? 0, y * plane.stride + area.x / half, y * plane.stride + right);
    }
  });
}

/** Copies `from` to where `area` begins: as much of it as `area` takes. */
export function copy(from: Picture, to: Picture, area: Rectangle): void {
  for (let index = 0; index < 3; index += 1) {
    const half = index === 0 ? 1 : 2;
    copyPlane(from.planes[index] as Plane, to.planes[index] as Plane, {
      offset: area.x / half,
      line: area.y / half,
      width: Math.min(area.width, from.width) / half,
      height: Math.min(area.height, from.height) / half,
    });
  }
}

function copyPlane(
  from: Plane,
  to: Plane,
  place: { readonly offset: number; readonly line: number; readonly width: number; readonly height: number },
): void {
  for (let y = 0; y < place.height; y += 1) {
    const start = y * from.stride;
    from.data.copy(to.data, (place.line + y) * to.stride + place.offset, start, start + place.width);
  }
}

/** Four lines along the inner edge of `area`. */
export function outline(picture: Picture, area: Rectangle, width: number, colour: Colour): void {
  const { x, y, width: areaWidth, height } = area;
  fill(picture, { x, y, width: areaWidth, height: width }, colour);
  fill(picture, { x, y: y + height - width, width: areaWidth, height: width }, colour);
  fill(picture, { x, y, width, height }, colour);
  fill(picture, { x: x + areaWidth - width, y, width, height }, colour);
}

/** Draws the mask in a colour, its upper left corner at `x`, `y`; what does not fit into `within` is cut off. */
export function blend(
  picture: Picture,
  mask: Mask,
  at: { readonly x: number; readonly y: number; readonly colour: Colour; readonly within: Rectangle },
): void {
  const width = Math.min(mask.width, at.within.x + at.within.width - at.x);
  const height = Math.min(mask.height, at.within.y + at.within.height - at.y);
  const [luma, ...chroma] = picture.planes;
  for (let y = 0; y < height; y += 1) {
    const line = (at.y + y) * luma.stride + at.x;
    for (let x = 0; x < width; x += 1) {
      mix(luma.data, line + x, at.colour[0], mask.alpha[y * mask.width + x] ?? 0);
    }
  }
  chroma.forEach((plane, index) => {
    for (let y = 0; y < height; y += 2) {
      const line = ((at.y + y) / 2) * plane.stride + at.x / 2;
      for (let x = 0; x < width; x += 2) {
        mix(plane.data, line + x / 2, at.colour[index + 1] ?? 128, mask.alpha[y * mask.width + x] ?? 0);
      }
    }
  });
}

function mix(data: Buffer, index: number, value: number, alpha: number): void {
  if (alpha === 0) return;
  const old = data[index] ?? 0;
  data[index] = old + Math.round(((value - old) * alpha) / 255);
}
