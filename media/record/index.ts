// Public interface of recording: a tap in the mix, a ring between two threads, files that are playable at every instant.
export { Capture, type CaptureOrder, captureRate } from "./capture/capture.ts";
export { type ClipFiles, clipFilesIn } from "./capture/clip-files.ts";
export { trimAndLevel } from "./capture/trim-and-level.ts";
export type { DumpOrder, LegDump } from "./dump/dump.ts";
export { createDumpFile, type DumpFile } from "./dump/dump-file.ts";
export { PcmDump, pcmDumpHeader } from "./dump/pcm-dump.ts";
export { RtpDump } from "./dump/rtp-dump.ts";
export { type RecordingFormat, recordingFormats } from "./encoding.ts";
export type { Ending } from "./messages.ts";
export {
  type ComposedPicture,
  Recorder,
  type RecordingOrder,
  type WritingThread,
  type WritingThreadListener,
} from "./recorder.ts";
export { startWritingThread } from "./start-thread.ts";
export { Tap } from "./tap.ts";
