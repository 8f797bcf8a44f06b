import { describe, expect, it } from "vitest";
import { mutedSign } from "../../../../../media/video/process/muted-sign.ts";
import { blend, type Colour, copy, fill, outline } from "../../../../../media/video/process/paint.ts";
import type { Picture } from "../../../../../media/video/process/picture.ts";

const grey: Colour = [100, 128, 128];
const red: Colour = [80, 90, 240];

function pictureOf(width: number, height: number, colour: Colour): Picture {
  const plane = (half: number, value: number) => ({
    data: Buffer.alloc((width / half + 3) * (height / half), value),
    stride: width / half + 3,
  });
  return { width, height, planes: [plane(1, colour[0]), plane(2, colour[1]), plane(2, colour[2])] };
}

const at = ({ planes: [luma, u, v] }: Picture, x: number, y: number) => [
  luma.data[y * luma.stride + x],
  u.data[(y >> 1) * u.stride + (x >> 1)],
  v.data[(y >> 1) * v.stride + (x >> 1)],
];

/** Pixels of a colour. */
function count(picture: Picture, colour: Colour): number {
  let found = 0;
  for (let y = 0; y < picture.height; y += 1) {
    for (let x = 0; x < picture.width; x += 1) if (String(at(picture, x, y)) === String(colour)) found += 1;
  }
  return found;
}

describe("in a picture", () => {
  it("an area is filled, and nothing beside it", () => {
    const picture = pictureOf(16, 12, grey);

    fill(picture, { x: 4, y: 2, width: 6, height: 4 }, red);

    expect(count(picture, red)).toBe(24);
    expect(count(picture, grey)).toBe(16 * 12 - 24);
    expect([at(picture, 4, 2), at(picture, 9, 5)]).toEqual([red, red]);
  });

  it("another one is put, cut off where its area ends", () => {
    const picture = pictureOf(16, 12, grey);

    copy(pictureOf(8, 8, red), picture, { x: 2, y: 4, width: 6, height: 8 });

    expect(count(picture, red)).toBe(48);
    expect([at(picture, 2, 4), at(picture, 7, 11), at(picture, 8, 4)]).toEqual([red, red, grey]);
  });

  it("a line runs along the inner edge", () => {
    const picture = pictureOf(16, 12, grey);

    outline(picture, { x: 2, y: 2, width: 12, height: 8 }, 2, red);

    expect(count(picture, red)).toBe(12 * 8 - 8 * 4);
    expect([at(picture, 2, 2), at(picture, 13, 9), at(picture, 4, 4)]).toEqual([red, red, grey]);
  });

  it("a mask is mixed in, and cut off at the border", () => {
    const picture = pictureOf(16, 12, grey);
    const alpha = new Uint8Array(8 * 4).fill(255);
    alpha.fill(51, 0, 8);

    blend(
      picture,
      { width: 8, height: 4, alpha },
      {
        ...{ x: 12, y: 8, colour: [200, 128, 128] },
        within: { x: 0, y: 0, width: 16, height: 12 },
      },
    );

    expect([at(picture, 12, 8)[0], at(picture, 12, 9)[0], at(picture, 11, 9)[0]]).toEqual([120, 200, 100]);
    expect(count(picture, [200, 128, 128])).toBe(12);
  });
});

describe("the sign of who is muted", () => {
  it("is there in every size, with soft edges", () => {
    for (const size of [10, 16, 36, 80]) {
      const { alpha, width, height } = mutedSign(size);
      const ink = alpha.reduce((sum, value) => sum + value / 255, 0) / (width * height);
      expect(ink).toBeGreaterThan(0.1);
      expect(ink).toBeLessThan(0.35);
      expect(alpha.some((value) => value > 0 && value < 255)).toBe(true);
    }
  });
});
