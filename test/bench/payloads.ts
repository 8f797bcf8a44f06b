// What the phones of the benchmark say, encoded beforehand: 20 ms of G.711 each, a multiple of every tone's
// period, so that any sequence of them is continuous.
import { encodeG711 } from "../support/phone/index.ts";
import { sines } from "../support/tones.ts";

export const frameMs = 20;
export const frameSamples = 160;

/** Eight frames of voice, five of breath: a steady tone could be taken for noise. */
export const syllableFrames = 8;
export const breathFrames = 5;

const voiceFrequencies = [400, 650, 900, 1150, 1400];
const voiceDbov = -28;
const breathDbov = -50;
const markerPeak = 20_000;
/** The sum of three voices stays below, a marker among them above. */
const loudPeak = 11_000;
const roomNoisePeak = 12;

const encode = (samples: Int16Array): Uint8Array => encodeG711("PCMU", samples);
const tone = (frequency: number, levelDbov: number): Uint8Array =>
  encode(sines([{ frequency, levelDbov }], frameSamples));

export interface Voice {
  readonly syllable: Uint8Array;
  readonly breath: Uint8Array;
}

export const voiceOf = (talker: number): Voice => {
  const frequency = voiceFrequencies[talker % voiceFrequencies.length]!;
  return { syllable: tone(frequency, voiceDbov), breath: tone(frequency, breathDbov) };
};

/** A square wave of 1 kHz: loud from its first sample on, so that its arrival is known to the sample. */
export const marker: Uint8Array = encode(
  Int16Array.from({ length: frameSamples }, (_, index) => (index % 8 < 4 ? markerPeak : -markerPeak)),
);

/** The faint noise of an open microphone in a quiet room. */
export const roomNoise: Uint8Array = encode(
  Int16Array.from({ length: frameSamples }, () => Math.round((Math.random() * 2 - 1) * roomNoisePeak)),
);

/** Codes of samples that only a marker reaches, by code. */
const isLoud: readonly boolean[] = Array.from({ length: 256 }, (_, code) => {
  const quietestLoud = encodeG711("PCMU", Int16Array.of(loudPeak))[0]! & 0x7f;
  // Louder samples have smaller codes, the sign is the highest bit.
  return (code & 0x7f) <= quietestLoud;
});

/** Where in the payload the first loud sample is; −1 when there is none. */
export function markerOffset(payload: Uint8Array, from: number): number {
  for (let index = from; index < payload.length; index += 1) {
    if (isLoud[payload[index]!]) return index - from;
  }
  return -1;
}
