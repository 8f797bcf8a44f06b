// The faint noise that tells a lone caller that the line is alive: white, at −66 dBov, from a table that is
// long enough not to be heard as a pattern. All rooms of a rate share the table: making it takes as long as hundreds of
// frames, and a room opens while other callers wait for their answer.
import { fromDbov } from "./level.ts";

const seconds = 2;
const noiseDbov = -66;

const tables = new Map<number, Int16Array>();

function tableAt(rate: number): Int16Array {
  const known = tables.get(rate);
  if (known) return known;
  const amplitude = Math.sqrt(3 * fromDbov(noiseDbov));
  let state = 0x2545f491;
  const table = new Int16Array(rate * seconds + 1);
  for (let index = 0; index < table.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    table[index] = Math.round((state / 0x8000_0000) * amplitude);
  }
  tables.set(rate, table);
  return table;
}

export class ComfortNoise {
  readonly #table: Int16Array;
  #at = 0;

  constructor(rate: number) {
    this.#table = tableAt(rate);
  }

  fill(frame: Int16Array): void {
    const table = this.#table;
    let at = this.#at;
    for (let index = 0; index < frame.length; index += 1) {
      frame[index] = table[at]!;
      at = at + 1 === table.length ? 0 : at + 1;
    }
    this.#at = at;
  }
}
