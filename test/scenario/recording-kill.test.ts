// `kill -9` in the middle of a recording: the file is mended, opens, and holds what was said. More instants, and
// stricter: `node test/bench/recording-kill.ts`.
import { describe, expect, it } from "vitest";
import { killDuringRecording } from "../support/recording-kill.ts";

/** The promise is one second; a machine at full load may be late with the very command that kills. */
const allowedMs = 2500;

const seed = () => Math.floor(Math.random() * 2 ** 31);

describe("the process that writes a recording is killed", () => {
  it.each([seed(), seed()])("seed %d", async (seed) => {
    const outcome = await killDuringRecording(seed);

    expect(outcome.fileMs, JSON.stringify(outcome)).toBeGreaterThan(outcome.recordedMs - allowedMs);
    // What only a worker wrote goes on in another one.
    expect(outcome.recovered, JSON.stringify(outcome)).toBe(outcome.victim !== "worker");
  });

  it.each([seed()])("with the daemon, in a room with a picture: seed %d", async (seed) => {
    const outcome = await killDuringRecording(seed, { victim: "both", format: "mp4" });

    const { pictures } = outcome;
    expect(outcome, JSON.stringify(outcome)).toMatchObject({
      recovered: true,
      pictures: { poster: "magenta" },
    });
    for (const ms of [outcome.fileMs, pictures!.untilMs])
      expect(ms, JSON.stringify(outcome)).toBeGreaterThan(outcome.recordedMs - allowedMs);
    expect(pictures!.right, JSON.stringify(outcome)).toBe(pictures!.all);
  });
});
