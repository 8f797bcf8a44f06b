// The engine's public door, with what a worker needs to build one.
export type { FactSink, LegVolume, SoundOptions } from "../leg/index.ts";
export {
  chooseMediaSockets,
  type MediaAddress,
  type MediaSocket,
  openUdpSocket,
  PortPool,
  type SocketFactory,
  type SocketOptions,
} from "../rtp/index.ts";
export { Engine } from "./engine.ts";
export type { EngineOptions, LegPlayOptions } from "./options.ts";
