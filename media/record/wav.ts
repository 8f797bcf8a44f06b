// WAV: 16-bit PCM, mono. The header is rewritten as the file grows, so that a player finds everything up to the
// last time.
import { wavHeader } from "../files/index.ts";
import { ticksPerSecond } from "../tick.ts";
import type { Encoding } from "./encoding.ts";
import type { RecordingOutput } from "./output.ts";

const bytesPerSample = 2;

/** The machine is little-endian, as the file is. */
export class WavEncoding implements Encoding {
  readonly #rate: number;

  constructor(rate: number) {
    this.#rate = rate;
  }

  head(bytes: number): Uint8Array {
    return wavHeader(this.#rate, bytes);
  }

  encode(samples: Int16Array, out: RecordingOutput): void {
    out.add(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  }

  silence(frames: number, out: RecordingOutput): void {
    out.skip((frames * this.#rate * bytesPerSample) / ticksPerSecond);
  }

  finish(): void {}

  free(): void {}
}
