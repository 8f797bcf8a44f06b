// Sound as signals: keys in the audio, gains, gates, echoes, and what a connection is worth. Pure classes, fed
// a frame or a level a tick, for any rate they are made for; nothing here knows of legs and rooms.
export { AutomaticGain } from "./automatic-gain.ts";
export { DtmfDetector } from "./dtmf-detector.ts";
export { Ducker } from "./ducker.ts";
export { type Connection, mosOf, rating } from "./e-model.ts";
export { EchoDetector } from "./echo-detector.ts";
export { amplify, fromDb, Volume } from "./gain.ts";
export { NoiseFloor } from "./noise-floor.ts";
export { NoiseGate } from "./noise-gate.ts";
