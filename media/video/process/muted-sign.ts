// A microphone that is crossed out, as a mask: drawn from distances, so that it needs no font.
import type { Mask } from "./paint.ts";

/** Samples a pixel in each direction. */
const fineness = 4;

/** `size`: width and height in pixels, even. */
export function mutedSign(size: number): Mask {
  const alpha = new Uint8Array(size * size);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) alpha[y * size + x] = coverage(x, y, size);
  }
  return { width: size, height: size, alpha };
}

function coverage(x: number, y: number, size: number): number {
  let hits = 0;
  for (let row = 0; row < fineness; row += 1) {
    for (let column = 0; column < fineness; column += 1) {
      if (isInk((x + (column + 0.5) / fineness) / size, (y + (row + 0.5) / fineness) / size)) hits += 1;
    }
  }
  return Math.round((hits * 255) / fineness ** 2);
}

/** On a square from 0 to 1. */
function isInk(x: number, y: number): boolean {
  const toStroke = toLine(x, y, { fromX: 0.14, fromY: 0.1, toX: 0.86, toY: 0.9 });
  if (toStroke < 0.055) return true;
  if (toStroke < 0.11) return false;
  const inCapsule = toLine(x, y, { fromX: 0.5, fromY: 0.22, toX: 0.5, toY: 0.46 }) < 0.15;
  const fromCup = Math.hypot(x - 0.5, y - 0.46);
  const inCup = y > 0.46 && fromCup > 0.22 && fromCup < 0.3;
  const inStem = Math.abs(x - 0.5) < 0.04 && y > 0.74 && y < 0.9;
  const inFoot = Math.abs(x - 0.5) < 0.17 && y > 0.87 && y < 0.94;
  return inCapsule || inCup || inStem || inFoot;
}

function toLine(
  x: number,
  y: number,
  line: { readonly fromX: number; readonly fromY: number; readonly toX: number; readonly toY: number },
): number {
  const [dx, dy] = [line.toX - line.fromX, line.toY - line.fromY];
  const along = ((x - line.fromX) * dx + (y - line.fromY) * dy) / (dx * dx + dy * dy);
  const at = Math.min(1, Math.max(0, along));
  return Math.hypot(x - line.fromX - at * dx, y - line.fromY - at * dy);
}
