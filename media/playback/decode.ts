// An audio file as a stream of PCM, read and decoded a slice at a time so that a long file never holds up
// anything else. Bounded in length; owns the open file and the decoder until closed.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fail, ok, type Result } from "#common";
import { createDecoder, formatOf } from "../codec/index.ts";
import { pcmFormat, readWavHeader, type WavHeader } from "../files/index.ts";

export interface PcmSource {
  readonly rate: number;
  /** In all, as the file claims. */
  readonly samples: number;
  /** At most `samples` more; an empty array at the end or when the file is damaged. */
  read(samples: number): Int16Array;
  /** Idempotent. */
  close(): void;
}

/** Longer files are cut. */
export const maxSeconds = 600;
const headBytes = 65_536;
/** Of WAV files in a prompt pack. */
const wavRates: readonly number[] = [8000, 16_000, 48_000];

/** Never throws for a file that is missing or wrong: the failure says why. */
export function openAudioFile(path: string): Result<PcmSource, string> {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return fail("cannot be opened");
  }
  try {
    const opened = path.endsWith(".wav") ? openWav(fd) : ok(openG722(fd));
    if (!opened.ok) closeSync(fd);
    return opened;
  } catch {
    closeSync(fd);
    return fail("cannot be read");
  }
}

function openG722(fd: number): PcmSource {
  const { rate, bytesPerSecond } = formatOf("G722");
  const samplesPerByte = rate / bytesPerSecond;
  const bytes = Math.min(fstatSync(fd).size, maxSeconds * bytesPerSecond);
  const decoder = createDecoder("G722");
  let at = 0;
  return {
    rate,
    samples: bytes * samplesPerByte,
    read(samples) {
      const part = readPart(fd, at, Math.min(bytes - at, Math.floor(samples / samplesPerByte)));
      at += part.length;
      const pcm = new Int16Array(part.length * samplesPerByte);
      return pcm.subarray(0, decoder.decode(part, pcm));
    },
    close: once(() => {
      decoder.close();
      closeSync(fd);
    }),
  };
}

function openWav(fd: number): Result<PcmSource, string> {
  const { size } = fstatSync(fd);
  const header = readWavHeader(readPart(fd, 0, Math.min(size, headBytes)));
  if (!header.ok) return header;
  const problem = problemOf(header.value);
  if (problem !== undefined) return fail(problem);
  const { rate, dataOffset: offset, dataBytes } = header.value;
  const end = Math.min(size, offset + Math.min(dataBytes, maxSeconds * rate * 2));
  let at = offset;
  return ok({
    rate,
    samples: (end - offset) >> 1,
    read(samples) {
      const part = readPart(fd, at, Math.min(end - at, samples * 2) & ~1);
      at += part.length;
      return new Int16Array(part.buffer, part.byteOffset, part.length >> 1);
    },
    close: once(() => closeSync(fd)),
  });
}

/** Why a WAV file of this format is not played. */
function problemOf({ format, bitsPerSample, channels, rate }: WavHeader): string | undefined {
  if (format !== pcmFormat || bitsPerSample !== 16) return "not 16-bit PCM";
  if (channels !== 1) return `${channels} channels, not one`;
  return wavRates.includes(rate) ? undefined : `${rate} Hz, not ${wavRates.join(", ")}`;
}

/** Shorter than asked for when the file ends early. Its memory is its own, so samples may be seen in it. */
function readPart(fd: number, position: number, bytes: number): Buffer {
  if (bytes <= 0) return Buffer.alloc(0);
  const part = Buffer.alloc(bytes);
  return part.subarray(0, readSync(fd, part, 0, bytes, position));
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
