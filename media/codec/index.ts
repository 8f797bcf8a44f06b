// Codecs: G.711, G.722, Opus; a decoder and an encoder a stream.
export type {
  AudioDecoder,
  AudioEncoder,
  AudioFormat,
  EncoderMemory,
  EncoderTuning,
  LossRepair,
  PayloadMeter,
} from "./codec.ts";
export { createDecoder, createEncoder, formatOf } from "./codecs.ts";
export { FfmpegStream } from "./ffmpeg-stream.ts";
export { pcma, pcmu } from "./g711.ts";
export { type AudioCodecName, audioCodecNames } from "./names.ts";
export { defaultTuning, OpusEncoder, prepareOpus } from "./opus.ts";
export { samplesBetween } from "./opus-packet.ts";
