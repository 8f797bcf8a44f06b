// `kill -9` right after answers: what was answered is on the disk, with its event. More often: `npm run bench:kills`.
import { describe, expect, it } from "vitest";
import { killAfterAnswers } from "../support/kill-after-answers.ts";

const seeds = Array.from({ length: 5 }, () => Math.floor(Math.random() * 2 ** 31));

describe("the daemon is killed while it answers", () => {
  it.each(seeds)("seed %d", async (seed) => {
    const outcome = await killAfterAnswers(seed);
    expect(outcome.answered).toBeGreaterThan(0);
    expect(outcome.withoutEvent, JSON.stringify(outcome)).toEqual([]);
    expect(outcome.notStored, JSON.stringify(outcome)).toEqual([]);
    expect(outcome.wronglyTold, JSON.stringify(outcome)).toEqual([]);
  });
});
