// Keys as tones, with whatever a line does to them, and G.711 both ways.

import { seededRandom } from "#test/support";
import { pcma, pcmu } from "../../../../media/codec/index.ts";

export const keys = "123A456B789C*0#D";
const rows = [697, 770, 852, 941];
const columns = [1209, 1336, 1477, 1633];

export interface KeyOptions {
  readonly onMs?: number;
  readonly rate?: number;
  /** Of both tones together. */
  readonly dbov?: number;
  /** High tone to low tone. */
  readonly twistDb?: number;
  /** Of the frequencies: 0.015 is 1.5 % high. */
  readonly rowOff?: number;
  readonly columnOff?: number;
}

export function keyTone(key: string, options: KeyOptions = {}): Float64Array {
  const { onMs = 45, rate = 8000, dbov = -12, twistDb = 0, rowOff = 0, columnOff = 0 } = options;
  const index = keys.indexOf(key);
  const low = rows[Math.floor(index / 4)]! * (1 + rowOff);
  const high = columns[index % 4]! * (1 + columnOff);
  const ratio = 10 ** (twistDb / 20);
  const total = 32_768 * 10 ** (dbov / 20) * Math.SQRT2;
  const lowPeak = total / Math.hypot(1, ratio);
  return Float64Array.from({ length: Math.round((onMs * rate) / 1000) }, (_, at) => {
    const turn = (2 * Math.PI * at) / rate;
    return lowPeak * (Math.sin(turn * low) + ratio * Math.sin(turn * high + 1));
  });
}

/** Each key once with pauses, beginning and ending in silence. */
export function typed(text: string, offMs: number, options: KeyOptions = {}): Float64Array {
  const { rate = 8000 } = options;
  const pause = Math.round((offMs * rate) / 1000);
  const parts = [...text].map((key) => keyTone(key, options));
  const out = new Float64Array(parts.reduce((sum, part) => sum + part.length + pause, pause * 2));
  let at = pause;
  for (const part of parts) {
    out.set(part, at);
    at += part.length + pause;
  }
  return out;
}

/** White noise of a level added. */
export function noisy(signal: Float64Array, noiseDbov: number, seed = 1): Float64Array {
  const random = seededRandom(seed);
  const rms = 32_768 * 10 ** (noiseDbov / 20);
  return signal.map((sample) => sample + rms * Math.sqrt(3) * (2 * random() - 1));
}

export const toPcm = (signal: Float64Array): Int16Array =>
  Int16Array.from(signal, (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample))));

export function throughG711(pcm: Int16Array, law: "μ" | "A" = "μ"): Int16Array {
  const codec = law === "μ" ? pcmu : pcma;
  const bytes = new Uint8Array(pcm.length);
  codec.encode(pcm, bytes);
  const out = new Int16Array(pcm.length);
  codec.decode(bytes, out);
  return out;
}

export function* framesOf(pcm: Int16Array, samples: number): Generator<Int16Array> {
  for (let at = 0; at + samples <= pcm.length; at += samples) yield pcm.subarray(at, at + samples);
}
