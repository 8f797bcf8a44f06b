// The cells of a room's picture as data: fractions of the picture. Width and height of a cell are the same fraction, so that
// in a picture of 16:9 every cell is 16:9, too.

/** Numbers of cells that a picture may be divided into. */
export type LayoutName = 1 | 2 | 3 | 4 | 6 | 9;

/** Fractions of the picture's width and height, from its upper left corner. */
export interface CellArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const square = (x: number, y: number, size: number): CellArea => ({ x, y, width: size, height: size });
const third = 1 / 3;

/** Cell 0 first: the chairman's, and the large one where there is one. */
export const layouts: Readonly<Record<LayoutName, readonly CellArea[]>> = {
  /** Full. */
  1: [square(0, 0, 1)],
  /** Side by side. */
  2: [square(0, 1 / 4, 1 / 2), square(1 / 2, 1 / 4, 1 / 2)],
  /** One large above two. */
  3: [square(1 / 6, 0, 2 * third), square(1 / 6, 2 * third, third), square(1 / 2, 2 * third, third)],
  /** Two by two. */
  4: [square(0, 0, 1 / 2), square(1 / 2, 0, 1 / 2), square(0, 1 / 2, 1 / 2), square(1 / 2, 1 / 2, 1 / 2)],
  /** One large with five around: two to its right, three below. */
  6: [
    square(0, 0, 2 * third),
    square(2 * third, 0, third),
    square(2 * third, third, third),
    square(0, 2 * third, third),
    square(third, 2 * third, third),
    square(2 * third, 2 * third, third),
  ],
  /** Three by three. */
  9: [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => square(column * third, row * third, third))),
};
