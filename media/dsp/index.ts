// Signal processing on 20 ms frames of 16-bit samples.
export { AutomaticGain } from "./automatic-gain.ts";
export { DtmfDetector } from "./dtmf-detector.ts";
export { Ducker } from "./ducker.ts";
export { type Connection, mosOf, rating } from "./e-model.ts";
export { EchoDetector } from "./echo-detector.ts";
export { amplify, fromDb, Volume } from "./gain.ts";
export { Halver } from "./halve.ts";
export { fromDbov, meanSquare, toDbov } from "./level.ts";
export { ComfortNoise } from "./noise.ts";
export { NoiseFloor } from "./noise-floor.ts";
export { NoiseGate } from "./noise-gate.ts";
export { addTo, blend, clipInto, fade, scale, softClip } from "./pcm.ts";
export { concealHistoryMs, matchMs, maxPeriodMs } from "./pitch.ts";
export { Resampler } from "./resample.ts";
export { Signal } from "./signal.ts";
export { SpeechDetector } from "./speech.ts";
