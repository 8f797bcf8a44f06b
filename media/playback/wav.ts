// Reads the head of a WAV file: PCM, 16 bit, mono, 8, 16 or 48 kHz, which is what a prompt pack may hold.
import { fail, ok, type Result } from "#common";

export interface WavFormat {
  readonly rate: number;
  /** Where the samples begin, and how many bytes of them the file claims. */
  readonly offset: number;
  readonly bytes: number;
}

const pcm = 1;
/** WAVE_FORMAT_EXTENSIBLE: the real format stands in the first two bytes of the sub-format. */
const extensible = 0xfffe;
const rates: readonly number[] = [8000, 16_000, 48_000];
const maxChunks = 100;

/** `head` is the beginning of the file, long enough to reach the samples. */
export function parseWavHead(head: Buffer): Result<WavFormat, string> {
  if (
    head.length < 12 ||
    head.toString("latin1", 0, 4) !== "RIFF" ||
    head.toString("latin1", 8, 12) !== "WAVE"
  ) {
    return fail("not a WAV file");
  }
  let rate: number | undefined;
  let at = 12;
  for (let chunk = 0; chunk < maxChunks && at + 8 <= head.length; chunk += 1) {
    const name = head.toString("latin1", at, at + 4);
    const bytes = head.readUInt32LE(at + 4);
    const body = at + 8;
    if (name === "fmt ") {
      const format = parseFormat(head.subarray(body, body + bytes));
      if (!format.ok) return format;
      rate = format.value;
    } else if (name === "data") {
      return rate === undefined ? fail("samples before their format") : ok({ rate, offset: body, bytes });
    }
    at = body + bytes + (bytes % 2);
  }
  return fail("no samples found");
}

function parseFormat(body: Buffer): Result<number, string> {
  if (body.length < 16) return fail("a short format chunk");
  let tag = body.readUInt16LE(0);
  if (tag === extensible && body.length >= 26) tag = body.readUInt16LE(24);
  const channels = body.readUInt16LE(2);
  const rate = body.readUInt32LE(4);
  const bits = body.readUInt16LE(14);
  if (tag !== pcm || bits !== 16) return fail("not 16-bit PCM");
  if (channels !== 1) return fail(`${channels} channels, not one`);
  return rates.includes(rate) ? ok(rate) : fail(`${rate} Hz, not ${rates.join(", ")}`);
}
