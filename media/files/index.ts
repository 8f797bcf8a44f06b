// Public interface of the audio file formats.
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
