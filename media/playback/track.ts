// One file at one rate, becoming PCM slice by slice: fetched from the disk, then decoded. Players share it and read what is
// ready. Each slice is measured: the loudest so far sets the gain, which therefore only ever falls, gliding to it in 20 ms.
import { Resampler } from "../dsp/index.ts";
import type { PcmSource } from "./decode.ts";
import { activeLevelDbov, gainTo } from "./loudness.ts";

const firstSliceMs = 1000;
const sliceMs = 500;
const glideMs = 20;

export class Track {
  readonly pcm: Int16Array;
  readonly #source: PcmSource;
  readonly #resampler: Resampler;
  readonly #wantedDbov: number;
  /** Undefined before the first slice. */
  #gain: number | undefined;
  #loudestDbov = Number.NEGATIVE_INFINITY;
  #ready = 0;
  #length: number;
  /** Samples that are the filter's delay, not the file's. */
  #lead: number;
  /** Samples of the slice that was fetched last, unless the file ends in it. */
  #asked = 0;

  constructor(source: PcmSource, rate: number, wantedDbov: number) {
    this.#source = source;
    this.#wantedDbov = wantedDbov;
    this.#resampler = new Resampler(source.rate, rate);
    this.#lead = this.#resampler.delay;
    this.#length = Math.floor((source.samples * rate) / source.rate);
    this.pcm = new Int16Array(this.#length);
  }

  /** Samples of `pcm` that may be read. */
  get ready(): number {
    return this.#ready;
  }

  /** Samples in all; a damaged file turns out shorter. */
  get length(): number {
    return this.#length;
  }

  get complete(): boolean {
    return this.#ready >= this.#length;
  }

  get bytes(): number {
    return this.pcm.byteLength;
  }

  /** Reads what one more slice is made of. Rejects with what the system says. */
  fetch(): Promise<Uint8Array> {
    this.#asked = (this.#source.rate * (this.#gain === undefined ? firstSliceMs : sliceMs)) / 1000;
    return this.#source.fetch(this.#asked);
  }

  /** Decodes the slice that was fetched; about a millisecond of work. */
  advance(fetched: Uint8Array): void {
    if (this.complete) return;
    const slice = this.#source.decode(fetched);
    if (slice.length > 0) this.#write(slice, this.#gainFor(slice));
    if (slice.length < this.#asked) this.#finish();
  }

  /** Stops decoding and closes the file; what is ready stays. Idempotent. */
  close(): void {
    this.#length = this.#ready;
    this.#source.close();
  }

  /** The filter still holds the end of the file. */
  #finish(): void {
    const { fromRate, toRate, delay } = this.#resampler;
    const block = Math.max(1, fromRate / toRate);
    const flush = Math.ceil((delay * fromRate) / toRate / block) * block + block;
    this.#write(new Int16Array(flush), this.#gain ?? 1);
    this.#length = this.#ready;
  }

  #gainFor(slice: Int16Array): number {
    this.#loudestDbov = Math.max(this.#loudestDbov, activeLevelDbov(slice, this.#source.rate));
    return gainTo(this.#wantedDbov, this.#loudestDbov);
  }

  #write(slice: Int16Array, gain: number): void {
    const { fromRate, toRate } = this.#resampler;
    const down = Math.max(1, fromRate / toRate);
    const padded = slice.length % down === 0 ? slice : padTo(slice, Math.ceil(slice.length / down) * down);
    const converted = new Int16Array((padded.length * toRate) / fromRate);
    this.#resampler.process(padded, converted);
    const skip = Math.min(this.#lead, converted.length);
    this.#lead -= skip;
    const before = this.#gain ?? gain;
    const glideSamples = (toRate * glideMs) / 1000;
    for (let index = skip; index < converted.length && this.#ready < this.pcm.length; index += 1) {
      const now = index < glideSamples ? before + ((gain - before) * index) / glideSamples : gain;
      this.pcm[this.#ready] = (converted[index] as number) * now;
      this.#ready += 1;
    }
    this.#gain = gain;
  }
}

function padTo(pcm: Int16Array, length: number): Int16Array {
  const padded = new Int16Array(length);
  padded.set(pcm);
  return padded;
}
