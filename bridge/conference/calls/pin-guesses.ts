// When a guess of a PIN begins: as soon as what has been typed could be one. A right PIN is taken without its `#`, and a
// wrong one is not; so a guess that began only with the `#` could be avoided by hanging up. A `*` takes back what was typed,
// and not the guess.
import type { PinGuess } from "#conference/rooms";

export class PinGuesses {
  readonly #shortest: number;
  readonly #begin: () => PinGuess;
  #begun: PinGuess | undefined;

  /** `pins`: what may be typed. `begin`: begins a guess with the room. */
  constructor(pins: readonly string[], begin: () => PinGuess) {
    this.#shortest = Math.min(...pins.map(({ length }) => length));
    this.#begin = begin;
  }

  /** What has been typed and is not complete; "": it has been taken back. */
  follow(typed: string): void {
    if (typed === "") this.#begun = undefined;
    else if (typed.length >= this.#shortest) this.#begun ??= this.#begin();
  }

  /** What was typed is complete: the guess that it belongs to. */
  take(): PinGuess {
    const guess = this.#begun ?? this.#begin();
    this.#begun = undefined;
    return guess;
  }
}
