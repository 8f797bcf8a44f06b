// Public interface of captures: the voice of a leg, recorded as a clip.
export {
  Capture,
  type CapturedSpeech,
  type CaptureLimits,
  type CaptureOrder,
  captureRate,
} from "./capture.ts";
export { type ClipFiles, clipFilesIn } from "./clip-files.ts";
export { trimAndLevel } from "./trim-and-level.ts";
