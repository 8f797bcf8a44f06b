// One stream of coded pictures: when its sender is asked for a key frame.
import { AV_LOG_FATAL } from "node-av/constants";
import { Log } from "node-av/lib";
import { describe, expect, it, onTestFinished } from "vitest";
import { Source } from "../../../../../media/video/process/source.ts";
import { FakeClock } from "../../../../support/index.ts";
import { colours, Picture, PictureEncoder } from "../../../../support/video/index.ts";

Log.setLevel(AV_LOG_FATAL);
const frameMs = 100;
const size = { width: 320, height: 180 };

/** A source of VP8 that is seen, and the camera that it comes from. */
function open() {
  const clock = new FakeClock();
  const counters = {
    ...{ skipped: 0, decoded: 0, decodeErrors: 0, passedOver: 0, encoded: 0 },
    ...{ decodeMs: 0, composeMs: 0, encodeMs: 0, cpuMs: 0 },
  };
  const asked: number[] = [];
  const listener = { onKeyFrameNeeded: () => void asked.push(clock.monotonic()) };
  const source = new Source({ clock, codec: "VP8", counters, listener });
  source.show(true);
  // Of what came before it was seen nothing was decoded.
  asked.length = 0;
  const camera = new PictureEncoder({ codec: "VP8", ...size, hasBlock: false });
  onTestFinished(() => {
    source.close();
    camera.free();
  });
  return {
    asked,
    /** The next picture of the camera, as `damage` makes it. */
    send(key = false, damage = (data: Uint8Array) => data) {
      clock.advance(frameMs);
      const frame = camera.encode(colours.blue, key);
      source.receive(Buffer.from(damage(frame.data)), frame.key);
      source.sweep();
    },
    get colour() {
      const shown = source.scaled(size);
      return shown && new Picture(shown.frame).nameAt(0.5, 0.5);
    },
  };
}

const truncated = (data: Uint8Array) => data.subarray(0, 4);

describe("a source", () => {
  it("asks for a key frame at most twice a second while what comes cannot be decoded", () => {
    const { asked, send } = open();
    send();
    for (let picture = 0; picture < 20; picture += 1) send(true, truncated);
    expect(asked.length).toBeGreaterThanOrEqual(4);
    expect(asked.length).toBeLessThanOrEqual(5);
  });

  it("asks once more when errors have ended: a damaged picture that was decoded is in all that follow", () => {
    const stream = open();
    stream.send();
    expect(stream.colour).toBe("blue");

    // VP8 has no check sum: a key frame that says something else is a key frame.
    const other = new PictureEncoder({ codec: "VP8", ...size });
    onTestFinished(() => other.free());
    stream.send(false, truncated);
    for (let picture = 0; picture < 5; picture += 1)
      stream.send(true, () => other.encode(colours.red, true).data);
    for (let picture = 0; picture < 10; picture += 1) stream.send();
    expect(stream.colour).not.toBe("blue");
    const before = stream.asked.length;

    for (let picture = 0; picture < 10; picture += 1) stream.send();
    expect(stream.asked.length).toBe(before + 1);
    stream.send(true);
    expect(stream.colour).toBe("blue");
    for (let picture = 0; picture < 50; picture += 1) stream.send();
    expect(stream.asked.length).toBe(before + 1);
  });

  it("asks nothing while nothing is wrong", () => {
    const { asked, send } = open();
    for (let picture = 0; picture < 50; picture += 1) send();
    expect(asked).toEqual([]);
  });
});
