// The kept streams of strangers, decoded and scaled as the video process does it.
import { AV_LOG_FATAL } from "node-av/constants";
import { Log } from "node-av/lib";
import { describe, expect, it, onTestFinished } from "vitest";
import { Source } from "../../../../../media/video/process/source.ts";
import { FakeClock } from "../../../../support/index.ts";
import { readCorpus } from "../../../../support/video/corpus.ts";
import { colours, PictureEncoder } from "../../../../support/video/index.ts";

// A line for each wrong bit otherwise.
Log.setLevel(AV_LOG_FATAL);
const corpus = readCorpus();

function open(codec: "H264" | "VP8") {
  const clock = new FakeClock();
  const counters = {
    ...{ skipped: 0, decoded: 0, decodeErrors: 0, passedOver: 0, encoded: 0 },
    ...{ decodeMs: 0, composeMs: 0, encodeMs: 0, cpuMs: 0 },
  };
  const source = new Source({
    ...{ clock, codec, counters },
    listener: { onKeyFrameNeeded: () => {} },
  });
  source.show(true);
  onTestFinished(() => source.close());
  const receive = (data: Uint8Array, key: boolean) => {
    clock.advance(66);
    source.receive(Buffer.from(data), key);
    for (const crop of [false, true]) source.scaled({ width: 160, height: 90 }, crop);
  };
  return { source, receive };
}

describe("a stream that is wrong on purpose", () => {
  it("is kept in some number", () => {
    expect(corpus.length).toBeGreaterThan(30);
  });

  it.each(corpus)("breaks nothing: $name", ({ codec, pictures }) => {
    const { source, receive } = open(codec);
    for (const key of [true, false]) for (const picture of pictures) receive(picture, key);

    const camera = new PictureEncoder({ codec, width: 352, height: 288 });
    onTestFinished(() => camera.free());
    const before = source.serial;
    for (let picture = 0; picture < 4; picture += 1) receive(camera.encode(colours.red, true).data, true);
    expect(source.serial).toBeGreaterThan(before);
    expect(source.shape).toEqual({ width: 352, height: 288 });
  });
});
