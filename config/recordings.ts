// The section `recordings`: their folder, format and retention.
import { Type } from "typebox";

const maxBytes = 2 ** 50;

const bytes = (value: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: maxBytes, default: value, description });

export const recordingsSchema = Type.Object(
  {
    path: Type.String({
      default: "",
      description: "Folder of the recordings. Empty: `recordings` inside data_dir.",
    }),
    format: Type.Enum(["mp3", "wav"], {
      default: "mp3",
      description: "mp3: small. wav: uncompressed, 16 bits. Rooms with a picture are recorded as MP4.",
    }),
    tracks: Type.Enum(["mixed", "separate"], {
      default: "mixed",
      description:
        "mixed: one file with the mix of the room. separate: beside it one for each participant who spoke.",
    }),
    bitrate: Type.Unsafe<number>({
      type: "integer",
      enum: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160],
      default: 64,
      description:
        "Bitrate of MP3, and of the audio in MP4, kbit/s: 32, 40, 48, 56, 64, 80, 96, 112, 128 or 160.",
    }),
    sample_rate: Type.Unsafe<8000 | 16_000 | 48_000>({
      type: "integer",
      enum: [8000, 16_000, 48_000],
      default: 48_000,
      description: "Samples a second: 8000, 16000 or 48000.",
    }),
    retention_days: Type.Integer({
      minimum: 0,
      maximum: 36_500,
      default: 0,
      description: "Recordings older than this are removed, a day after a warning. 0: they stay.",
    }),
    max_bytes: bytes(
      0,
      "When all recordings together take more, the oldest are removed, an hour after a warning. 0: no limit.",
    ),
    min_free_bytes: bytes(
      268_435_456,
      "With less free space than this on the disk no recording starts, and running ones are stopped.",
    ),
  },
  { additionalProperties: false, description: "Recordings of meetings." },
);
