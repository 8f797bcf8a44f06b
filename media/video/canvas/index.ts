// The pictures of a worker's rooms: who is seen where, who sees it, and what encodes it.
export type { Compositor, CompositorListener } from "./compositor.ts";
export { VideoRooms } from "./video-rooms.ts";
