// Begins a guess of a PIN as soon as the typed digits could be one. A right PIN is complete without its `#`, a
// wrong one is not; if a guess began only with the `#`, it could be avoided by hanging up. A `*` clears the digits,
// but not the guess.
import type { PinGuess } from "#conference/rooms";

export class PinGuesses {
  readonly #shortest: number;
  readonly #begin: () => PinGuess;
  #begun: PinGuess | undefined;

  /** `pins`: the acceptable PINs. `begin`: begins a guess with the room. */
  constructor(pins: readonly string[], begin: () => PinGuess) {
    this.#shortest = Math.min(...pins.map(({ length }) => length));
    this.#begin = begin;
  }

  /** The incomplete entry; "": it was cleared. */
  follow(typed: string): void {
    if (typed === "") this.#begun = undefined;
    else if (typed.length >= this.#shortest) this.#begun ??= this.#begin();
  }

  /** The entry is complete: returns the guess that it belongs to. */
  take(): PinGuess {
    const guess = this.#begun ?? this.#begin();
    this.#begun = undefined;
    return guess;
  }
}
