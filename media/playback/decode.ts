// An audio file as a stream of PCM, read and decoded a slice at a time so that a long file never holds up
// anything else. Bounded in length; owns the open file and the decoder until closed.
import { fail, ok, type Result } from "#common";
import { createDecoder, formatOf } from "../codec/index.ts";
import { pcmFormat, readWavHeader, type WavHeader } from "../files/index.ts";
import type { AudioFile, FileSource } from "./files.ts";

export interface PcmSource {
  readonly rate: number;
  /** In all, as the file claims. */
  readonly samples: number;
  /** Reads the bytes of at most `samples` more samples; empty at the end. Rejects with the system's error. */
  fetch(samples: number): Promise<Uint8Array>;
  /** Decodes fetched bytes to PCM. */
  decode(fetched: Uint8Array): Int16Array;
  /** Idempotent. */
  close(): void;
}

/** Longer files are cut. */
export const maxSeconds = 600;
const headBytes = 65_536;
/** Of WAV files in a prompt pack. */
const wavRates: readonly number[] = [8000, 16_000, 48_000];

/** Never rejects for a file that is missing or wrong: the failure says why. */
export async function openAudioFile(path: string, files: FileSource): Promise<Result<PcmSource, string>> {
  let file: AudioFile;
  try {
    file = await files.open(path);
  } catch {
    return fail("cannot be opened");
  }
  try {
    const opened = path.endsWith(".wav") ? await openWav(file) : ok(openG722(file));
    if (!opened.ok) void file.close();
    return opened;
  } catch {
    void file.close();
    return fail("cannot be read");
  }
}

function openG722(file: AudioFile): PcmSource {
  const { rate, bytesPerSecond } = formatOf("G722");
  const samplesPerByte = rate / bytesPerSecond;
  const bytes = Math.min(file.size, maxSeconds * bytesPerSecond);
  const decoder = createDecoder("G722");
  let at = 0;
  return {
    rate,
    samples: bytes * samplesPerByte,
    async fetch(samples) {
      const part = await file.read(at, Math.min(bytes - at, Math.floor(samples / samplesPerByte)));
      at += part.length;
      return part;
    },
    decode(fetched) {
      const pcm = new Int16Array(fetched.length * samplesPerByte);
      return pcm.subarray(0, decoder.decode(fetched, pcm));
    },
    close: once(() => {
      decoder.close();
      void file.close();
    }),
  };
}

async function openWav(file: AudioFile): Promise<Result<PcmSource, string>> {
  const { size } = file;
  const header = readWavHeader(await file.read(0, Math.min(size, headBytes)));
  if (!header.ok) return header;
  const problem = problemOf(header.value);
  if (problem !== undefined) return fail(problem);
  const { rate, dataOffset: offset, dataBytes } = header.value;
  const end = Math.min(size, offset + Math.min(dataBytes, maxSeconds * rate * 2));
  let at = offset;
  return ok({
    rate,
    samples: (end - offset) >> 1,
    async fetch(samples) {
      const part = await file.read(at, Math.min(end - at, samples * 2) & ~1);
      at += part.length;
      return part;
    },
    decode: ({ buffer, byteOffset, length }) => new Int16Array(buffer, byteOffset, length >> 1),
    close: once(() => void file.close()),
  });
}

/** Why a WAV file of this format is not played. */
function problemOf({ format, bitsPerSample, channels, rate }: WavHeader): string | undefined {
  if (format !== pcmFormat || bitsPerSample !== 16) return "not 16-bit PCM";
  if (channels !== 1) return `${channels} channels, not one`;
  return wavRates.includes(rate) ? undefined : `${rate} Hz, not ${wavRates.join(", ")}`;
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
