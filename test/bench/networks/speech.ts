// What in-band repetition (FEC) is worth to speech in Opus: the same talk over the same losses, with and without,
// each against what its own encoder would have let one hear without loss.
import { createDecoder, OpusEncoder, prepareOpus } from "../../../media/codec/index.ts";
import { JitterBuffer } from "../../../media/jitter/index.ts";
import { emptyRtpHeader } from "../../../media/rtp/index.ts";
import { seededRandom } from "../../support/index.ts";
import { logSpectralDistance, segmentalSnr } from "./likeness.ts";

export interface SpeechOptions {
  readonly lossPercent: number;
  readonly fec: boolean;
  readonly seed?: number;
  readonly seconds?: number;
}

export interface SpeechHeard {
  /** Over the frames that differ from what was said, dB: 0 is the same; the mean. */
  readonly distanceDb: number;
  readonly segmentalSnrDb: number;
  /** Of the lost audio, the share that a later packet brought again. */
  readonly mended: number;
}

const rate = 48_000;
const frame = 960;
const tickMs = 20;
/** The encoder's own lead-in is not judged. */
const skipTicks = 50;
/** Packets come so long before a tick that the buffer never has a delay to correct: both runs stay in step. */
const tickOffsetMs = 4;

export async function compareSpeech(options: SpeechOptions): Promise<SpeechHeard> {
  const said = await heard({ ...options, lossPercent: 0 });
  const damaged = await heard(options);
  const from = skipTicks * frame;
  const clean = said.pcm.subarray(from);
  const other = damaged.pcm.subarray(from);
  const lost = damaged.recovered + damaged.concealed;
  return {
    distanceDb: logSpectralDistance(clean, other, rate),
    segmentalSnrDb: segmentalSnr(clean, other, rate),
    mended: lost === 0 ? 0 : damaged.recovered / lost,
  };
}

async function heard({ lossPercent, fec, seed = 48, seconds = 12 }: SpeechOptions) {
  await prepareOpus();
  const encoder = new OpusEncoder({ bitrate: 32_000, lossPercent: fec ? 10 : 0 });
  const decoder = createDecoder("opus");
  const buffer = new JitterBuffer({ rate, tickMs });
  buffer.decoders = [decoder];
  const header = emptyRtpHeader();
  const random = seededRandom(seed);
  const talk = voice(seconds);
  const pcm = new Int16Array(talk.length);
  const packet = new Uint8Array(1500);
  for (let tick = 0; tick * frame < talk.length; tick += 1) {
    const at = tick * frame;
    header.sequence = tick;
    header.timestamp = at;
    header.payloadEnd = encoder.encode(talk.subarray(at, at + frame), packet);
    const lost = random() * 100 < lossPercent && tick >= skipTicks;
    if (!lost) buffer.insert(packet, header, tick * tickMs);
    buffer.pull(pcm.subarray(at, at + frame), tick * tickMs + tickOffsetMs);
  }
  encoder.close();
  decoder.close();
  if (buffer.cutSamples + buffer.insertedSamples > 0) throw new Error("the two runs are not in step");
  return { pcm, recovered: buffer.recoveredSamples, concealed: buffer.concealedSamples };
}

/** Something like a voice: harmonics of a moving pitch under moving resonances, in syllables, with hisses between. */
function voice(seconds: number): Int16Array {
  const random = seededRandom(7);
  let phase = 0;
  let hiss = 0;
  return Int16Array.from({ length: seconds * rate }, (_, index) => {
    const time = index / rate;
    const pitch = 120 + 25 * Math.sin(2 * Math.PI * 0.7 * time);
    phase += (2 * Math.PI * pitch) / rate;
    const syllable = Math.sin(2 * Math.PI * 2.1 * time);
    if (syllable < -0.6) {
      hiss = 0.6 * hiss + (2 * random() - 1);
      return 900 * hiss;
    }
    const first = 500 + 250 * Math.sin(2 * Math.PI * 1.3 * time);
    const second = 1500 + 600 * Math.sin(2 * Math.PI * 0.9 * time);
    let sample = 0;
    for (let harmonic = 1; harmonic * pitch < 4000; harmonic += 1) {
      const hertz = harmonic * pitch;
      const resonance =
        1 / (1 + ((hertz - first) / 120) ** 2) + 0.5 / (1 + ((hertz - second) / 180) ** 2) + 0.02;
      sample += resonance * Math.sin(harmonic * phase);
    }
    return 4500 * sample * Math.max(0.05, syllable + 0.4);
  });
}
