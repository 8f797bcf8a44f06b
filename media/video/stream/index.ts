// The video of one leg, packet by packet: what it sends as whole pictures, what it is sent out of payloads made for all.
export {
  type BundledAudio,
  LegVideo,
  type LegVideoListener,
  type LegVideoOptions,
  type LineProgress,
} from "./leg-video.ts";
export type { BindVideoSockets, VideoSockets, VideoSocketsHandlers } from "./own-transport.ts";
export { maxPayloadBytes, SendingStream } from "./sending-stream.ts";
export type { VideoTransport } from "./transport.ts";
export { type LineListener, VideoLine } from "./video-line.ts";
