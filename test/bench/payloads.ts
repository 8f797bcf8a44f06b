// What the phones of the benchmark say, encoded beforehand: beats of 400 ms, so many packets each, and the frequency
// of every voice a multiple of 50 Hz, so that any sequence of beats is continuous. Encoders run through, because
// what most codecs make of a frame depends on those before it.
import { Application, createEncoder as createOpusEncoder, Signal } from "libopus-wasm";
import { createDecoder, createEncoder, formatOf, prepareOpus } from "../../media/codec/index.ts";
import { sines } from "../support/tones.ts";

export type BenchCodec = "PCMU" | "G722" | "opus";
export const benchCodecs: readonly BenchCodec[] = ["PCMU", "G722", "opus"];

export const frameMs = 20;
export const beatFrames = 20;
/** Of a beat; the rest is breath: a steady tone could be taken for noise. */
const syllableFrames = 12;

const voiceFrequencies = [400, 650, 900, 1150, 1400];
const voiceDbov = -28;
const breathDbov = -50;
const markerHertz = 1000;
const markerDbov = -5;
/** Three voices at once stay below, whatever gain they are given, and a marker is above. */
const loudPeak = 15_000;
const roomNoisePeak = 12;
const maxPacketBytes = 1275;

/** One beat, packet by packet. */
export type Beat = readonly Uint8Array[];

export interface Voice {
  readonly plain: Beat;
  /** Begins with the marker: a frame of a loud tone, whose arrival is known to the sample. */
  readonly marked: Beat;
}

export interface Repertoire {
  readonly codec: BenchCodec;
  readonly voices: readonly Voice[];
  /** The faint noise of an open microphone in a quiet room. */
  readonly roomNoise: Beat;
  /** Where a marker shows that went no way at all: what the phones' own codec delays, milliseconds. */
  readonly markerMs: number;
}

export async function prepareRepertoire(codec: BenchCodec, talkers: number): Promise<Repertoire> {
  const voices: Voice[] = [];
  for (let talker = 0; talker < Math.min(talkers, beatFrames); talker += 1) {
    const plain = Array.from({ length: beatFrames }, (_, frame) => voiceFrame(codec, talker, frame));
    const marked = [tone(codec, markerHertz, markerDbov), ...plain.slice(1)];
    const beats = await encodeBeats(codec, [plain, plain, marked]);
    voices.push({ plain: beats[1]!, marked: beats[2]! });
  }
  const roomNoise = (await encodeBeats(codec, [noiseBeat(codec), noiseBeat(codec)]))[1]!;
  await prepareOpus();
  const markerMs = markerIn(voices[0]!, new Ear(codec));
  return { codec, voices, roomNoise, markerMs };
}

/** Listens to one stream for the marker. */
export class Ear {
  readonly #decoder;
  readonly #rate: number;
  readonly #pcm: Int16Array;

  /** Opus must have been prepared. */
  constructor(codec: BenchCodec) {
    this.#decoder = createDecoder(codec);
    this.#rate = formatOf(codec).rate;
    this.#pcm = new Int16Array((this.#rate * 6 * frameMs) / 1000);
  }

  /** Where in the packet's audio the first loud sample is, milliseconds; undefined when there is none. */
  hear(payload: Uint8Array): number | undefined {
    const samples = this.#decoder.decode(payload, this.#pcm);
    for (let index = 0; index < samples; index += 1) {
      const sample = this.#pcm[index]!;
      if (sample > loudPeak || sample < -loudPeak) return (index * 1000) / this.#rate;
    }
    return undefined;
  }
}

/** Each talker breathes at another time. */
function voiceFrame(codec: BenchCodec, talker: number, frame: number): Int16Array {
  const frequency = voiceFrequencies[talker % voiceFrequencies.length]!;
  const speaking = (frame + talker * 7) % beatFrames < syllableFrames;
  return tone(codec, frequency, speaking ? voiceDbov : breathDbov);
}

function noiseBeat(codec: BenchCodec): Int16Array[] {
  const samples = samplesOf(codec);
  const sample = () => Math.round((Math.random() * 2 - 1) * roomNoisePeak);
  return Array.from({ length: beatFrames }, () => Int16Array.from({ length: samples }, sample));
}

async function encodeBeats(
  codec: BenchCodec,
  beats: readonly (readonly Int16Array[])[],
): Promise<readonly Beat[]> {
  const encode = codec === "opus" ? await opusOfPhones() : encodingOf(codec);
  return beats.map((beat) => beat.map(encode));
}

function encodingOf(codec: Exclude<BenchCodec, "opus">): (pcm: Int16Array) => Uint8Array {
  const encoder = createEncoder(codec);
  const memory = new Uint8Array(maxPacketBytes);
  return (pcm) => memory.slice(0, encoder.encode(pcm, memory));
}

/** As phones and browsers encode a microphone: for voice, so that a packet tells whether there is one. */
async function opusOfPhones(): Promise<(pcm: Int16Array) => Uint8Array> {
  const handle = await createOpusEncoder({
    channels: 1,
    application: Application.Voip,
    signal: Signal.Voice,
    bitrate: 32_000,
  });
  return (pcm) => Uint8Array.from(handle.encode(pcm));
}

function markerIn({ plain, marked }: Voice, ear: Ear): number {
  for (const payload of plain) ear.hear(payload);
  for (const [frame, payload] of marked.entries()) {
    const at = ear.hear(payload);
    if (at !== undefined) return frame * frameMs + at;
  }
  throw new Error("the marker is not heard");
}

const samplesOf = (codec: BenchCodec): number => (formatOf(codec).rate * frameMs) / 1000;

const tone = (codec: BenchCodec, frequency: number, levelDbov: number): Int16Array =>
  sines([{ frequency, levelDbov }], samplesOf(codec), 0, formatOf(codec).rate);
