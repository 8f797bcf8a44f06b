import { describe, expect, it } from "vitest";
import {
  cellRectangles,
  type LayoutName,
  layouts,
  placeWhole,
  type Rectangle,
} from "../../../../config/layouts/index.ts";

const names = Object.keys(layouts).map(Number) as LayoutName[];
const sizes = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
  { width: 640, height: 360 },
  { width: 352, height: 288 },
  { width: 640, height: 480 },
  { width: 360, height: 640 },
  { width: 1366, height: 768 },
  { width: 64, height: 36 },
];
const cases = names.flatMap((layout) => sizes.map((size) => ({ layout, size })));

const overlap = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe("the cells of a picture", () => {
  it("are as many as the layout's name says", () => {
    expect(names).toEqual([1, 2, 3, 4, 6, 9]);
    for (const name of names) expect(layouts[name]).toHaveLength(name);
  });

  it.each(cases)("of layout $layout lie within $size.width × $size.height", ({ layout, size }) => {
    for (const { x, y, width, height } of cellRectangles(layout, size)) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(size.width);
      expect(y + height).toBeLessThanOrEqual(size.height);
      expect([x, y, width, height].filter((value) => value % 2 !== 0)).toEqual([]);
      expect(Math.min(width, height)).toBeGreaterThan(0);
      expect(Math.abs(width - (height * 16) / 9)).toBeLessThanOrEqual(4);
    }
  });

  it.each(cases)("of layout $layout do not overlap on $size.width × $size.height", ({ layout, size }) => {
    const cells = cellRectangles(layout, size);
    const pairs = cells.flatMap((a, index) => cells.slice(index + 1).filter((b) => overlap(a, b)));

    expect(pairs).toEqual([]);
  });

  it("of layouts 1, 4, 6 and 9 leave next to nothing of 1280 × 720 free", () => {
    const covered = ([1, 4, 6, 9] as const).map((layout) =>
      cellRectangles(layout, { width: 1280, height: 720 }).reduce(
        (sum, { width, height }) => sum + width * height,
        0,
      ),
    );

    for (const pixels of covered) expect(pixels / (1280 * 720)).toBeGreaterThan(0.99);
  });

  it("put the first of three above the two others, in the middle", () => {
    const [first, second, third] = cellRectangles(3, { width: 1200, height: 678 });

    expect(first).toEqual({ x: 200, y: 0, width: 800, height: 450 });
    expect(second).toEqual({ x: 200, y: 452, width: 400, height: 226 });
    expect(third).toEqual({ x: 600, y: 452, width: 400, height: 226 });
  });
});

describe("a picture in a cell", () => {
  const cell = { x: 100, y: 50, width: 320, height: 180 };

  it("of the cell's form fills it", () => {
    expect(placeWhole({ width: 1280, height: 720 }, cell)).toEqual(cell);
    expect(placeWhole({ width: 1366, height: 768 }, cell)).toEqual(cell);
  });

  it("of another form lies in the middle", () => {
    expect(placeWhole({ width: 640, height: 480 }, cell)).toEqual({ x: 140, y: 50, width: 240, height: 180 });
    expect(placeWhole({ width: 100, height: 100 }, cell)).toEqual({ x: 170, y: 50, width: 180, height: 180 });
    expect(placeWhole({ width: 320, height: 90 }, cell)).toEqual({ x: 100, y: 94, width: 320, height: 90 });
  });

  it("of no height to speak of is still there", () => {
    expect(placeWhole({ width: 1920, height: 1 }, cell)).toMatchObject({ width: 320, height: 2 });
  });
});
