// Public interface of the pictures of a worker's rooms: their cells, viewers and encoders.
export type { PictureSize } from "../payload/index.ts";
export type { Compositor, CompositorListener, OutputFormat, Scene } from "./compositor.ts";
export type { PictureSink } from "./output.ts";
export { VideoProcess, type VideoProcessFigures } from "./process-client.ts";
export { VideoRooms } from "./video-rooms.ts";
