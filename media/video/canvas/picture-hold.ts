// Pictures of one line wait for the voice of their sender, which stands in its jitter buffer in the meantime: what was sent together is seen
// and heard together. Where the voice waits no longer than a picture takes to be composed, pictures pass at once. Their order stays.
import type { Clock, Timer } from "#common";
import type { VideoCodecName, VideoFrame } from "../types.ts";

export interface PictureHoldOptions {
  readonly clock: Clock;
  /** For how long the voice waits just now, milliseconds. */
  readonly audioDelayMs: () => number;
  readonly release: (frame: VideoFrame, codec: VideoCodecName) => void;
}

interface Held {
  readonly frame: VideoFrame;
  readonly codec: VideoCodecName;
  readonly dueAt: number;
}

/** What a picture takes without being held: it is decoded and waits for its canvas, half a period of 15 a second on average. */
const composingMs = 40;
/** A wait that is too short to be noticed. */
const minMs = 15;
const maxMs = 500;
/** Of half a second of the most pictures that are decoded. */
const maxHeld = 40;

export class PictureHold {
  readonly #options: PictureHoldOptions;
  #held: Held[] = [];
  #timer: Timer | undefined;

  constructor(options: PictureHoldOptions) {
    this.#options = options;
  }

  take(frame: VideoFrame, codec: VideoCodecName): void {
    const { clock, audioDelayMs, release } = this.#options;
    const wait = Math.min(maxMs, audioDelayMs() - composingMs);
    const last = this.#held.at(-1);
    if (!last && wait < minMs) {
      release(frame, codec);
      return;
    }
    // A voice that waits less than before lets no picture overtake another.
    const dueAt = Math.max(clock.monotonic() + wait, last?.dueAt ?? 0);
    this.#held.push({ frame, codec, dueAt });
    if (this.#held.length > maxHeld) this.#releaseFirst();
    this.#arm();
  }

  /** What waits is dropped. Idempotent. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#held = [];
  }

  #releaseFirst(): void {
    const first = this.#held.shift();
    if (first) this.#options.release(first.frame, first.codec);
  }

  #arm(): void {
    const [first] = this.#held;
    if (!first || this.#timer) return;
    const { clock } = this.#options;
    this.#timer = clock.after(Math.max(0, first.dueAt - clock.monotonic()), () => {
      this.#timer = undefined;
      const now = clock.monotonic();
      while (this.#held[0] && this.#held[0].dueAt <= now) this.#releaseFirst();
      this.#arm();
    });
  }
}
