// Levels of H.264 (ITU-T H.264 Annex A, table A-1), and the name that a profile has with one of them (RFC 6184 §8.1).

export interface H264Level {
  /** `level_idc`. */
  readonly idc: number;
  /** Level 1b, which has the number of level 1.1 (table A-1, note; RFC 6184 §8.1). */
  readonly b?: true;
  readonly macroblocksPerSecond: number;
  readonly macroblocks: number;
  readonly kbps: number;
}

const level = (idc: number, macroblocksPerSecond: number, macroblocks: number, kbps: number): H264Level => ({
  idc,
  macroblocksPerSecond,
  macroblocks,
  kbps,
});

export const lowestLevel = level(10, 1485, 99, 64);

/**
 * Of a side that says nothing of its level, most of all behind a PBX that leaves its parameters out. RFC 6184 §8.1 has that mean level 1,
 * which no device of today stops at; that what is meant is 1280 × 720 at 30 pictures a second, browsers assume as well.
 */
export const assumedLevel: H264Level = level(31, 108_000, 3600, 14_000);

/** The lowest first. */
export const h264Levels: readonly H264Level[] = [
  lowestLevel,
  { ...level(11, 1485, 99, 128), b: true },
  level(11, 3000, 396, 192),
  level(12, 6000, 396, 384),
  level(13, 11_880, 396, 768),
  level(20, 11_880, 396, 2000),
  level(21, 19_800, 792, 4000),
  level(22, 20_250, 1620, 4000),
  level(30, 40_500, 1620, 10_000),
  assumedLevel,
  level(32, 216_000, 5120, 20_000),
  level(40, 245_760, 8192, 20_000),
  level(41, 245_760, 8192, 50_000),
  level(42, 522_240, 8704, 50_000),
  level(50, 589_824, 22_080, 135_000),
  level(51, 983_040, 36_864, 240_000),
  level(52, 2_073_600, 36_864, 240_000),
];

/** `constraint_set3_flag` among the constraint flags: with level 1.1 it means level 1b. */
const set3 = 0x10;

/** By the constraint flags and `level_idc`: the highest level that is not above the one written. */
export function levelOf(flags: number, idc: number): H264Level {
  const b = idc === 11 && (flags & set3) !== 0;
  const found = h264Levels.findLast(
    (each) => each.idc < idc || (each.idc === idc && (each.b ?? false) === b),
  );
  return found ?? lowestLevel;
}

export const lowerLevel = (one: H264Level, other: H264Level): H264Level =>
  h264Levels.indexOf(one) <= h264Levels.indexOf(other) ? one : other;

/** Whether pictures of so many macroblocks, so many of these a second and so many kilobits a second are of that level. */
export const allows = (
  level: H264Level,
  needs: Pick<H264Level, "macroblocks" | "macroblocksPerSecond" | "kbps">,
): boolean =>
  level.macroblocks >= needs.macroblocks &&
  level.macroblocksPerSecond >= needs.macroblocksPerSecond &&
  level.kbps >= needs.kbps;

/** The lowest level of such pictures; the highest where none is. */
export function levelFor(macroblocks: number, macroblocksPerSecond: number, kbps: number): H264Level {
  const fits = h264Levels.find((each) => allows(each, { macroblocks, macroblocksPerSecond, kbps }));
  return fits ?? h264Levels.at(-1) ?? lowestLevel;
}

/** `profile-level-id` of that level, with the other side's profile or, by default, constrained baseline. */
export function profileLevelId(at: H264Level, profile = "42e0"): string {
  const flags = Number.parseInt(profile.slice(2), 16);
  const withLevel = at.b ? flags | set3 : flags & ~set3;
  return profile.slice(0, 2) + hex(withLevel) + hex(at.idc);
}

const hex = (byte: number): string => byte.toString(16).padStart(2, "0");
