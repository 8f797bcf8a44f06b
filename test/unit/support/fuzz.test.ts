// Whatever the network sends, a reader refuses it or reads it, and never throws: for a moment here, longer by
// `npm run fuzz`. What that has found lies in the corpus; a seed that once failed stays in the list.
import { describe, expect, it } from "vitest";
import { mutate, randomOf } from "../../support/fuzz/mutator.ts";
import { findingsInCorpus, fuzzSeed } from "../../support/fuzz/run.ts";
import { type FuzzTarget, fuzzTargets } from "../../support/fuzz/targets.ts";

const seeds = [1, 2, 3];
const inputs = 400;

describe.each(fuzzTargets)("$name", (target) => {
  it("reads the whole corpus", () => {
    expect(target.seeds.length).toBeGreaterThan(3);
    expect(findingsInCorpus(target)).toEqual([]);
  });

  it.each(seeds)("reads or refuses whatever seed %d makes of it", (seed) => {
    expect(fuzzSeed(target, seed, inputs)).toBeUndefined();
  });
});

describe("the engine", () => {
  const corpus = [Buffer.from("INVITE sip:a@b SIP/2.0"), Buffer.from("v=0")];
  const made = (seed: number) => {
    const next = randomOf(seed);
    return Array.from({ length: 50 }, () => mutate(next, { corpus, spice: ["\r\n"] }).toString("hex"));
  };

  it("makes the same inputs of the same seed, and others of another", () => {
    expect(made(7)).toEqual(made(7));
    expect(made(7)).not.toEqual(made(8));
  });

  it("finds what throws, and says where", () => {
    const fragile: FuzzTarget = {
      ...{ name: "fragile", ending: ".hex", spice: ["\r\n"] },
      seeds: corpus.map((bytes, index) => ({ name: `file ${index}`, bytes })),
      take(input) {
        if (input.includes("\r\n")) throw new Error("broken");
      },
    };
    expect(findingsInCorpus(fragile)).toEqual([]);
    const found = fuzzSeed(fragile, 1, 200);
    expect(found?.where).toMatch(/^seed 1, input \d+$/);
    expect(found?.input.includes("\r\n")).toBe(true);
  });
});
