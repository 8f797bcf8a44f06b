// A coded picture on its way through the worker, and what a far end takes of it.

/** As SDP spells them (RFC 6184 §8.1, RFC 7741 §6.1). */
export type VideoCodecName = "H264" | "VP8";

/** The clock of every video payload format. */
export const videoClockRate = 90_000;

/** One coded picture. */
export interface VideoFrame {
  /** H.264: NAL units behind start codes of four bytes (ITU-T H.264 Annex B), the parameter sets first in a key frame. VP8: the frame. */
  readonly data: Uint8Array;
  /** The picture can be decoded without any earlier one. */
  readonly key: boolean;
  /** RTP's, 90 kHz, 32 bits. */
  readonly timestamp: number;
}

/** The limits of the video to one far end: the parts of offer/answer that decide which viewers can share an encoder. */
export interface VideoFormat {
  readonly codec: VideoCodecName;
  /** H.264 (RFC 6184 §8.1): 0 sends each NAL unit in one packet, so the encoder must make small ones. VP8: 1. */
  readonly packetizationMode: 0 | 1;
  /** H.264: `profile_idc`, the constraint flags and `level_idc`, six hexadecimal digits in lower case; VP8: empty. */
  readonly profileLevelId: string;
  /** The most macroblocks (16 × 16) a picture, and a second; what the level, `max-fs`, `max-mbps` and `max-fr` come to. */
  readonly maxMacroblocks: number;
  readonly maxMacroblocksPerSecond: number;
  /** Kilobits a second that it takes at most; undefined sets no limit. */
  readonly maxKbps: number | undefined;
}

/** A line of video: the camera or the shared screen (RFC 4796). */
export type VideoContent = "main" | "slides";
