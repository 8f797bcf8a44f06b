// Codecs: G.711, G.722, Opus; a decoder and an encoder a stream.
export type { AudioDecoder, AudioEncoder, AudioFormat, EncoderMemory, EncoderTuning, LossRepair } from "./codec.ts";
export { createDecoder, createEncoder, formatOf } from "./codecs.ts";
export { FfmpegStream } from "./ffmpeg-stream.ts";
export { pcma, pcmu } from "./g711.ts";
export { samplesBetween } from "./opus-packet.ts";
export { OpusEncoder, defaultTuning, prepareOpus } from "./opus.ts";
