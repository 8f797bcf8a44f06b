// The engine's public door, with what a worker needs to build one.
export type { FactSink } from "../leg/index.ts";
export {
  chooseMediaSockets,
  type MediaAddress,
  type MediaSocket,
  openUdpSocket,
  PortPool,
  type SocketFactory,
  type SocketOptions,
} from "../rtp/index.ts";
export { Engine, type EngineOptions, type LegPlayOptions } from "./engine.ts";
