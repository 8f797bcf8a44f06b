// WAV files of the phone: what it says, as samples of the telephone's rate, and what it hears, written while it hears
// it. A recording is playable at any moment but for the length in its header, which is set at the end.
import { closeSync, openSync, writeSync } from "node:fs";
import { pcmFormat, readWavHeader, wavHeader, wavHeaderBytes, wholeFrames } from "#media/files";
import { telephoneRate } from "../../test/support/tones.ts";

/** Mono at 8000 Hz. Throws a sentence for anything but 16-bit PCM. */
export function readSpeech(file: Buffer): Int16Array {
  const header = readWavHeader(file);
  if (!header.ok) throw new Error(`it is no WAV file: ${header.error}`);
  const { format, bitsPerSample, channels, rate, dataOffset, dataBytes } = header.value;
  if (format !== pcmFormat || bitsPerSample !== 16) throw new Error("it is not 16-bit PCM");
  if (channels < 1 || channels > 8 || rate < 4000 || rate > 192_000) {
    throw new Error(`it has ${channels} channels of ${rate} Hz`);
  }
  const data = file.subarray(
    dataOffset,
    dataOffset + Math.min(dataBytes, wholeFrames(header.value, file.length)),
  );
  return resample(mix(data, channels), rate);
}

function mix(data: Buffer, channels: number): Float64Array {
  const mono = new Float64Array(Math.floor(data.length / 2 / channels));
  for (let index = 0; index < mono.length; index += 1) {
    for (let channel = 0; channel < channels; channel += 1) {
      mono[index]! += data.readInt16LE((index * channels + channel) * 2) / channels;
    }
  }
  return mono;
}

/** A mean over the samples that an output sample covers, a straight line where there are fewer: enough to be understood. */
function resample(samples: Float64Array, rate: number): Int16Array {
  const step = rate / telephoneRate;
  return Int16Array.from({ length: Math.floor(samples.length / step) }, (_, index) => {
    const position = index * step;
    if (step > 1) {
      const covered = samples.subarray(Math.floor(position), Math.max(1, Math.floor(position + step)));
      return Math.round(covered.reduce((sum, sample) => sum + sample, 0) / covered.length);
    }
    const left = Math.floor(position);
    const here = samples[left]!;
    return Math.round(here + ((samples[left + 1] ?? here) - here) * (position - left));
  });
}

export class WavRecorder {
  readonly #file: number;
  #samples = 0;
  #state: "open" | "closed" = "open";

  /** Replaces a file that is there. Throws the system's error. */
  constructor(path: string) {
    this.#file = openSync(path, "w");
    writeSync(this.#file, wavHeader(telephoneRate, 0));
  }

  write(samples: Int16Array): void {
    if (this.#state === "closed") return;
    writeSync(this.#file, samples);
    this.#samples += samples.length;
  }

  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    writeSync(this.#file, wavHeader(telephoneRate, this.#samples * 2), 0, wavHeaderBytes, 0);
    closeSync(this.#file);
  }
}
