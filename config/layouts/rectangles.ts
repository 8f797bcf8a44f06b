// From fractions to pixels. Colours of 4:2:0 pictures are kept for squares of two by two pixels, so every edge lies on
// an even pixel.
import { type CellArea, type LayoutName, layouts } from "./layouts.ts";

/** Pixels; all of them even. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The aspect ratio of every cell. */
const shape: Size = { width: 16, height: 9 };

/** The cells of a picture of that size, in the layout's order. They do not overlap and lie within it; each is 16:9. */
export const cellRectangles = (layout: LayoutName, picture: Size): Rectangle[] =>
  layouts[layout].map((area) => placeWhole(shape, pixelsOf(area, picture)));

/**
 * The largest rectangle of the aspect ratio of `content` (any unit) in the middle of `area`. If it differs from the area
 * by a pixel or two only, it is the area.
 */
export function placeWhole(content: Size, area: Rectangle): Rectangle {
  const scale = Math.min(area.width / content.width, area.height / content.height);
  const width = Math.min(area.width, Math.max(2, nearestEven(content.width * scale)));
  const height = Math.min(area.height, Math.max(2, nearestEven(content.height * scale)));
  return {
    x: area.x + floorEven((area.width - width) / 2),
    y: area.y + floorEven((area.height - height) / 2),
    width,
    height,
  };
}

/** The largest rectangle of the aspect ratio of `shape` in the middle of `content`: the rest is cut off. */
export const cutTo = (shape: Size, content: Size): Rectangle => placeWhole(shape, { x: 0, y: 0, ...content });

/** Rounds edges and not sizes, so that cells that touch as fractions touch in pixels. */
function pixelsOf(area: CellArea, picture: Size): Rectangle {
  const x = edgeOf(area.x, picture.width);
  const y = edgeOf(area.y, picture.height);
  return {
    x,
    y,
    width: edgeOf(area.x + area.width, picture.width) - x,
    height: edgeOf(area.y + area.height, picture.height) - y,
  };
}

/** Allows for rounding: sums of thirds differ slightly from whole numbers. */
const edgeOf = (fraction: number, size: number): number => floorEven(fraction * size + 1e-6);

const floorEven = (value: number): number => Math.floor(value / 2) * 2;
const nearestEven = (value: number): number => Math.round(value / 2) * 2;
