// Sound as numbers: codecs, levels, speech, mixing, and mending what the network broke.
export type {
  AudioDecoder,
  AudioEncoder,
  AudioFormat,
  EncoderMemory,
  EncoderTuning,
  LossRepair,
} from "./codec.ts";
export { createDecoder, createEncoder, formatOf } from "./codecs.ts";
export { Concealer, concealHistoryMs } from "./conceal.ts";
export { pcma, pcmu } from "./g711.ts";
export { fromDbov, meanSquare, toDbov } from "./level.ts";
export { Mixer } from "./mixer.ts";
export { ComfortNoise } from "./noise.ts";
export { defaultTuning, OpusEncoder, prepareOpus } from "./opus.ts";
export { addTo, blend, clipInto, fade, scale, softClip } from "./pcm.ts";
export { Resampler } from "./resample.ts";
export { Signal } from "./signal.ts";
export { SpeechDetector } from "./speech.ts";
export { Stretcher } from "./stretch.ts";
