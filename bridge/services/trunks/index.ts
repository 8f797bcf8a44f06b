// Public interface of trunks: ways to PBXs and carriers.
export { createTrunkDirectory } from "./directory.ts";
export { createTrunks, type TrunksOptions } from "./trunks.ts";
export type {
  DialOutSettings,
  TrunkCaller,
  TrunkCodecs,
  TrunkDirectory,
  TrunkEvents,
  TrunkKind,
  TrunkRoute,
  TrunkSettings,
  TrunkSrtp,
  TrunkState,
  TrunkStatus,
  Trunks,
} from "./types.ts";
