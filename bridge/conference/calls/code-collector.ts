// Collects the keys of one participant into codes. An incomplete code is dropped after a while. The owner
// carries out the codes.
import type { Clock } from "#common";
import { betweenKeysMs, type KeyCodes, type KeyPress, pressKey } from "./keys.ts";

export class CodeCollector {
  readonly #clock: Clock;
  readonly #codes: KeyCodes;
  #typed = "";
  #typedAt = 0;

  constructor(clock: Clock, codes: KeyCodes) {
    this.#clock = clock;
    this.#codes = codes;
  }

  /** No code has been begun: the next key begins one, or is ignored. */
  get empty(): boolean {
    return this.#typed === "" || this.#clock.monotonic() - this.#typedAt >= betweenKeysMs;
  }

  press(digit: string): KeyPress {
    const press = pressKey(this.empty ? "" : this.#typed, digit, this.#codes);
    this.#typed = press.typed;
    this.#typedAt = this.#clock.monotonic();
    return press;
  }
}
