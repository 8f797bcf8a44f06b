// Width and height without a decoder: parameter sets of x264, sets made field by field, and broken ones.
import { describe, expect, it } from "vitest";
import { h264PictureSize, pictureSize, vp8PictureSize } from "../../../../../media/video/payload/index.ts";
import { seededRandom } from "../../../../support/index.ts";
import { deltaFrame, keyFrame, sequenceSet, vp8Frame } from "./nal.ts";

const unit = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));

/** ITU-T H.264 §7.3.2.1.1, written bit by bit. */
class SetWriter {
  #bits = "";

  flag(value: boolean): this {
    this.#bits += value ? "1" : "0";
    return this;
  }

  unsigned(value: number): this {
    const code = (value + 1).toString(2);
    this.#bits += "0".repeat(code.length - 1) + code;
    return this;
  }

  signed(value: number): this {
    return this.unsigned(value > 0 ? 2 * value - 1 : -2 * value);
  }

  /** With the emulation prevention bytes of §7.4.1. */
  unit(profile: number): Uint8Array {
    const bits = `${this.#bits}1`.padEnd(Math.ceil((this.#bits.length + 1) / 8) * 8, "0");
    const bytes = [0x67, profile, 0, 31];
    for (let at = 0; at < bits.length; at += 8) {
      const byte = Number.parseInt(bits.slice(at, at + 8), 2);
      if (byte <= 3 && bytes.at(-1) === 0 && bytes.at(-2) === 0) bytes.push(3);
      bytes.push(byte);
    }
    return Uint8Array.from(bytes);
  }
}

describe("of H.264", () => {
  it.each([
    ["6742c00ad902c4ec0440000003004000000783c48992", 176, 144],
    ["67640016acd940a02ff970110000030001000003001e0f162d96", 640, 360],
    ["67f4000c919b282a10f1f1f80880000003008000000f078a14cb", 322, 242],
    ["67640028acd94078044fde0220000003002000000643e2c5b2c0", 1920, 1080],
  ])("%s", (set, width, height) => {
    expect(h264PictureSize(unit(set))).toEqual({ width, height });
  });

  it("with everything that may stand before it", () => {
    const random = seededRandom(7);
    const below = (most: number) => Math.floor(random() * most);
    for (let run = 0; run < 300; run += 1) {
      const chroma = below(4);
      const writer = new SetWriter().unsigned(below(32)).unsigned(chroma);
      if (chroma === 3) writer.flag(false);
      writer.unsigned(below(7)).unsigned(below(7)).flag(false);
      const hasMatrix = random() < 0.5;
      writer.flag(hasMatrix);
      for (let list = 0; hasMatrix && list < (chroma === 3 ? 12 : 8); list += 1) {
        const isPresent = random() < 0.5;
        writer.flag(isPresent);
        // Steps that never come to 0, which would end the list.
        for (let at = 0; isPresent && at < (list < 6 ? 16 : 64); at += 1)
          writer.signed(at % 2 === 0 ? 1 : -1);
      }
      writer.unsigned(below(13));
      const order = below(3);
      writer.unsigned(order);
      if (order === 0) writer.unsigned(below(13));
      if (order === 1) {
        writer
          .flag(false)
          .signed(below(90) - 40)
          .signed(below(9000))
          .unsigned(3);
        writer
          .signed(-1)
          .signed(below(5))
          .signed(2 ** 28);
      }
      const [across, down] = [1 + below(120), 1 + below(68)];
      const isInterlaced = random() < 0.3;
      writer
        .unsigned(below(16))
        .flag(false)
        .unsigned(across - 1)
        .unsigned(down - 1)
        .flag(!isInterlaced);
      if (isInterlaced) writer.flag(true);
      const crop = below(4);
      writer.flag(true).flag(true).unsigned(0).unsigned(crop).unsigned(0).unsigned(crop).flag(false);

      const size = h264PictureSize(writer.unit(100));

      const fields = isInterlaced ? 2 : 1;
      expect(size).toEqual({
        width: across * 16 - crop * (chroma === 1 || chroma === 2 ? 2 : 1),
        height: (down * 16 - crop * (chroma === 1 ? 2 : 1)) * fields,
      });
    }
  });

  it("is not known from a set that is cut short, of another type, or larger than any level", () => {
    for (let length = 0; length < 8; length += 1)
      expect(h264PictureSize(sequenceSet.subarray(0, length))).toBeUndefined();
    expect(h264PictureSize(unit("68cb83cb20aabbccddeeff"))).toBeUndefined();
    const large = new SetWriter().unsigned(0).unsigned(0).unsigned(0).unsigned(0).unsigned(1).flag(false);
    large.unsigned(5000).unsigned(5000).flag(true).flag(true).flag(false).flag(false);
    expect(h264PictureSize(large.unit(66))).toBeUndefined();
    const cropped = new SetWriter().unsigned(0).unsigned(0).unsigned(0).unsigned(0).unsigned(1).flag(false);
    cropped.unsigned(1).unsigned(1).flag(true).flag(true).flag(true);
    cropped.unsigned(9).unsigned(9).unsigned(0).unsigned(0).flag(false);
    expect(h264PictureSize(cropped.unit(66))).toBeUndefined();
  });

  it("is found in a key frame", () => {
    expect(pictureSize("H264", keyFrame(50))).toEqual({ width: 1280, height: 720 });
    expect(pictureSize("H264", deltaFrame(50))).toBeUndefined();
  });
});

describe("of VP8", () => {
  it("stands in the header of a key frame, without the scale", () => {
    const frame = vp8Frame(true, 20);
    frame.data[7]! |= 0x40;

    expect(pictureSize("VP8", frame)).toEqual({ width: 640, height: 480 });
    expect(pictureSize("VP8", vp8Frame(false, 20))).toBeUndefined();
  });

  it("is not known from a frame that is cut short, without start code or of no width", () => {
    const { data } = vp8Frame(true, 20);
    expect(vp8PictureSize(data.subarray(0, 9))).toBeUndefined();
    expect(vp8PictureSize(data.with(3, 0))).toBeUndefined();
    expect(vp8PictureSize(data.with(6, 0).with(7, 0))).toBeUndefined();
  });
});
