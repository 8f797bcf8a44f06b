// The section `video`: whether rooms may have a picture, and how it is coded.
import { Type } from "typebox";

export const videoSchema = Type.Object(
  {
    enabled: Type.Boolean({
      default: true,
      description:
        "Whether rooms of the mode VIDEO have a picture. false: they are audio rooms, and video that is offered is answered with port 0.",
    }),
    codecs: Type.Array(Type.Enum(["H264", "VP8"]), {
      minItems: 1,
      maxItems: 2,
      uniqueItems: true,
      default: ["H264", "VP8"],
      description:
        "Codecs of video, in the order of our offers; an answer keeps the offerer's order. A room whose participants use both encodes its picture twice.",
    }),
    fit: Type.Enum(["letterbox", "crop"], {
      default: "letterbox",
      description:
        "For a camera's picture of another aspect ratio than its cell. letterbox: the whole picture, with bars; crop: it fills the cell and is cut. Rooms may override this and the next two keys.",
    }),
    subject: Type.Boolean({
      default: false,
      description: "Whether a room's subject is written into its picture.",
    }),
    clock: Type.Enum(["off", "minutes", "seconds"], {
      default: "off",
      description: "Whether the time of day, in the room's time zone, is written into its picture.",
    }),
    degrade_under_load: Type.Boolean({
      default: true,
      description:
        "Whether the frame rate and then the size of pictures are lowered while the machine is near its limit, so that audio does not suffer.",
    }),
  },
  {
    additionalProperties: false,
    description: "Video: one picture a room, composed of all its participants.",
  },
);
