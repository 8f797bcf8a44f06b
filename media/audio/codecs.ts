// The codecs by the names that offer/answer uses.
import { unreachable } from "#common";
import type { AudioCodecName } from "../sdp/types.ts";
import type { AudioCodec } from "./codec.ts";
import { pcma, pcmu } from "./g711.ts";

/** A codec for one stream in one direction. */
export function createCodec(name: AudioCodecName): AudioCodec {
  switch (name) {
    case "PCMU":
      return pcmu;
    case "PCMA":
      return pcma;
    default:
      return unreachable(name);
  }
}
