// One encoder's pictures on their way to two viewers.
import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { Output } from "../../../../../media/video/canvas/output.ts";
import { outputFormat } from "../../../../../media/video/canvas/output-format.ts";
import { VideoLine } from "../../../../../media/video/stream/index.ts";
import { MemoryNetwork } from "../../support/memory-network.ts";
import { Camera, limits, vp8, vp8Frame } from "../../support/video.ts";

const camera = new Camera(new MemoryNetwork(), "10.0.0.9");

function viewer(clock: FakeClock, sent: Uint8Array[]): VideoLine {
  const line = new VideoLine({
    ...{ clock, content: "main", cname: "x", random: () => 0.5, kbps: 1000 },
    listener: { onFrame() {}, onSending() {}, onKeyFrameRequested() {}, onPath() {}, onAgreed() {} },
  });
  line.configure(camera.plan(), {
    sendRtp: (packet) => void sent.push(packet.slice()),
    sendRtcp() {},
    knows: () => true,
  });
  return line;
}

describe("an encoder's output", () => {
  let clock: FakeClock;
  let keys: number;
  let output: Output;
  let sent: Uint8Array[];

  beforeEach(() => {
    clock = new FakeClock();
    keys = 0;
    sent = [];
    output = new Output({
      number: 1,
      key: "k",
      format: outputFormat(vp8, limits, { tier: 0, maxNalBytes: 1180 }),
      clock,
      requestKey: () => {
        keys += 1;
      },
    });
    output.add(viewer(clock, sent));
  });

  it("goes out in portions when it is large, whole before the next begins", () => {
    output.onFrame(vp8Frame(true, 0, 100_000), 0);
    const first = sent.length;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(20);
    clock.advance(20);
    expect(sent.length).toBeGreaterThan(first);
    expect(sent.length).toBeLessThan(85);
    output.onFrame(vp8Frame(false, 6000, 500), 67);
    const markers = sent.map((packet) => packet[1]! >= 128);
    expect(markers.filter(Boolean)).toHaveLength(2);
    expect(markers.slice(-2)).toEqual([true, true]);
    const numbers = sent.map((packet) => (packet[2]! << 8) | packet[3]!);
    expect(numbers.map((each) => each - numbers[0]!)).toEqual(numbers.map((_, index) => index));
  });

  it("is over the whole frame's time at most", () => {
    output.onFrame(vp8Frame(true, 0, 200_000), 0);
    clock.advance(1000 / limits.framerate);
    expect(sent.at(-1)![1]! >= 128).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it("is few packets at one go when many see it", () => {
    const many = Array.from({ length: 29 }, () => viewer(clock, sent));
    for (const line of many) output.add(line);
    output.onFrame(vp8Frame(true, 0, 30_000), 0);
    let before = 0;
    for (let step = 0; step < 70; step += 1) {
      expect(sent.length - before).toBeLessThanOrEqual(64);
      before = sent.length;
      clock.advance(1);
    }
    expect(sent.length).toBe(30 * 26);
  });

  it("is whole for who leaves in the middle of a picture", () => {
    const line = viewer(clock, sent);
    output.add(line);
    output.onFrame(vp8Frame(true, 0, 100_000), 0);
    output.remove(line);
    expect(sent.filter((packet) => packet[1]! >= 128)).toHaveLength(2);
    clock.advance(1000);
    expect(clock.pending).toBe(0);
  });

  it("merges wishes for a key frame", () => {
    for (let index = 0; index < 10; index += 1) output.requestKey();
    expect(keys).toBe(1);
    output.look(400);
    expect(keys).toBe(1);
    output.look(500);
    output.look(1100);
    expect(keys).toBe(2);
  });

  it("sends nothing after it is closed", () => {
    output.onFrame(vp8Frame(true, 0, 100_000), 0);
    const before = sent.length;
    output.close();
    clock.advance(1000);
    expect(sent.length).toBe(before);
    expect(output.unseen).toBe(true);
  });
});
