// The audio of a leg as a WAV file of two channels: left what the far end says, behind the jitter buffer and before gain;
// right what it is sent, before it is encoded. One frame a tick, at one rate from beginning to end.

import { Resampler } from "../../dsp/index.ts";
import { wavHeader } from "../../files/index.ts";
import { ticksPerSecond } from "../../tick.ts";
import type { LegDump } from "./dump.ts";
import type { DumpFile } from "./dump-file.ts";

const channels = 2;
const none = new Uint8Array(0);

/** The header of so many bytes of audio; while they are not known, of a file that is read to its end. */
export const pcmDumpHeader = (rate: number, dataBytes = 0xffff_ffff): Uint8Array =>
  wavHeader(rate, dataBytes, channels);

export class PcmDump implements LegDump {
  readonly #file: DumpFile;
  readonly #rate: number;
  /** This tick, one sample of each channel after the other. */
  readonly #frame: Int16Array;
  readonly #bytes: Uint8Array;
  readonly #channels: readonly [Conversion, Conversion];
  #begun = false;

  constructor(file: DumpFile, rate: number) {
    this.#file = file;
    this.#rate = rate;
    this.#frame = new Int16Array((channels * rate) / ticksPerSecond);
    // The machine is little-endian, as the file is.
    this.#bytes = new Uint8Array(this.#frame.buffer);
    this.#channels = [new Conversion(rate), new Conversion(rate)];
  }

  received(): void {}

  sent(): void {}

  said(frame: Int16Array | undefined, rate: number): void {
    this.end();
    this.#begun = true;
    if (frame) this.#put(0, frame, rate);
  }

  heard(frame: Int16Array, rate: number): void {
    if (this.#begun) this.#put(1, frame, rate);
  }

  /** The tick is whole. */
  end(): void {
    if (!this.#begun) return;
    this.#begun = false;
    this.#file.add(this.#bytes, none);
    this.#frame.fill(0);
  }

  #put(channel: 0 | 1, frame: Int16Array, rate: number): void {
    const samples = rate === this.#rate ? frame : this.#channels[channel].convert(frame, rate);
    for (let index = 0; index < samples.length; index += 1) {
      this.#frame[channels * index + channel] = samples[index]!;
    }
  }
}

/** From whatever rate a frame has to the dump's. */
class Conversion {
  readonly #rate: number;
  readonly #converted: Int16Array;
  #resampler: Resampler | undefined;

  constructor(rate: number) {
    this.#rate = rate;
    this.#converted = new Int16Array(rate / ticksPerSecond);
  }

  convert(frame: Int16Array, rate: number): Int16Array {
    if (this.#resampler?.fromRate !== rate) this.#resampler = new Resampler(rate, this.#rate);
    this.#resampler.process(frame, this.#converted);
    return this.#converted;
  }
}
