// Runs one fuzzer: the corpus first, then mutations of it, and says which input was a finding. Used by the unit tests for
// a moment and by `npm run fuzz` for as long as is wanted.
import { mutate, randomOf } from "./mutator.ts";
import type { FuzzTarget } from "./targets.ts";

export interface Finding {
  readonly input: Buffer;
  readonly error: unknown;
  /** The file of the corpus, or the seed and the number of the mutation. */
  readonly where: string;
}

/** Files of the corpus that are findings. */
export function findingsInCorpus(target: FuzzTarget): readonly Finding[] {
  return target.seeds.flatMap(({ name, bytes }) => attempt(target, bytes, name) ?? []);
}

/** The first finding among so many mutations of a seed; undefined: none is. */
export function fuzzSeed(target: FuzzTarget, seed: number, inputs: number): Finding | undefined {
  const next = randomOf(seed);
  const ingredients = { corpus: target.seeds.map(({ bytes }) => bytes), spice: target.spice };
  for (let count = 0; count < inputs; count += 1) {
    const found = attempt(target, mutate(next, ingredients), `seed ${seed}, input ${count}`);
    if (found) return found;
  }
  return undefined;
}

function attempt(target: FuzzTarget, input: Buffer, where: string): Finding | undefined {
  try {
    target.take(Buffer.from(input));
    return undefined;
  } catch (error) {
    return { input, error, where };
  }
}
