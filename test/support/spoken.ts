// Recognises spoken prompts in what a phone hears, by correlating it with the recordings of the installed voices: a
// prompt is heard when its most telling piece is found, whatever its loudness. Other words correlate far less.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createDecoder } from "../../media/codec/index.ts";
import type { Ear } from "./phone/ear.ts";

const voices = "/usr/share/asterisk/sounds";
/** Samples a second that are compared: enough for words, and quick. */
const rate = 4000;
const pieceMs = 700;
const alike = 0.75;

export const hasVoice = (language: string): boolean => folderOf(language) !== undefined;

const folderOf = (language: string): string | undefined =>
  existsSync(voices) ? readdirSync(voices).find((name) => name.startsWith(`${language}_`)) : undefined;

/** Waits until the prompt has been heard. */
export async function hearsPrompt(ear: Ear, language: string, name: string, limitMs = 20_000): Promise<void> {
  const piece = loudestPiece(recording(language, name));
  let best = 0;
  let over = false;
  for (let listened = 0; listened < limitMs && !over; listened += 500) {
    // The last words of a call end with it.
    await ear.next(500).catch(() => {
      over = true;
    });
    const heard = decimated(ear.last(2500), 8000);
    best = Math.max(best, likeness(heard, piece));
    if (best > alike) return;
  }
  throw new Error(`${name} in ${language} was not heard (likeness ${best.toFixed(2)} at best)`);
}

function recording(language: string, name: string): Float64Array {
  const encoded = readFileSync(join(voices, folderOf(language) ?? "", `${name}.g722`));
  const pcm = new Int16Array(2 * encoded.length);
  createDecoder("G722").decode(encoded, pcm);
  return decimated(pcm, 16_000);
}

/** The mean of neighbours is filter enough for speech. */
function decimated(pcm: Int16Array, from: number): Float64Array {
  const step = from / rate;
  return Float64Array.from({ length: Math.floor(pcm.length / step) }, (_, index) => {
    let sum = 0;
    for (let at = index * step; at < (index + 1) * step; at += 1) sum += pcm[at] as number;
    return sum / step;
  });
}

function loudestPiece(pcm: Float64Array): Float64Array {
  const length = Math.min(pcm.length, (rate * pieceMs) / 1000);
  let best = 0;
  let bestEnergy = -1;
  for (let from = 0; from + length <= pcm.length; from += rate / 20) {
    const energy = energyOf(pcm, from, length);
    if (energy > bestEnergy) [best, bestEnergy] = [from, energy];
  }
  return pcm.subarray(best, best + length);
}

/** The best correlation over all shifts, 0 … 1. */
function likeness(heard: Float64Array, piece: Float64Array): number {
  const own = energyOf(piece, 0, piece.length);
  let best = 0;
  for (let shift = 0; shift + piece.length <= heard.length; shift += 1) {
    let product = 0;
    for (let index = 0; index < piece.length; index += 1) {
      product += (heard[shift + index] as number) * (piece[index] as number);
    }
    if (product <= 0) continue;
    const theirs = energyOf(heard, shift, piece.length);
    best = Math.max(best, product / Math.sqrt(own * theirs + 1));
  }
  return best;
}

function energyOf(pcm: Float64Array, from: number, length: number): number {
  let sum = 0;
  for (let at = from; at < from + length; at += 1) sum += (pcm[at] as number) ** 2;
  return sum;
}
