// What one leg says for a while, from its first word to its silence: a frame a tick, into memory that was made
// before. Decides when it is over; never writes, and allocates nothing in a tick.
//
//   waiting ──heard──▶ hearing ──silence, full, finished──▶ over      waiting ──patience at its end──▶ over
//      └◀──silence after a click──┘

import { fromDbov, type Signal } from "../../dsp/index.ts";
import { tickMs } from "../../tick.ts";

/** Samples a second of what is captured. */
export const captureRate = 16_000;

export interface CaptureLimits {
  /** How long the first word is waited for. */
  readonly patienceMs: number;
  /** How long nothing is heard after it before it is over. */
  readonly silenceMs: number;
  readonly maxMs: number;
}

export interface CaptureOrder extends CaptureLimits {
  /** The name of the clip to be. */
  readonly clip: string;
}

/** What was said, and how loud it was: the mean square of each tick, and the loudest sample. */
export interface CapturedSpeech {
  readonly pcm: Int16Array;
  readonly powers: Float64Array;
  readonly peak: number;
}

/** Of captured sound. */
export const samplesPerTick = (captureRate * tickMs) / 1000;
const loud = fromDbov(-50);
/** Less is a click or a cough and no word. */
const minLoudTicks = 10;

export class Capture {
  readonly #pcm: Int16Array;
  readonly #powers: Float64Array;
  readonly #patienceTicks: number;
  readonly #silenceTicks: number;
  readonly #onOver: () => void;
  #state: "waiting" | "hearing" | "over" = "waiting";
  /** Ticks that are kept, and ticks in all. */
  #kept = 0;
  #ticks = 0;
  #peak = 0;
  #loudTicks = 0;
  #quietTicks = 0;

  /** `onOver` is called once, possibly within a tick. */
  constructor({ patienceMs, silenceMs, maxMs }: CaptureLimits, onOver: () => void) {
    this.#powers = new Float64Array(Math.ceil(maxMs / tickMs));
    this.#pcm = new Int16Array(this.#powers.length * samplesPerTick);
    this.#patienceTicks = patienceMs / tickMs;
    this.#silenceTicks = silenceMs / tickMs;
    this.#onOver = onOver;
  }

  get over(): boolean {
    return this.#state === "over";
  }

  /** Empty when it was nothing. */
  get speech(): CapturedSpeech {
    const ticks = this.#loudTicks < minLoudTicks ? 0 : this.#kept - this.#quietTicks;
    const pcm = this.#pcm.subarray(0, ticks * samplesPerTick);
    return { pcm, powers: this.#powers.subarray(0, ticks), peak: this.#peak };
  }

  /** One tick of the leg; undefined: it is not heard. */
  take(signal: Signal | undefined): void {
    if (this.#state === "over") return;
    this.#ticks += 1;
    if (signal) this.#hear(signal.at(captureRate).frame);
    else if (this.#state === "hearing") this.#hearNothing();
    if (this.#state === "waiting" && this.#ticks >= this.#patienceTicks) this.finish();
  }

  /** It is over now; what was said until now counts. */
  finish(): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#onOver();
  }

  #hear(frame: Int16Array): void {
    this.#state = "hearing";
    this.#quietTicks = 0;
    this.#pcm.set(frame, this.#kept * samplesPerTick);
    let sum = 0;
    for (let index = 0; index < frame.length; index += 1) {
      const sample = frame[index]!;
      sum += sample * sample;
      if (sample > this.#peak) this.#peak = sample;
      else if (-sample > this.#peak) this.#peak = -sample;
    }
    const power = sum / frame.length;
    this.#powers[this.#kept] = power;
    if (power >= loud) this.#loudTicks += 1;
    this.#advance();
  }

  #hearNothing(): void {
    this.#quietTicks += 1;
    this.#advance();
    if (this.#state !== "hearing" || this.#quietTicks < this.#silenceTicks) return;
    if (this.#loudTicks >= minLoudTicks) this.finish();
    else this.#waitAgain();
  }

  #advance(): void {
    this.#kept += 1;
    if (this.#kept >= this.#powers.length) this.finish();
  }

  #waitAgain(): void {
    this.#pcm.fill(0, 0, this.#kept * samplesPerTick);
    this.#powers.fill(0, 0, this.#kept);
    this.#state = "waiting";
    this.#kept = 0;
    this.#peak = 0;
    this.#loudTicks = 0;
    this.#quietTicks = 0;
  }
}
