// The limits of a room's picture, as a parameter for the media worker. Pure.
import type { VideoLimits } from "#media/protocol";
import type { Room } from "../records/room.ts";

/** The largest number of lines within the codecs' levels. */
const maxLines = 1088;

/**
 * Undefined for a room without a picture. Sides are even, as 4:2:0 sampling wants them; an upright picture that is too high
 * is made smaller as a whole.
 */
export function videoLimitsOf(
  room: Pick<Room, "mode" | "width" | "height" | "framerate" | "bitrate">,
): VideoLimits | undefined {
  const { mode, width, height, framerate, bitrate: kbps } = room;
  if (mode !== "VIDEO") return undefined;
  const scale = Math.min(1, maxLines / height);
  return { width: even(width * scale), height: even(height * scale), framerate, kbps };
}

const even = (side: number): number => 2 * Math.floor(side / 2);
