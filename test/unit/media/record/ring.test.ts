// The queue between the two threads, and the time that its frames are given.
import { describe, expect, it } from "vitest";
import { createSharedRing, FrameRing } from "../../../../media/record/ring.ts";
import { Timeline } from "../../../../media/record/timeline.ts";

const frame = (value: number, samples = 160) => new Int16Array(samples).fill(value);

function rings(slots: number) {
  const shared = createSharedRing(slots);
  const taken: string[] = [];
  const reader = new FrameRing(shared);
  const take = (limit?: number) =>
    reader.read(
      (track, place, samples) => taken.push(`${track}@${place}:${samples.length}x${samples[0]}`),
      limit,
    );
  return { writer: new FrameRing(shared), reader, take, taken };
}

describe("the ring", () => {
  it("hands frames over in order, each of its own length, as often as it goes around", () => {
    const { writer, take, taken } = rings(4);
    for (let place = 0; place < 10; place += 1) {
      expect(writer.write(1, place, frame(place, 960))).toBe(true);
      expect(writer.write(0, place, frame(-place))).toBe(true);
      take();
    }
    expect(taken.slice(0, 3)).toEqual(["1@0:960x0", "0@0:160x0", "1@1:960x1"]);
    expect(taken).toHaveLength(20);
  });

  it("refuses what finds no room, counts it, and still tells the time", () => {
    const { writer, reader, take, taken } = rings(2);
    expect([0, 1, 2, 3].map((place) => writer.write(0, place, frame(place)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([reader.refused, reader.offered]).toEqual([2, 3]);
    expect(take(1)).toBe(1);
    expect(writer.write(0, 4, frame(4))).toBe(true);
    expect(take()).toBe(2);
    expect(taken).toEqual(["0@0:160x0", "0@1:160x1", "0@4:160x4"]);
  });
});

describe("the timeline", () => {
  it("counts ticks, leaves out those that were skipped, and minds no fraction", () => {
    const timeline = new Timeline(20);
    const due = [1007, 1027, 1047.4, 1066.6, 1087, 1287, 1307];
    expect(due.map((at) => timeline.next(at))).toEqual([0, 1, 2, 3, 4, 14, 15]);
  });

  it("never goes back, even when ticks are due earlier than they were", () => {
    const timeline = new Timeline(20);
    expect([20, 40, 50, 60, 79].map((at) => timeline.next(at))).toEqual([0, 1, 2, 3, 4]);
  });
});
