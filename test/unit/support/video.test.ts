// The pictures that tests send and look at: every colour comes through both codecs, and key frames come when asked for.
import { expect, it } from "vitest";
import type { VideoCodecName } from "../../../media/video/types.ts";
import {
  type ColourName,
  colours,
  nameOfColour,
  PictureDecoder,
  PictureEncoder,
} from "../../support/video/index.ts";

const codecs: readonly VideoCodecName[] = ["H264", "VP8"];
const names = Object.keys(colours) as ColourName[];

it.each(codecs)(
  "every colour is seen again at the centre, while the block moves along the top: %s",
  (codec) => {
    const encoder = new PictureEncoder({ codec, width: 160, height: 96 });
    const decoder = new PictureDecoder(codec);
    const tops = new Set<ColourName | undefined>();

    const seen = names.map((name) => {
      const pictures = Array.from({ length: 8 }, () => decoder.decode(encoder.encode(colours[name])));
      for (const picture of pictures) tops.add(picture?.nameAt(0.1, 0.07));
      return pictures.at(-1)?.nameAt(0.5, 0.5);
    });

    expect(seen).toEqual(names);
    expect(tops.has(undefined)).toBe(true);
    expect(decoder.errors).toBe(0);
    encoder.free();
    decoder.free();
  },
);

it.each(codecs)(
  "key frames come first and when they are asked for, timestamps at the framerate: %s",
  (codec) => {
    const encoder = new PictureEncoder({ codec, width: 160, height: 96, framerate: 10 });
    const frames = [false, false, true, false].map((key) => encoder.encode(colours.red, key));

    expect(frames.map(({ key }) => key)).toEqual([true, false, true, false]);
    expect(frames.map(({ timestamp }) => timestamp)).toEqual([0, 9000, 18_000, 27_000]);
    encoder.free();
  },
);

it("a colour between two names is none", () => {
  expect(nameOfColour(colours.magenta)).toBe("magenta");
  expect(nameOfColour({ red: 128, green: 128, blue: 128 })).toBeUndefined();
});
