// The pictures of a worker's rooms: who is seen where, who sees it, and what encodes it.
export type { Compositor, CompositorListener, OutputFormat, Scene } from "./compositor.ts";
export type { PictureSink, PictureSize } from "./output.ts";
export { VideoProcess, type VideoProcessFigures } from "./process-client.ts";
export { VideoRooms } from "./video-rooms.ts";
