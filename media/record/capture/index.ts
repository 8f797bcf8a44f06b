// What a leg says for a while, as a clip that can be played.
export {
  Capture,
  type CapturedSpeech,
  type CaptureLimits,
  type CaptureOrder,
  captureRate,
} from "./capture.ts";
export { type ClipFiles, clipFilesIn } from "./clip-files.ts";
export { trimAndLevel } from "./trim-and-level.ts";
