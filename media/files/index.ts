// Public interface of the audio file formats, and the programs that deal with media files.
export { posterProgram } from "./programs.ts";
export {
  pcmFormat,
  readWavHeader,
  type WavHeader,
  wavFile,
  wavHeader,
  wavHeaderBytes,
  wholeFrames,
  withDataBytes,
} from "./wav.ts";
