// H.264 in a description (RFC 6184 §8): which profile and level a format is of, what more than its level the far end takes,
// and the parameter sets that come with the description. Levels: ITU-T H.264 Annex A, table A-1.
import { countOf, type FormatParameters } from "./format-parameters.ts";

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

const lowest = level(10, 1485, 99, 64);

/** The lowest first. */
const levels: readonly H264Level[] = [
  lowest,
  { ...level(11, 1485, 99, 128), b: true },
  level(11, 3000, 396, 192),
  level(12, 6000, 396, 384),
  level(13, 11_880, 396, 768),
  level(20, 11_880, 396, 2000),
  level(21, 19_800, 792, 4000),
  level(22, 20_250, 1620, 4000),
  level(30, 40_500, 1620, 10_000),
  level(31, 108_000, 3600, 14_000),
  level(32, 216_000, 5120, 20_000),
  level(40, 245_760, 8192, 20_000),
  level(41, 245_760, 8192, 50_000),
  level(42, 522_240, 8704, 50_000),
  level(50, 589_824, 22_080, 135_000),
  level(51, 983_040, 36_864, 240_000),
  level(52, 2_073_600, 36_864, 240_000),
];

/** What the other side takes of H.264 in one format. */
export interface H264Parameters {
  /** `profile_idc` and the constraint flags as it wrote them; undefined: it left profile and level out. */
  readonly profile: string | undefined;
  /** Plain baseline or constrained baseline (RFC 6184 §8.1, table 5): a stream of the latter is one of the former too. */
  readonly baseline: boolean;
  readonly level: H264Level;
  readonly packetizationMode: number;
  readonly levelAsymmetry: boolean;
  /** Those of its level, or more. */
  readonly macroblocks: number;
  readonly macroblocksPerSecond: number;
  readonly kbps: number;
  /** It says what it takes beyond a level, and so can be told the same. */
  readonly beyondLevel: boolean;
  /** `profile-level-id` is no such, and was passed over. */
  readonly misspelled: boolean;
}

/** `constraint_set0_flag` and `constraint_set3_flag` among the constraint flags. */
const [set0, set3] = [0x80, 0x10];

export function readH264(parameters: FormatParameters): H264Parameters {
  const written = parameters.get("profile-level-id");
  const [, profile, idc] = /^(?:0x)?([\da-f]{4})([\da-f]{2})$/i.exec(written ?? "") ?? [];
  // RFC 6184 §8.1: left out, it is baseline at level 1.
  const stated =
    profile && idc ? levelOf(Number.parseInt(profile, 16) & 0xff, Number.parseInt(idc, 16)) : lowest;
  return {
    profile: profile?.toLowerCase(),
    baseline: profile === undefined || isBaseline(Number.parseInt(profile, 16)),
    level: stated,
    packetizationMode: modeOf(parameters.get("packetization-mode")),
    levelAsymmetry: parameters.get("level-asymmetry-allowed") === "1",
    // RFC 6184 §8.1: they raise what the level allows; less than that is no value of theirs.
    macroblocks: Math.max(stated.macroblocks, countOf(parameters, "max-fs") ?? 0),
    macroblocksPerSecond: Math.max(stated.macroblocksPerSecond, countOf(parameters, "max-mbps") ?? 0),
    kbps: Math.max(stated.kbps, countOf(parameters, "max-br") ?? 0),
    beyondLevel: ["max-fs", "max-mbps", "max-br"].some((name) => parameters.has(name)),
    misspelled: written !== undefined && profile === undefined,
  };
}

/** Left out it is 0; what is no such number is no mode that we have. */
const modeOf = (written = "0"): number => (/^\d$/.test(written) ? Number(written) : -1);

/** Table 5: the rest of the flags may be anything. */
function isBaseline(profile: number): boolean {
  const flags = profile & 0xff;
  switch (profile >> 8) {
    case 0x42:
      return true;
    case 0x4d:
      return (flags & set0) !== 0;
    case 0x58:
      return (flags & set0) !== 0;
    default:
      return false;
  }
}

/** The highest that is not above the one written. */
function levelOf(flags: number, idc: number): H264Level {
  const b = idc === 11 && (flags & set3) !== 0;
  const found = levels.findLast((each) => each.idc < idc || (each.idc === idc && (each.b ?? false) === b));
  return found ?? lowest;
}

export const lowerLevel = (one: H264Level, other: H264Level): H264Level =>
  levels.indexOf(one) <= levels.indexOf(other) ? one : other;

/** The lowest level of such pictures; the highest where none is. */
export function levelFor(macroblocks: number, macroblocksPerSecond: number, kbps: number): H264Level {
  const fits = levels.find(
    (each) =>
      each.macroblocks >= macroblocks &&
      each.macroblocksPerSecond >= macroblocksPerSecond &&
      each.kbps >= kbps,
  );
  return fits ?? levels.at(-1) ?? lowest;
}

/** `profile-level-id` of that level, with the other side's profile or, by default, constrained baseline. */
export function profileLevelId(at: H264Level, profile = "42e0"): string {
  const flags = Number.parseInt(profile.slice(2), 16);
  const withLevel = at.b ? flags | set3 : flags & ~set3;
  return profile.slice(0, 2) + hex(withLevel) + hex(at.idc);
}

const hex = (byte: number): string => byte.toString(16).padStart(2, "0");

const mostSets = 16;
const longestSet = 1024;
/** NAL unit types (ITU-T H.264 table 7-1). */
const [sequenceSet, pictureSet] = [7, 8];

/** The NAL units in `sprop-parameter-sets`, sequence and picture parameter sets alone; others and broken ones are passed over. */
export function parameterSetsIn(parameters: FormatParameters): Uint8Array[] {
  const written = (parameters.get("sprop-parameter-sets") ?? "").split(",", mostSets);
  return written.flatMap((each) => {
    if (!/^[A-Za-z\d+/]{4,}={0,2}$/.test(each.trim()) || each.length > (longestSet / 3) * 4) return [];
    const unit = new Uint8Array(Buffer.from(each.trim(), "base64"));
    const type = (unit[0] ?? 0) & 0x1f;
    return type === sequenceSet || type === pictureSet ? [unit] : [];
  });
}
