// The mutation engine of the fuzzers: inputs made of the files of a corpus by cutting, doubling, flipping, splicing and by
// what is known to hurt (`spice`). The whole state is the seed: the same inputs every time, on every machine.

/** A whole number from 0 up to, not including, `below`. */
export type Random = (below: number) => number;

/** Mulberry32: a small generator whose whole state is its seed. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export interface Ingredients {
  readonly corpus: readonly Uint8Array[];
  readonly spice: readonly (string | Uint8Array)[];
}

/** One input: a file of the corpus with up to four changes. */
export function mutate(next: Random, { corpus, spice }: Ingredients): Buffer {
  let data = Buffer.from(corpus[next(corpus.length)]!);
  for (let change = next(4); change >= 0; change -= 1) {
    const at = next(data.length + 1);
    const end = Math.min(data.length, at + next(40));
    const [before, cut, after] = [data.subarray(0, at), data.subarray(at, end), data.subarray(end)];
    const inserts = [
      () => Buffer.alloc(0),
      () => Buffer.from(spice[next(spice.length)] as string),
      () => Buffer.from(Array.from({ length: next(8) }, () => next(256))),
      () => Buffer.concat([cut, cut]),
      () => Buffer.from(cut.map((byte) => byte ^ (1 << next(8)))),
      () => corpus[next(corpus.length)]!.subarray(next(200), 200 + next(400)),
    ];
    const kind = next(inserts.length + 1);
    data = kind === inserts.length ? Buffer.from(before) : Buffer.concat([before, inserts[kind]!(), after]);
  }
  return data;
}
