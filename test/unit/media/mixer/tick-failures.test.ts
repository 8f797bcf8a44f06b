// Ticks that throw: counted and logged once a room, without harm to the other rooms; and the end of a room that fails in every tick.
import { describe, expect, it, vi } from "vitest";
import type { Logger, RoomId } from "#common";
import { silentLogger } from "#common";
import { maxConsecutiveFailures, TickFailures } from "../../../../media/mixer/tick-failures.ts";
import type { PlaybackFactory } from "../../../../media/playback/playback.ts";
import { Conference, prompt, room, tickMs } from "../support/conference.ts";
import { peakLevel, Tone, toneLevel } from "../support/tones.ts";

const broken = "broken" as RoomId;

describe("a packet that cannot be handled", () => {
  it("is counted, logged once a leg, and ends nothing", async () => {
    const errors: Record<string, unknown>[] = [];
    const error = (fields: Record<string, unknown>): void => void errors.push(fields);
    const conference = new Conference({ log: { ...silentLogger, error } as unknown as Logger });
    const spoken = await conference.join({ tone: new Tone(700, 6000) });
    await conference.join();
    conference.run(500);
    const failing = vi.spyOn(conference.clock, "now").mockImplementation(() => {
      throw new TypeError("a bug");
    });
    const sourceSsrc = spoken.phone.heard[0]!.header.ssrc;
    const report = Uint8Array.of(0x81, 201, 0, 7, ...Array<number>(28).fill(0));
    new DataView(report.buffer).setUint32(8, sourceSsrc);
    for (let count = 0; count < maxConsecutiveFailures + 1; count += 1) {
      spoken.phone.sendRtcp(report);
      conference.run(tickMs);
    }
    failing.mockRestore();
    const [, heard] = conference.listen(500);

    expect(toneLevel(heard!, 700)).toBeGreaterThan(peakLevel(6000) - 1);
    expect(errors).toMatchObject([{ leg: spoken.leg, err: { message: "a bug" } }]);
    expect(conference.engine.health().tickFailures).toBe(maxConsecutiveFailures + 1);
  });
});

/** Two rooms: in `broken` plays what throws in those ticks that `fails` names, counted from 0. */
async function twoRooms(fails: (tick: number) => boolean) {
  const errors: Record<string, unknown>[] = [];
  let tick = 0;
  const playback: PlaybackFactory = {
    create: () => ({
      read(frame) {
        frame.fill(0);
        tick += 1;
        if (fails(tick - 1)) throw new TypeError("a bug");
        return true;
      },
    }),
  };
  const log = {
    ...silentLogger,
    error: (fields: Record<string, unknown>) => void errors.push(fields),
  } as unknown as Logger;
  const conference = new Conference({ playback, log });
  const { engine } = conference;
  engine.openRoom(broken);
  const party = await conference.call({ tone: new Tone(700, 6000) });
  engine.joinLeg(party.leg, broken);
  engine.playToRoom(broken, prompt(1000), "en");
  return { conference, errors };
}

describe("a room whose ticks fail", () => {
  it("is logged once, counted, and heard by nobody else", async () => {
    const { conference, errors } = await twoRooms((tick) => tick % 10 !== 0);
    for (const hertz of [500, 850]) await conference.join({ tone: new Tone(hertz, 6000) });
    conference.run(1000);
    const [, , heard] = conference.listen(1000);
    expect(toneLevel(heard!, 500)).toBeGreaterThan(peakLevel(6000) - 1);
    expect(errors).toMatchObject([{ room: broken, err: { message: "a bug" } }]);
    expect(conference.engine.health().tickFailures).toBe(90);
  });

  it("ends the worker after a second of nothing else", async () => {
    const { conference } = await twoRooms(() => true);
    conference.run((maxConsecutiveFailures - 1) * tickMs);
    expect(() => conference.run(tickMs)).toThrow(
      `${maxConsecutiveFailures} ticks in a row of room ${broken} failed: a bug`,
    );
  });

  it("goes on after almost a second, and may fail again", async () => {
    const { conference } = await twoRooms((tick) => tick % maxConsecutiveFailures !== 0);
    conference.run(10 * maxConsecutiveFailures * tickMs);
    expect(conference.engine.health().tickFailures).toBe(10 * (maxConsecutiveFailures - 1));
  });

  it("does not fill the log, however many there are", () => {
    let logged = 0;
    const log = { error: () => (logged += 1) } as unknown as Logger;
    const failures = new TickFailures(log);
    for (let tick = 0; tick < 1000; tick += 1) {
      failures.note({} as never, { id: room, tick, error: new Error("a bug") });
    }
    expect([failures.count, logged]).toEqual([1000, 100]);
  });
});
