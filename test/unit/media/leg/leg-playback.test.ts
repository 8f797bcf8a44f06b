import { expect, it } from "vitest";
import type { LegId } from "#common";
import type { Signal } from "../../../../media/dsp/index.ts";
import { LegPlayback } from "../../../../media/leg/leg-playback.ts";
import type { PlaySource } from "../../../../media/leg/play-source.ts";

const signal = {} as Signal;

function playing(background: boolean) {
  const read: number[] = [];
  const ended: unknown[] = [];
  const playback = new LegPlayback("leg" as LegId, (name, data) => void ended.push([name, data]));
  const source = {
    read(tick: number) {
      read.push(tick);
      return signal;
    },
  } as PlaySource;
  playback.start({ id: 1, source, background });
  return { playback, read, ended };
}

it("music pauses while something plays to the room, and goes on where it was", () => {
  const { playback, read, ended } = playing(true);
  expect(playback.read(1, false)).toBe(signal);
  expect(playback.read(2, true)).toBeUndefined();
  expect(playback.read(3, false)).toBe(signal);
  expect([read, ended, playback.active]).toEqual([[1, 3], [], true]);
});

it("what is said to the leg does not pause", () => {
  const { playback } = playing(false);
  expect(playback.read(1, true)).toBe(signal);
});
