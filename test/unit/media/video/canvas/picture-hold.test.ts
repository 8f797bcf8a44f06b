// Pictures wait for the voice of their sender.
import { expect, it } from "vitest";
import { PictureHold } from "../../../../../media/video/canvas/picture-hold.ts";
import { FakeClock } from "../../../../support/index.ts";

function hold() {
  const clock = new FakeClock();
  const voice = { delayMs: 0 };
  const released: [timestamp: number, at: number][] = [];
  const begun = clock.monotonic();
  const made = new PictureHold({
    clock,
    audioDelayMs: () => voice.delayMs,
    release: ({ timestamp }) => void released.push([timestamp, clock.monotonic() - begun]),
  });
  const take = (timestamp: number) => made.take({ data: new Uint8Array(1), key: false, timestamp }, "VP8");
  return { clock, voice, released, made, take };
}

it("lets pictures pass at once while the voice waits no longer than they take to be composed", () => {
  const { clock, voice, released, take } = hold();
  for (const delayMs of [0, 40, 54]) {
    voice.delayMs = delayMs;
    take(delayMs);
  }
  expect(released.map(([timestamp]) => timestamp)).toEqual([0, 40, 54]);
  expect(clock.pending).toBe(0);
});

it("keeps each as long as the voice, and their order when that becomes shorter", () => {
  const { clock, voice, released, take } = hold();
  voice.delayMs = 140;
  take(1);
  clock.advance(30);
  take(2);
  voice.delayMs = 0;
  take(3);
  clock.advance(200);
  take(4);
  expect(released).toEqual([
    [1, 100],
    [2, 130],
    [3, 130],
    [4, 230],
  ]);
  expect(clock.pending).toBe(0);
});

it("keeps none for longer than half a second, and no more than forty", () => {
  const { clock, voice, released, take } = hold();
  voice.delayMs = 5000;
  for (let each = 0; each < 42; each += 1) take(each);
  expect(released).toHaveLength(2);
  clock.advance(500);
  expect(released).toHaveLength(42);
});

it("drops what it has when the line closes", () => {
  const { clock, voice, released, made, take } = hold();
  voice.delayMs = 300;
  take(1);
  made.close();
  clock.advance(1000);
  expect([released, clock.pending]).toEqual([[], 0]);
});
