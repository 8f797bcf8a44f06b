// Signals made of pure notes. Every note rises and falls along a raised cosine, so nothing clicks, and none is
// louder than speech.
import type { PlayItem } from "../protocol.ts";

/** Frequencies in Hz, sounding together; an empty list is a rest. */
export interface Note {
  readonly hz: readonly number[];
  readonly ms: number;
}

export const note = (hz: number, ms: number): Note => ({ hz: [hz], ms });
export const rest = (ms: number): Note => ({ hz: [], ms });

/** The same notes several times, with a rest between. */
export const repeat = (count: number, notes: readonly Note[], gapMs: number): Note[] =>
  Array.from({ length: count }, (_, index) => (index === 0 ? notes : [rest(gapMs), ...notes])).flat();

export type ToneName = Extract<PlayItem, { readonly kind: "tone" }>["name"];

/** The named signals of the protocol. */
export const namedTones: Readonly<Record<ToneName, readonly Note[]>> = {
  join: [note(523, 90), note(784, 140)],
  leave: [note(784, 90), note(523, 140)],
  error: repeat(2, [note(294, 180)], 80),
  attention: [note(880, 120), rest(60), note(880, 240)],
  up: [note(440, 80), note(659, 80), note(880, 160)],
  down: [note(880, 80), note(659, 80), note(440, 160)],
  // The tones that ETSI recommends where a country has none of its own. Ringing is one turn, to be looped.
  ringback: [note(425, 1000), rest(4000)],
  busy: repeat(3, [note(425, 500)], 500),
};

/** A sine of this level has a mean power of −20 dBov. */
const peak = 32_768 * Math.SQRT2 * 10 ** (-20 / 20);
const edgeMs = 8;

/** The notes one after the other as PCM. */
export function renderNotes(notes: readonly Note[], rate: number): Int16Array {
  const lengths = notes.map(({ ms }) => Math.round((ms * rate) / 1000));
  const pcm = new Int16Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const [index, { hz }] of notes.entries()) {
    const length = lengths[index] ?? 0;
    if (hz.length > 0) renderNote(pcm.subarray(at, at + length), hz, rate);
    at += length;
  }
  return pcm;
}

function renderNote(pcm: Int16Array, hz: readonly number[], rate: number): void {
  const edge = Math.min((edgeMs * rate) / 1000, pcm.length / 2);
  const amplitude = peak / Math.sqrt(hz.length);
  for (let index = 0; index < pcm.length; index += 1) {
    const fromEdge = Math.min(index, pcm.length - 1 - index);
    const envelope = fromEdge >= edge ? 1 : 0.5 - 0.5 * Math.cos((Math.PI * fromEdge) / edge);
    let sum = 0;
    for (const each of hz) sum += Math.sin((2 * Math.PI * each * index) / rate);
    pcm[index] = Math.round(amplitude * envelope * sum);
  }
}
