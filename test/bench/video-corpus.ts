// Writes test/corpus/video again: streams of H.264 and VP8 that are wrong on purpose, each in one way, made of whole pictures of the test
// encoder and of parameter sets written by hand.
//
//   node test/bench/video-corpus.ts
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../support/index.ts";
import { packStream } from "../support/video/corpus.ts";
import { colours, PictureEncoder } from "../support/video/index.ts";

const folder = join(import.meta.dirname, "../corpus/video");
const start = [0, 0, 0, 1];
const names = Object.values(colours);

/** Syntax elements of RFC 6184's parameter sets: bits, and Exp-Golomb codes (ITU-T H.264 §9.1). */
class Bits {
  readonly #bits: number[] = [];

  u(value: number, count: number): this {
    for (let bit = count - 1; bit >= 0; bit -= 1) this.#bits.push(Math.floor(value / 2 ** bit) % 2);
    return this;
  }

  ue(...values: readonly number[]): this {
    for (const value of values) {
      const length = Math.floor(Math.log2(value + 1));
      this.u(0, length).u(value + 1, length + 1);
    }
    return this;
  }

  /** With the stop bit, and the bytes that prevent start codes (§7.4.1). */
  unit(header: number): number[] {
    const bits = [...this.#bits, 1];
    while (bits.length % 8 !== 0) bits.push(0);
    const bytes: number[] = [];
    for (let at = 0; at < bits.length; at += 8) {
      const byte = Number.parseInt(bits.slice(at, at + 8).join(""), 2);
      if (byte <= 3 && bytes.at(-1) === 0 && bytes.at(-2) === 0) bytes.push(3);
      bytes.push(byte);
    }
    return [...start, header, ...bytes];
  }
}

interface Sequence {
  readonly width?: number;
  readonly height?: number;
  readonly references?: number;
  readonly interlaced?: boolean;
  readonly crop?: number;
  readonly profile?: number;
}

/** A sequence parameter set (§7.3.2.1.1) with id 0; width and height in macroblocks. */
function sequenceSet(given: Sequence = {}): number[] {
  const { width = 20, height = 12, references = 1, interlaced = false, crop = 0, profile = 66 } = given;
  const bits = new Bits().u(profile, 8).u(0, 8).u(40, 8).ue(0);
  // 4:4:4, 14 bits, no transform bypass, no scaling matrix.
  if (profile >= 100) bits.ue(3).u(0, 1).ue(6, 6).u(0, 2);
  bits
    .ue(0, 2, references)
    .u(1, 1)
    .ue(width - 1, height - 1)
    .u(interlaced ? 0 : 1, 1);
  if (interlaced) bits.u(0, 1);
  bits.u(1, 1).u(crop > 0 ? 1 : 0, 1);
  if (crop > 0) bits.ue(crop, crop, crop, crop);
  return bits.u(0, 1).unit(0x67);
}

/** A picture parameter set (§7.3.2.2); `groups`: flexible macroblock ordering of that type. */
function pictureSet(id = 0, sequence = 0, groups?: number): number[] {
  const bits = new Bits().ue(id, sequence).u(0, 2);
  if (groups === undefined) bits.ue(0);
  else {
    bits.ue(7, groups);
    if (groups === 0) bits.ue(...Array.from({ length: 8 }, () => 4000));
    else if (groups === 2) for (let each = 0; each < 7; each += 1) bits.ue(9000, 2);
    else if (groups >= 3 && groups <= 5) bits.u(1, 1).ue(60_000);
    else if (groups === 6) bits.ue(30_000).u(0, 300);
  }
  return bits.ue(0, 0).u(0, 3).ue(0, 0, 0).u(0, 3).unit(0x68);
}

const whole = (
  codec: "H264" | "VP8",
  count: number,
  size: { width?: number; height?: number } = {},
): Buffer[] => {
  const encoder = new PictureEncoder({ codec, width: 320, height: 180, kbps: 120, ...size });
  const pictures = Array.from({ length: count }, (_, index) =>
    Buffer.from(encoder.encode(names[index % names.length]!, index === 0).data),
  );
  encoder.free();
  return pictures;
};

/** The slices of a picture behind other parameter sets. */
function behind(sets: readonly number[], picture: Buffer): Buffer {
  const slice = picture.indexOf(Buffer.from([0, 0, 1, 0x65]));
  return Buffer.concat([Buffer.from(sets), Buffer.from([0]), picture.subarray(Math.max(0, slice))]);
}

const h264 = whole("H264", 12);
const [key = Buffer.alloc(0), ...inter] = h264;
const vp8 = whole("VP8", 12);
const [vp8Key = Buffer.alloc(0), ...vp8Inter] = vp8;
const sizes = [
  { width: 16, height: 16 },
  { width: 1920, height: 1080 },
  { width: 18, height: 34 },
  { width: 640, height: 360 },
];

function vp8Of(width: number, height: number): Buffer {
  const picture = Buffer.from(vp8Key);
  picture.writeUInt16LE(width, 6);
  picture.writeUInt16LE(height, 8);
  return picture;
}

function flipped(pictures: readonly Buffer[], seed: number): Buffer[] {
  const random = seededRandom(seed);
  return pictures.map((picture) => {
    const copy = Buffer.from(picture);
    for (let count = 0; count < 12; count += 1)
      copy[Math.floor(random() * copy.length)]! ^= 1 << Math.floor(random() * 8);
    return copy;
  });
}

const cut = (pictures: readonly Buffer[]) =>
  pictures.map((picture, index) => picture.subarray(0, Math.ceil((picture.length * (index + 1)) / 14)));

const withSets = (sets: readonly number[]) => [behind(sets, key), ...inter.slice(0, 3)];

const streams: Readonly<Record<string, readonly Uint8Array[]>> = {
  "size-beyond-all.h264": withSets([...sequenceSet({ width: 65_535, height: 65_535 }), ...pictureSet()]),
  "size-at-limit.h264": withSets([...sequenceSet({ width: 120, height: 68 }), ...pictureSet()]),
  "many-references.h264": withSets([
    ...sequenceSet({ width: 120, height: 68, references: 16 }),
    ...pictureSet(),
  ]),
  "cropped-away.h264": withSets([...sequenceSet({ crop: 500 }), ...pictureSet()]),
  "interlaced.h264": withSets([...sequenceSet({ interlaced: true }), ...pictureSet()]),
  "high-444-14-bits.h264": withSets([...sequenceSet({ profile: 244 }), ...pictureSet()]),
  "set-of-no-sequence.h264": withSets([...sequenceSet(), ...pictureSet(255, 31)]),
  ...Object.fromEntries(
    [0, 2, 3, 4, 5, 6].map((type) => [
      `slice-groups-${type}.h264`,
      withSets([...sequenceSet(), ...pictureSet(0, 0, type)]),
    ]),
  ),
  "set-changes-without-key.h264": [
    key,
    ...inter.flatMap((picture, index) => [
      Buffer.concat([
        Buffer.from([...sequenceSet({ width: 5 + index * 9, height: 12 }), ...pictureSet()]),
        picture,
      ]),
    ]),
  ],
  "sizes-change.h264": sizes.flatMap((size) => whole("H264", 2, size)),
  "inter-alone.h264": inter,
  "gaps.h264": [key, ...inter.filter((_, index) => index % 3 === 2)],
  "backwards.h264": [key, ...inter.toReversed()],
  "endless-sei.h264": [
    Buffer.concat([Buffer.from([...start, 6, 5]), Buffer.alloc(3000, 0xff), key]),
    Buffer.concat([Buffer.from([...start, 6, 6, 1, 0x80, 255, 255, 255]), key]),
  ],
  "strange-units.h264": [
    Buffer.from([...start]),
    Buffer.from([...start, 0x65]),
    ...Array.from({ length: 32 }, (_, type) =>
      Buffer.concat([Buffer.from([...start, 0x60 | type]), key.subarray(5, 60)]),
    ),
  ],
  "cut.h264": cut(h264),
  "flipped.h264": flipped([...h264, ...h264], 1),
  "noise.h264": flipped(
    Array.from({ length: 6 }, (_, index) => Buffer.alloc(40 + index * 90, 0x65)),
    2,
  ),
  "size-beyond-all.vp8": [vp8Of(16_383, 16_383), ...vp8Inter.slice(0, 2)],
  "size-of-nothing.vp8": [vp8Of(0, 0), vp8Of(1, 1), vp8Of(0xc000, 0xc000), ...vp8Inter.slice(0, 2)],
  "size-other.vp8": [vp8Of(1920, 1080), vp8Of(33, 17), vp8Of(320, 180), ...vp8Inter.slice(0, 2)],
  "sizes-change.vp8": sizes.flatMap((size) => whole("VP8", 2, size)),
  "inter-alone.vp8": vp8Inter,
  "partition-too-long.vp8": vp8.map((picture) => {
    const copy = Buffer.from(picture);
    copy[0]! |= 0xe0;
    copy[1] = copy[2] = 0xff;
    return copy;
  }),
  "backwards.vp8": [vp8Key, ...vp8Inter.toReversed()],
  "cut.vp8": cut(vp8),
  "flipped.vp8": flipped([...vp8, ...vp8], 3),
  "noise.vp8": flipped(
    Array.from({ length: 6 }, (_, index) => Buffer.alloc(2 + index * 90, 0x10)),
    4,
  ),
};

for (const [name, pictures] of Object.entries(streams))
  writeFileSync(join(folder, name), packStream(pictures));
console.log(`${Object.keys(streams).length} streams`);
