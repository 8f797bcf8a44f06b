// Creates encoders and decoders by the codec names of offer/answer.
import { unreachable } from "#common";
import type { AudioDecoder, AudioEncoder, AudioFormat, EncoderTuning } from "./codec.ts";
import { pcma, pcmu } from "./g711.ts";
import { G722Decoder, G722Encoder, g722 } from "./g722.ts";
import type { AudioCodecName } from "./names.ts";
import { OpusDecoder, OpusEncoder, opus } from "./opus.ts";

export function formatOf(name: AudioCodecName): AudioFormat {
  switch (name) {
    case "PCMU":
      return pcmu.format;
    case "PCMA":
      return pcma.format;
    case "G722":
      return g722;
    case "opus":
      return opus;
    default:
      return unreachable(name);
  }
}

/** For one stream. Opus must have been prepared. */
export function createEncoder(name: AudioCodecName, tuning?: EncoderTuning): AudioEncoder {
  switch (name) {
    case "PCMU":
      return pcmu;
    case "PCMA":
      return pcma;
    case "G722":
      return new G722Encoder();
    case "opus":
      return new OpusEncoder(tuning);
    default:
      return unreachable(name);
  }
}

/** For one stream. Opus must have been prepared. */
export function createDecoder(name: AudioCodecName): AudioDecoder {
  switch (name) {
    case "PCMU":
      return pcmu;
    case "PCMA":
      return pcma;
    case "G722":
      return new G722Decoder();
    case "opus":
      return new OpusDecoder();
    default:
      return unreachable(name);
  }
}
