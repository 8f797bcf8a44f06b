// What has become of deliveries, written down together.
import { beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import type { Delivery } from "#services/webhooks";
import { FakeClock } from "#test/support";
import { ProgressSaver } from "../../../../../bridge/services/webhooks/progress-saver.ts";
import type { Progress } from "../../../../../bridge/services/webhooks/types.ts";

let clock: FakeClock;
let written: Progress[];
let failure: Error | undefined;
let saver: ProgressSaver;

const position = (id: string, at: number): Progress["positions"][number] => ({
  id,
  position: at,
  skipped: 0,
});
const delivery = (id: string, webhook: string): Delivery =>
  ({ id, webhook }) as Partial<Delivery> as Delivery;

beforeEach(() => {
  clock = new FakeClock();
  written = [];
  failure = undefined;
  const save = async (progress: Progress) => {
    if (failure) throw failure;
    written.push(progress);
  };
  saver = new ProgressSaver({ save }, clock, silentLogger);
});

describe("what is noted", () => {
  it("is written half a second later, the newest of each webhook, with all deliveries", async () => {
    saver.note(position("one", 1), delivery("d1", "one"));
    saver.note(position("two", 5));
    await clock.run(400);
    saver.note(position("one", 2), delivery("d2", "one"));
    await clock.run(99);
    expect(written).toEqual([]);
    await clock.run(1);
    expect(written).toEqual([
      {
        positions: [position("one", 2), position("two", 5)],
        deliveries: [delivery("d1", "one"), delivery("d2", "one")],
      },
    ]);
    expect([saver.unsaved("d1"), clock.pending]).toEqual([undefined, 0]);
  });

  it("is not lost when the disk refuses, and tried again half a second later", async () => {
    failure = new Error("disk full");
    saver.note(position("one", 1), delivery("d1", "one"));
    await clock.run(500);
    expect(saver.unsaved("d1")).toEqual(delivery("d1", "one"));
    failure = undefined;
    await clock.run(500);
    expect(written).toEqual([{ positions: [position("one", 1)], deliveries: [delivery("d1", "one")] }]);
    expect(clock.pending).toBe(0);
  });

  it("of a webhook that is gone is not written", async () => {
    saver.note(position("one", 1), delivery("d1", "one"));
    saver.note(position("two", 1), delivery("d2", "two"));
    saver.forget("one");
    await saver.flush();
    expect(written).toEqual([{ positions: [position("two", 1)], deliveries: [delivery("d2", "two")] }]);
  });

  it("is written at once on demand, and nothing where nothing was noted", async () => {
    await saver.flush();
    saver.note(position("one", 1));
    await saver.flush();
    expect([written.length, clock.pending]).toEqual([1, 0]);
  });
});
