// A flat picture as a JPEG, for phones that send a file instead of a camera's pictures.
import { FramePicture } from "../../../media/video/process/picture.ts";
import { jpegOf } from "../../../media/video/process/snapshot.ts";
import { type Colour, toYuv } from "./colours.ts";

export function encodeJpeg(colour: Colour, { width, height } = { width: 640, height: 480 }): Buffer {
  const made = new FramePicture(width, height);
  const yuv = toYuv(colour);
  for (const [index, plane] of made.picture.planes.entries()) plane.data.fill(Math.round(yuv[index]!));
  const jpeg = jpegOf(made.frame);
  made.free();
  return jpeg;
}
