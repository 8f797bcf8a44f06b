export { Channel, type ChannelHandlers, type ChannelLimits } from "./channel.ts";
export { encodeFrame, FrameReader } from "./frames.ts";
