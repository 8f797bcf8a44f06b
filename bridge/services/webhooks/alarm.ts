// Waits for a signal or for an instant; a signal given right before the wait begins is not missed.
import type { Clock, Timer } from "#common";

export class Alarm {
  readonly #clock: Clock;
  #rung = false;
  #wake: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What rings from here on ends the next wait. */
  arm(): void {
    this.#rung = false;
  }

  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  /** Resolves when it rings, or at `at`, monotonic milliseconds; infinity: only when it rings. */
  wait(at: number): Promise<void> {
    if (this.#rung) return Promise.resolve();
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      this.#wake = () => {
        timer?.cancel();
        this.#wake = () => {};
        resolve();
      };
      if (Number.isFinite(at))
        timer = this.#clock.after(Math.max(0, at - this.#clock.monotonic()), this.#wake);
    });
  }
}
