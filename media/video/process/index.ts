// What the worker knows of the video process: where its program lies and how they speak. Nothing here loads FFmpeg.
import { fileURLToPath } from "node:url";

export { type Decoding, markBytes, readMark } from "./decoding-mark.ts";
export {
  type CanvasSize,
  type FromProcess,
  isFromProcess,
  type OutputFormat,
  type Scene,
  type SceneSource,
  type ToProcess,
  type VideoCounters,
} from "./messages.ts";
export { encodeHead, maxMessageBytes, WireReader } from "./wire.ts";

export const videoProgram = fileURLToPath(new URL("./main.ts", import.meta.url));
