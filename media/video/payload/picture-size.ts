// Width and height of pictures as key frames say them: the sequence parameter set of H.264 (ITU-T H.264 §7.3.2.1.1)
// and the frame header of VP8 (RFC 6386 §9.1). What is read is bounded, and no decoder is needed.

import { nalType, splitByteStream, typeOfNal } from "../nal-units.ts";
import type { VideoCodecName, VideoFrame } from "../types.ts";
import { BitReader } from "./bit-reader.ts";

/** In pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** `profile_idc` of those whose sets have a chroma format and scaling matrices. */
const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
/** 8192 pixels: more than level 6.2 allows at any common shape. */
const maxMacroblocksAcross = 512;

/** Undefined: the frame is no key frame, or does not say. */
export function pictureSize(codec: VideoCodecName, frame: VideoFrame): PictureSize | undefined {
  if (!frame.key) return undefined;
  if (codec === "VP8") return vp8PictureSize(frame.data);
  const set = splitByteStream(frame.data.subarray(0, 4096)).find(
    (unit) => typeOfNal(unit[0]!) === nalType.sequenceParameters,
  );
  return set && h264PictureSize(set);
}

/** The picture size in a key frame; undefined when it is no key frame. */
export function vp8PictureSize(frame: Uint8Array): PictureSize | undefined {
  if (!isVp8KeyFrame(frame)) return undefined;
  const width = (frame[6]! | (frame[7]! << 8)) & 0x3fff;
  const height = (frame[8]! | (frame[9]! << 8)) & 0x3fff;
  return width > 0 && height > 0 ? { width, height } : undefined;
}

/** The P bit of the first byte is 0 and the start code follows the frame tag. */
export function isVp8KeyFrame(frame: Uint8Array): boolean {
  return frame.length >= 10 && (frame[0]! & 1) === 0 && hasStartCode(frame);
}

const hasStartCode = (frame: Uint8Array) => frame[3] === 0x9d && frame[4] === 0x01 && frame[5] === 0x2a;

/** The picture size in a sequence parameter set, a NAL unit with its header; undefined when it is broken or exceeds all levels. */
export function h264PictureSize(set: Uint8Array): PictureSize | undefined {
  if (set.length < 4 || typeOfNal(set[0]!) !== nalType.sequenceParameters) return undefined;
  const reader = new BitReader(set.subarray(4));
  reader.unsigned(); // seq_parameter_set_id
  const chroma = highProfiles.has(set[1]!) ? skipHighProfile(reader) : 1;
  reader.unsigned(); // log2_max_frame_num_minus4
  skipPictureOrder(reader);
  reader.unsigned(); // max_num_ref_frames
  reader.bit(); // gaps_in_frame_num_value_allowed_flag
  const across = reader.unsigned() + 1;
  const down = reader.unsigned() + 1;
  const framesOnly = reader.bit();
  if (framesOnly === 0) reader.bit(); // mb_adaptive_frame_field_flag
  reader.bit(); // direct_8x8_inference_flag
  const crop = { left: 0, right: 0, top: 0, bottom: 0 };
  if (reader.bit() === 1) {
    crop.left = reader.unsigned();
    crop.right = reader.unsigned();
    crop.top = reader.unsigned();
    crop.bottom = reader.unsigned();
  }
  if (reader.isPastEnd || across > maxMacroblocksAcross || down > maxMacroblocksAcross) return undefined;
  const unitAcross = chroma === 1 || chroma === 2 ? 2 : 1;
  const unitDown = (chroma === 1 ? 2 : 1) * (2 - framesOnly);
  const width = across * 16 - unitAcross * (crop.left + crop.right);
  const height = (2 - framesOnly) * down * 16 - unitDown * (crop.top + crop.bottom);
  return width > 0 && height > 0 ? { width, height } : undefined;
}

/** Gives `chroma_format_idc`. */
function skipHighProfile(reader: BitReader): number {
  const chroma = reader.unsigned();
  if (chroma === 3) reader.bit(); // separate_colour_plane_flag
  reader.unsigned(); // bit_depth_luma_minus8
  reader.unsigned(); // bit_depth_chroma_minus8
  reader.bit(); // qpprime_y_zero_transform_bypass_flag
  if (reader.bit() === 0) return chroma;
  for (let list = 0; list < (chroma === 3 ? 12 : 8); list += 1) {
    if (reader.bit() === 1) skipScalingList(reader, list < 6 ? 16 : 64);
  }
  return chroma;
}

function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let at = 0; at < size; at += 1) {
    if (next !== 0) next = (last + reader.signed() + 256) & 0xff;
    if (next !== 0) last = next;
  }
}

function skipPictureOrder(reader: BitReader): void {
  const type = reader.unsigned();
  if (type === 0) reader.unsigned(); // log2_max_pic_order_cnt_lsb_minus4
  if (type !== 1) return;
  reader.bit(); // delta_pic_order_always_zero_flag
  reader.signed();
  reader.signed();
  const cycle = reader.unsigned();
  for (let at = 0; at < cycle && at < 256; at += 1) reader.signed();
}
