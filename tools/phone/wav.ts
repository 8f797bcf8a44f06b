// WAV files of the phone: what it says, as samples of the telephone's rate, and what it hears, written while it hears
// it. A recording is playable at any moment but for the length in its header, which is set at the end.
import { closeSync, openSync, writeSync } from "node:fs";
import { writeWav } from "../../test/interop/wav.ts";
import { telephoneRate } from "../../test/support/tones.ts";

const pcm = 1;
/** With the sub-format in the first bytes of its GUID. */
const extensible = 0xfffe;

/** Mono at 8000 Hz. Throws a sentence for anything but 16-bit PCM. */
export function readSpeech(file: Buffer): Int16Array {
  const chunks = chunksOf(file);
  const format = chunks.get("fmt ");
  const data = chunks.get("data");
  if (!format || format.length < 16 || !data) throw new Error("it is no WAV file");
  const code = format.readUInt16LE(0);
  const kind = code === extensible && format.length >= 26 ? format.readUInt16LE(24) : code;
  const [channels, rate, bits] = [format.readUInt16LE(2), format.readUInt32LE(4), format.readUInt16LE(14)];
  if (kind !== pcm || bits !== 16) throw new Error("it is not 16-bit PCM");
  if (channels < 1 || channels > 8 || rate < 4000 || rate > 192_000) {
    throw new Error(`it has ${channels} channels of ${rate} Hz`);
  }
  return resample(mix(data, channels), rate);
}

function chunksOf(file: Buffer): ReadonlyMap<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  if (file.toString("latin1", 0, 4) !== "RIFF" || file.toString("latin1", 8, 12) !== "WAVE") return chunks;
  for (let offset = 12; offset + 8 <= file.length; ) {
    const length = file.readUInt32LE(offset + 4);
    chunks.set(file.toString("latin1", offset, offset + 4), file.subarray(offset + 8, offset + 8 + length));
    offset += 8 + length + (length % 2);
  }
  return chunks;
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
    writeSync(this.#file, header(0));
  }

  write(samples: Int16Array): void {
    if (this.#state === "closed") return;
    writeSync(this.#file, samples);
    this.#samples += samples.length;
  }

  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    writeSync(this.#file, header(this.#samples), 0, headerBytes, 0);
    closeSync(this.#file);
  }
}

const headerBytes = 44;

/** As it stands before so many samples. */
function header(samples: number): Buffer {
  const head = writeWav(new Int16Array(0), telephoneRate);
  head.writeUInt32LE(headerBytes - 8 + samples * 2, 4);
  head.writeUInt32LE(samples * 2, 40);
  return head;
}
