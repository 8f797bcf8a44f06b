// Pictures for tests: cameras of one colour, screens whose colours are read, and lines of video for the test phone.

export { isNear, TestCamera, TestScreen } from "./camera.ts";
export {
  type Colour,
  type ColourName,
  colourDistance,
  colours,
  fromYuv,
  nameOfColour,
  toYuv,
} from "./colours.ts";
export { encodeJpeg } from "./jpeg.ts";
export { type Mp4Contents, readMp4 } from "./mp4.ts";
export { decodeJpeg, Picture, PictureDecoder } from "./picture-decoder.ts";
export { PictureEncoder, type PictureEncoderOptions } from "./picture-encoder.ts";
export { type Spot, VideoLine, type VideoLineOptions } from "./video-line.ts";
