// The pictures of a worker's rooms: who is seen where, who sees it, and what encodes it.
export type { PictureSize } from "../payload/index.ts";
export type { Compositor, CompositorListener, OutputFormat, Scene } from "./compositor.ts";
export type { PictureSink } from "./output.ts";
export { VideoProcess, type VideoProcessFigures } from "./process-client.ts";
export { VideoRooms } from "./video-rooms.ts";
