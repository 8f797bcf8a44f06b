// Reads pictures in PNG as programs write them that show video: eight bits a channel, RGB with or without alpha, not interlaced.
import { inflateSync } from "node:zlib";

export interface PngPicture {
  readonly width: number;
  readonly height: number;
  /** At fractions of width and height. */
  at(x: number, y: number): readonly [red: number, green: number, blue: number];
}

const header = 8;

export function readPng(file: Buffer): PngPicture {
  const data: Buffer[] = [];
  let [width, height, channels] = [0, 0, 0];
  for (let offset = header; offset + 12 <= file.length; ) {
    const length = file.readUInt32BE(offset);
    const type = file.toString("latin1", offset + 4, offset + 8);
    const chunk = file.subarray(offset + 8, offset + 8 + length);
    if (type === "IHDR") {
      [width, height] = [chunk.readUInt32BE(0), chunk.readUInt32BE(4)];
      channels = chunk[9] === 6 ? 4 : 3;
      if (chunk[8] !== 8 || (chunk[9] !== 2 && chunk[9] !== 6) || chunk[12] !== 0)
        throw new Error(`a PNG of another kind: ${chunk.toString("hex")}`);
    }
    if (type === "IDAT") data.push(chunk);
    offset += 12 + length;
  }
  const pixels = unfiltered(inflateSync(Buffer.concat(data)), { stride: width * channels, height, channels });
  return {
    ...{ width, height },
    at(x, y) {
      const start = (Math.floor(y * height) * width + Math.floor(x * width)) * channels;
      return [pixels[start]!, pixels[start + 1]!, pixels[start + 2]!];
    },
  };
}

/** Each line is the difference from what lies left, above, or from both (PNG §9). */
function unfiltered(
  lines: Buffer,
  {
    stride,
    height,
    channels,
  }: { readonly stride: number; readonly height: number; readonly channels: number },
): Uint8Array {
  const pixels = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = lines[y * (stride + 1)]!;
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x < channels ? 0 : pixels[at - channels]!;
      const above = y === 0 ? 0 : pixels[at - stride]!;
      const corner = x < channels || y === 0 ? 0 : pixels[at - stride - channels]!;
      pixels[at] = lines[y * (stride + 1) + 1 + x]! + predicted(filter, left, above, corner);
    }
  }
  return pixels;
}

function predicted(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4:
      return paeth(left, above, corner);
    default:
      return 0;
  }
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [toLeft, toAbove, toCorner] = [left, above, corner].map((each) => Math.abs(guess - each)) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
