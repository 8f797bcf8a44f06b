// MP3 files frame by frame.
import { describe, expect, it } from "vitest";
import { Mp3Walk, readMp3Header } from "../../../../../bridge/conference/recordings/mp3-frames.ts";

describe("MP3 frames", () => {
  it("are as long as their headers say", () => {
    expect(readMp3Header(0xfffb54c4)).toEqual({ bytes: 192, samples: 1152, rate: 48_000 });
    expect(readMp3Header(0xfff384c4)).toMatchObject({ samples: 576, rate: 24_000 });
    expect(readMp3Header(0x49443304)).toBeUndefined();
    expect(readMp3Header(0xffffffff)).toBeUndefined();
  });

  it("are found whole in any pieces, and half a frame at the end is not one", () => {
    const frame = Buffer.alloc(192, 0x55);
    frame.writeUInt32BE(0xfffb54c4, 0);
    const bytes = Buffer.concat([frame, frame, frame, frame.subarray(0, 100)]);
    for (const step of [1, 3, 191, 192, 1000]) {
      const walk = new Mp3Walk();
      for (let at = 0; at < bytes.length; at += step) walk.take(bytes.subarray(at, at + step));
      expect([walk.wholeBytes, walk.durationMs, walk.broken], `${step}`).toEqual([576, 72, false]);
    }
    const broken = new Mp3Walk();
    broken.take(Buffer.concat([frame, Buffer.alloc(400)]));
    expect([broken.wholeBytes, broken.broken]).toEqual([192, true]);
  });
});
