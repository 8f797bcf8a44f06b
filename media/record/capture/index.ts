// What a leg says for a while, as a clip that can be played.
export { Capture, type CaptureLimits, type CaptureOrder, captureRate, type Said } from "./capture.ts";
export { type ClipFiles, clipFilesIn } from "./clip-files.ts";
export { polished } from "./polish.ts";
