// The processing of a leg's voice between the jitter buffer and the mix: DTMF detection and suppression, automatic gain,
// noise gate, and the leg's own volume.
//
//   hear: noise floor → keys in the audio? → gains of this tick      shape: the gains, in one pass
//
// Its memory is allocated with the leg; nothing is allocated in the tick.
import {
  AutomaticGain,
  amplify,
  DtmfDetector,
  fromDb,
  fromDbov,
  Halver,
  NoiseFloor,
  NoiseGate,
  type Signal,
  Volume,
} from "../dsp/index.ts";
import type { PullOutcome } from "../jitter/index.ts";

export interface InputChainOptions {
  readonly tickMs: number;
  /** Automatic gain. */
  readonly agc: boolean;
  readonly noiseGate: boolean;
}

/** The codecs that preserve DTMF tones have this rate, or twice that (G.722); Opus, at 48 kHz, does not preserve them. */
const telephoneRate = 8000;
const wideRate = 2 * telephoneRate;
/** A sample beyond this counts as clipped: the largest of G.711, or nearly full scale. */
const clipping = 32_000;
/** A quieter frame has too few clipped samples to be audible. */
const mayClip = fromDbov(-18);
const clippedSamples = 3;
/** Half a frame of the quietest valid DTMF tone is louder than this. */
const mayHoldKey = fromDbov(-52);
/** The longest delay of a jitter buffer: concealment that lasts longer ends a key. */
const maxGapMs = 200;

export class InputChain {
  /** Automatic gain is on. */
  agc: boolean;
  /** The leg's own volume as a speaker. */
  readonly volume = new Volume();
  readonly floor: NoiseFloor;
  readonly gain: AutomaticGain;
  /** Whether to detect DTMF tones in the audio. */
  listensForKeys = false;
  /** Telephone events come in the place of the voice. */
  keySounds = false;
  /** This tick contains the sound of a key, which must not be heard. */
  suppress = false;
  /** The key that was detected in this tick. */
  key: string | undefined;
  clippedTicks = 0;
  readonly #tickMs: number;
  /** Milliseconds since received audio broke off in the middle of a sound; 0: it did not. */
  #gapMs = 0;
  readonly #keys: DtmfDetector;
  /** Converts wideband frames to the telephone's rate; created with the first. */
  #halver: Halver | undefined;
  readonly #halved: Int16Array;
  readonly #gate: NoiseGate | undefined;
  #before = 1;
  #after = 1;
  /** The gain rises within the first quarter of the frame, because the participant begins to speak. */
  #opens = false;

  constructor({ tickMs, agc, noiseGate }: InputChainOptions) {
    this.agc = agc;
    this.#tickMs = tickMs;
    this.floor = new NoiseFloor(tickMs);
    this.gain = new AutomaticGain(tickMs);
    this.#keys = new DtmfDetector(telephoneRate);
    this.#halved = new Int16Array((telephoneRate * tickMs) / 1000);
    this.#gate = noiseGate ? new NoiseGate(tickMs) : undefined;
  }

  /** Called when another stream begins, or other terms were negotiated. */
  listenForKeys(listens: boolean): void {
    if (listens !== this.listensForKeys) {
      this.#keys.reset();
      this.#halver?.reset();
    }
    this.listensForKeys = listens;
    if (!listens) this.suppress = false;
  }

  /** Nothing is in progress, so that an inaudible frame needs no processing. */
  get calm(): boolean {
    const still = this.#before === this.#after && this.volume.idle && this.#gate === undefined;
    return still && !this.suppress && !this.keySounds && this.#keys.idle && !this.gain.hearsSyllable;
  }

  /** Takes note of an inaudible tick that was not processed, because the chain was `calm`. */
  pass(level: number): void {
    this.floor.update(level);
  }

  /** Analyses the tick's audio as received. `level`: its mean square; 0 when nothing came. */
  hear({ frame, rate }: Signal, level: number, pulled: PullOutcome): void {
    this.key = undefined;
    this.suppress = false;
    if (pulled === "audio") this.#gapMs = 0;
    else if (pulled === "concealed" || this.#gapMs > 0) this.#gapMs += this.#tickMs;
    const carriesKeys = rate === telephoneRate || rate === wideRate;
    if (this.listensForKeys && carriesKeys && (level > mayHoldKey || !this.#keys.idle)) {
      // Concealment of late or lost packets neither begins nor ends a key.
      if (this.#gapMs === 0 || this.#gapMs > maxGapMs) {
        this.key = this.#keys.detect(rate === telephoneRate ? frame : this.#halve(frame));
      }
      this.suppress = this.#keys.suppress;
    }
    if (level > mayClip && clips(frame)) this.clippedTicks += 1;
    this.#before = this.#after;
    let gain = this.volume.idle ? 1 : this.volume.advance();
    if (this.suppress || this.keySounds || pulled === "concealed") this.gain.interrupt();
    else {
      this.floor.update(level);
      if (this.agc) this.gain.update(level, this.floor.level);
      this.#gate?.update(level, this.floor.level);
    }
    if (this.agc && this.gain.gainDb !== 0) gain *= fromDb(this.gain.gainDb);
    if (this.#gate) {
      gain *= this.#gate.gain;
    }
    this.#opens = this.#gate !== undefined && gain > this.#before;
    this.#after = gain;
  }

  #halve(frame: Int16Array): Int16Array {
    this.#halver ??= new Halver(frame.length);
    this.#halver.process(frame, this.#halved);
    return this.#halved;
  }

  /** Applies the tick's gains. */
  shape(frame: Int16Array): void {
    if (this.#before === 1 && this.#after === 1) return;
    amplify(frame, this.#before, this.#after, this.#opens ? frame.length >> 2 : frame.length);
  }
}

function clips(frame: Int16Array): boolean {
  let count = 0;
  for (let index = 0; index < frame.length; index += 1) {
    const sample = frame[index]!;
    if (sample >= clipping || sample <= -clipping) count += 1;
  }
  return count >= clippedSamples;
}
