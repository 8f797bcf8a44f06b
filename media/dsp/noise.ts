// The faint noise that tells a lone caller that the line is alive: white, at −66 dBov, from a table that is
// long enough not to be heard as a pattern.
import { fromDbov } from "./level.ts";

const seconds = 2;
const noiseDbov = -66;

export class ComfortNoise {
  readonly #table: Int16Array;
  #at = 0;

  constructor(rate: number) {
    const amplitude = Math.sqrt(3 * fromDbov(noiseDbov));
    let state = 0x2545f491;
    this.#table = Int16Array.from({ length: rate * seconds + 1 }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return Math.round((state / 0x8000_0000) * amplitude);
    });
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
