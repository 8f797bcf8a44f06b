// What is done to a leg's voice between the jitter buffer and the mix: keys are taken out of it, its level is
// brought to that of the others, noise between the words is lowered, and the leg's own volume is applied.
//
//   hear: noise floor → keys in the audio? → gains of this tick      shape: the gains, in one pass
//
// One leg's memory, made with the leg; nothing is allocated in the tick.
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

/** The codecs that carry keys unharmed play at this rate, or at twice that (G.722); Opus at 48 kHz does not. */
const telephoneRate = 8000;
const wideRate = 2 * telephoneRate;
/** A sample beyond this was cut off: the largest of G.711, or nearly full scale. */
const clipping = 32_000;
/** No quieter frame holds enough of them to be heard. */
const mayClip = fromDbov(-18);
const clippedSamples = 3;
/** Half a frame of the faintest key is louder than this. */
const mayHoldKey = fromDbov(-52);
/** As much as a jitter buffer may be late: what was made up for longer ends a key. */
const maxGapMs = 200;

export class InputChain {
  /** Automatic gain is on. */
  agc: boolean;
  /** The leg's own volume as a speaker. */
  readonly volume = new Volume();
  readonly floor: NoiseFloor;
  readonly gain: AutomaticGain;
  /** Look for keys in the audio. */
  listensForKeys = false;
  /** Events of a key come in the voice's place. */
  keySounds = false;
  /** This tick's sound is a key's: it must not be heard. */
  suppress = false;
  /** A key that this tick made certain. */
  key: string | undefined;
  clippedTicks = 0;
  readonly #tickMs: number;
  /** Since audio of the far end was played last, when that ended in the middle of a sound; 0: it did not. */
  #gapMs = 0;
  readonly #keys: DtmfDetector;
  /** A wideband frame as one of the telephone's rate; made with the first. */
  #halver: Halver | undefined;
  readonly #halved: Int16Array;
  readonly #gate: NoiseGate | undefined;
  #before = 1;
  #after = 1;
  /** The gain rises within the first quarter of the frame: the participant begins to speak. */
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

  /** Another stream, or other terms. */
  listenForKeys(listens: boolean): void {
    if (listens !== this.listensForKeys) {
      this.#keys.reset();
      this.#halver?.reset();
    }
    this.listensForKeys = listens;
    if (!listens) this.suppress = false;
  }

  /** Nothing is under way, and every frame that is too quiet to be heard is treated alike. */
  get calm(): boolean {
    const still = this.#before === this.#after && this.volume.idle && this.#gate === undefined;
    return still && !this.suppress && !this.keySounds && this.#keys.idle && !this.gain.hearsSyllable;
  }

  /** A tick too quiet to be heard went by while all was calm. */
  pass(level: number): void {
    this.floor.update(level);
  }

  /** Takes note of the tick's sound as it came. `level`: its mean square; 0 when nothing came. */
  hear({ frame, rate }: Signal, level: number, pulled: PullOutcome): void {
    this.key = undefined;
    this.suppress = false;
    if (pulled === "audio") this.#gapMs = 0;
    else if (pulled === "concealed" || this.#gapMs > 0) this.#gapMs += this.#tickMs;
    const carriesKeys = rate === telephoneRate || rate === wideRate;
    if (this.listensForKeys && carriesKeys && (level > mayHoldKey || !this.#keys.idle)) {
      // What is made up for packets that are late or lost is neither a key nor the end of one.
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
