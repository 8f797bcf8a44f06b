export { Channel, type ChannelHandlers, type ChannelLimits } from "./channel.ts";
export { type CommandHandlers, Dispatcher } from "./dispatcher.ts";
export { encodeFrame, FrameReader } from "./frames.ts";
export { type ControllerDoor, type ControlServer, listenForController } from "./server.ts";
