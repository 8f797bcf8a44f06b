// RTP payload formats of video: coded pictures to payloads, and back (RFC 6184, RFC 7741).
export type { DecodingStart } from "./depacketizer.ts";
export {
  type AssemblerListener,
  type AssemblerOptions,
  type DropReason,
  FrameAssembler,
} from "./frame-assembler.ts";
export type { VideoPacket } from "./packet-window.ts";
export { Packetizer } from "./packetizer.ts";
export { ParameterSets } from "./parameter-sets.ts";
export { h264PictureSize, type PictureSize, pictureSize, vp8PictureSize } from "./picture-size.ts";
