// What a viewer is sent of a room's picture: the room's size if it can take that, else a smaller one, with fewer pictures a
// second or fewer bits. Pure. Viewers whose answers here are equal share an encoder: what far ends state of themselves is
// rounded down, so that figures of their own do not make encoders of their own.
import type { VideoLimits } from "../../protocol.ts";
import { allows, h264Levels, profileLevelId } from "../h264-levels.ts";
import type { VideoFormat } from "../types.ts";
import type { OutputFormat } from "./compositor.ts";

/** Of the room's width and height. 720 lines become 480, the most of level 3 of H.264; 360; 234, the most of levels 1.1 to 2; 180. */
const scales = [1, 2 / 3, 1 / 2, 0.325, 1 / 4] as const;
/** For paths that do not carry the room's bitrate: of its bits, and how many sizes smaller. */
const tiers = [
  { share: 1, smaller: 0 },
  { share: 0.5, smaller: 1 },
  { share: 0.22, smaller: 2 },
] as const;
export const worstTier = tiers.length - 1;
/** A smaller picture rather than fewer in a second. */
const fluentFramerate = 10;
const lowestKbps = 64;
/** Steps of pictures a second where a far end takes fewer than the room has. */
const framerateStep = 3;
/** Steps of bitrates where it takes less: so many from one power of two to the next, as 256, 320, 384, 448, 512 kbit/s. */
const kbpsStepsPerOctave = 4;

/** `maxNalBytes`: of viewers that take each NAL unit in one packet. */
export function outputFormat(
  viewer: VideoFormat,
  room: VideoLimits,
  { tier, maxNalBytes }: { readonly tier: number; readonly maxNalBytes: number },
): OutputFormat {
  const { share, smaller } = tiers[tier] ?? tiers[worstTier]!;
  const first = Math.min(smaller, scales.length - 1);
  let size = sizeOf(room, scales[first]!);
  for (const scale of scales.slice(first)) {
    size = sizeOf(room, scale);
    if (size.macroblocks <= viewer.maxMacroblocks && fluentAt(size.macroblocks, viewer, room)) break;
  }
  const { width, height, macroblocks } = size;
  const framerate = framerateWithin(room.framerate, viewer.maxMacroblocksPerSecond / macroblocks);
  const area = (width * height) / (room.width * room.height);
  const wanted = Math.max(lowestKbps, Math.round(room.kbps * Math.min(share, Math.sqrt(area))));
  const kbps = kbpsWithin(wanted, viewer.maxKbps ?? wanted);
  const { codec, packetizationMode } = viewer;
  const macroblocksPerSecond = macroblocks * framerate;
  return {
    ...{ codec, packetizationMode, width, height, framerate, kbps },
    profileLevelId:
      codec === "H264" ? lowestProfileLevelId(viewer, { macroblocks, macroblocksPerSecond, kbps }) : "",
    maxMacroblocks: macroblocks,
    maxMacroblocksPerSecond: macroblocksPerSecond,
    maxKbps: kbps,
    ...(codec === "H264" && packetizationMode === 0 && { maxNalBytes }),
  };
}

/** Viewers of the same key share an encoder. */
export const keyOf = (format: OutputFormat): string =>
  [
    format.codec,
    format.packetizationMode,
    format.profileLevelId,
    `${format.width}x${format.height}`,
    format.framerate,
    format.kbps,
  ].join(" ");

/** Whether a viewer with the limits `most` can be sent `format`. */
export const isWithin = (format: OutputFormat, most: OutputFormat): boolean =>
  format.codec === most.codec &&
  format.packetizationMode <= most.packetizationMode &&
  format.profileLevelId.slice(0, 4) === most.profileLevelId.slice(0, 4) &&
  format.width <= most.width &&
  format.height <= most.height &&
  format.framerate <= most.framerate &&
  format.kbps <= most.kbps;

function framerateWithin(wanted: number, most: number): number {
  if (most >= wanted) return wanted;
  return most < framerateStep ? Math.max(1, Math.floor(most)) : most - (most % framerateStep);
}

function kbpsWithin(wanted: number, most: number): number {
  if (most >= wanted) return wanted;
  const step = 2 ** Math.floor(Math.log2(most)) / kbpsStepsPerOctave;
  return Math.floor(most / step) * step;
}

function fluentAt(macroblocks: number, viewer: VideoFormat, room: VideoLimits): boolean {
  return viewer.maxMacroblocksPerSecond / macroblocks >= Math.min(room.framerate, fluentFramerate);
}

/** Even, as the colour samples of 4:2:0 need it. */
function sizeOf({ width: full, height: high }: VideoLimits, scale: number) {
  const even = (length: number) => Math.max(16, 2 * Math.round((length * scale) / 2));
  const width = even(full);
  const height = even(high);
  return { width, height, macroblocks: Math.ceil(width / 16) * Math.ceil(height / 16) };
}

/** The viewer's profile, at the lowest level that the picture needs: levels alone then keep no viewers apart. */
function lowestProfileLevelId(
  { profileLevelId: theirs }: VideoFormat,
  needs: { readonly macroblocks: number; readonly macroblocksPerSecond: number; readonly kbps: number },
): string {
  const profile = theirs.slice(0, 2) === "42" ? "42e0" : theirs.slice(0, 4);
  const level = h264Levels.find((each) => !each.b && allows(each, needs));
  return profileLevelId(level ?? h264Levels.at(-1)!, profile);
}
