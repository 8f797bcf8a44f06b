// Suspects an echo: what a leg sends rises and falls as what it was sent shortly before. Compares the envelopes
// (one value every two ticks), not the sound, at every lag up to half a second, one lag at a time; a suspicion takes some
// seconds of agreement at one and the same lag. Two people who talk do not rise and fall together for so long.
//
//   sent to the leg  ──────▶ ring ─┐
//   heard from it    ──────▶ ring ─┴─ correlate at a lag … next lag … verdict of the round
import { fromDbov } from "./level.ts";

const ticksPerStep = 2;
const maxLagMs = 500;
const spanMs = 4000;
/** Correlation that counts as agreement, and how many rounds of it make a suspicion. */
const agreement = 0.75;
const enough = 8;
const maxEvidence = 12;
/** Less than this much of the span with sound in it says nothing. */
const minActive = 0.2;
const audible = Math.sqrt(fromDbov(-50));
const silent = fromDbov(-62);
/** An echo is not louder than this against what was sent (+6 dB), and not fainter (−45 dB). */
const loudest = 2;
const faintest = 0.0056;

export class EchoDetector {
  suspected = false;
  /** Of the suspected echo, milliseconds. */
  delayMs = 0;
  readonly #stepMs: number;
  readonly #lags: number;
  readonly #span: number;
  readonly #mask: number;
  readonly #heard: Float64Array;
  readonly #sent: Float64Array;
  #ticks = 0;
  #heardSum = 0;
  #sentSum = 0;
  /** Since the leg was last heard at all; a silent leg costs nothing. */
  #quietSteps = 0;
  #at = 0;
  #filled = 0;
  #lag = 0;
  #bestLag = 0;
  #best = 0;
  #lastLag = -1;
  #evidence = 0;

  constructor(tickMs: number) {
    this.#stepMs = ticksPerStep * tickMs;
    this.#lags = Math.ceil(maxLagMs / this.#stepMs) + 1;
    this.#span = Math.round(spanMs / this.#stepMs);
    const size = 2 ** Math.ceil(Math.log2(this.#span + this.#lags));
    this.#mask = size - 1;
    this.#heard = new Float64Array(size);
    this.#sent = new Float64Array(size);
  }

  /** One tick: mean squares of what the leg said and of what it was sent. */
  update(heard: number, sent: number): void {
    this.#heardSum += heard;
    this.#sentSum += sent;
    this.#ticks += 1;
    if (this.#ticks < ticksPerStep) return;
    this.#heard[this.#at] = Math.sqrt(this.#heardSum / ticksPerStep);
    this.#sent[this.#at] = Math.sqrt(this.#sentSum / ticksPerStep);
    this.#quietSteps = this.#heardSum < ticksPerStep * silent ? this.#quietSteps + 1 : 0;
    this.#ticks = 0;
    this.#heardSum = 0;
    this.#sentSum = 0;
    this.#at = (this.#at + 1) & this.#mask;
    if (this.#filled < this.#span + this.#lags) {
      this.#filled += 1;
      return;
    }
    if (this.#quietSteps > this.#span) {
      this.#evidence = 0;
      this.suspected = false;
      return;
    }
    this.#correlate(this.#lag);
    this.#lag += 1;
    if (this.#lag === this.#lags) this.#conclude();
  }

  #correlate(lag: number): void {
    const heard = this.#heard;
    const sent = this.#sent;
    const mask = this.#mask;
    const span = this.#span;
    let x = 0;
    let y = 0;
    let xx = 0;
    let yy = 0;
    let xy = 0;
    let active = 0;
    for (let index = this.#at - span; index < this.#at; index += 1) {
      const before = sent[(index - lag) & mask]!;
      const now = heard[index & mask]!;
      if (before > audible) active += 1;
      x += before;
      y += now;
      xx += before * before;
      yy += now * now;
      xy += before * now;
    }
    if (active < minActive * span) return;
    const covariance = span * xy - x * y;
    const spreadOfSent = span * xx - x * x;
    const spreadOfHeard = span * yy - y * y;
    if (covariance <= 0 || spreadOfHeard <= 0) return;
    const ratio = covariance / spreadOfSent;
    if (ratio > loudest || ratio < faintest) return;
    const correlation = covariance / Math.sqrt(spreadOfSent * spreadOfHeard);
    if (correlation <= this.#best) return;
    this.#best = correlation;
    this.#bestLag = lag;
  }

  /** All lags have been looked at. */
  #conclude(): void {
    const sameLag = Math.abs(this.#bestLag - this.#lastLag) <= 1;
    if (this.#best >= agreement && (sameLag || this.#evidence === 0)) {
      this.#evidence = Math.min(maxEvidence, this.#evidence + 1);
    } else if (this.#evidence > 0) this.#evidence -= 1;
    if (this.#best >= agreement) this.#lastLag = this.#bestLag;
    if (this.#evidence >= enough) {
      this.suspected = true;
      this.delayMs = this.#lastLag * this.#stepMs;
    } else if (this.#evidence === 0) this.suspected = false;
    this.#lag = 0;
    this.#best = 0;
  }
}
