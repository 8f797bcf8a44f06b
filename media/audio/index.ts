// Sound as numbers: codecs, levels, speech, mixing, and mending what the network broke.
export type { AudioCodec } from "./codec.ts";
export { createCodec } from "./codecs.ts";
export { Concealer, concealHistoryMs } from "./conceal.ts";
export { pcma, pcmu } from "./g711.ts";
export { fromDbov, meanSquare, toDbov } from "./level.ts";
export { addTo, clipInto, fade, Mixer, scale, softClip } from "./mixer.ts";
export { ComfortNoise } from "./noise.ts";
export { SpeechDetector } from "./speech.ts";
export { Stretcher } from "./stretch.ts";
