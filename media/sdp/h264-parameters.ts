// H.264 in a description (RFC 6184 §8): which profile and level a format is of, what more than its level the far end takes,
// and the parameter sets that come with the description.
import { assumedLevel, type H264Level, levelOf } from "../video/h264-levels.ts";
import { countOf, type FormatParameters } from "./format-parameters.ts";

/** The H.264 parameters of one format: the limits of its receiver. */
export interface H264Parameters {
  /** `profile_idc` and the constraint flags as it wrote them; undefined: it left profile and level out. */
  readonly profile: string | undefined;
  /** Plain baseline or constrained baseline (RFC 6184 §8.1, table 5): a stream of the latter is one of the former too. */
  readonly baseline: boolean;
  /** Main or High, pictures of 4:2:0 with 8 bits: their decoders also decode constrained baseline (ITU-T H.264 §A.2). */
  readonly higher: boolean;
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

/** `constraint_set0_flag` among the constraint flags. */
const set0 = 0x80;

export function readH264(parameters: FormatParameters): H264Parameters {
  const written = parameters.get("profile-level-id");
  const [, profile, idc] = /^(?:0x)?([\da-f]{4})([\da-f]{2})$/i.exec(written ?? "") ?? [];
  // RFC 6184 §8.1: left out, it is baseline; of the level 1 that it is as well more is taken.
  const stated =
    profile && idc ? levelOf(Number.parseInt(profile, 16) & 0xff, Number.parseInt(idc, 16)) : assumedLevel;
  return {
    profile: profile?.toLowerCase(),
    baseline: profile === undefined || isBaseline(Number.parseInt(profile, 16)),
    higher: /^(?:4d|64)/i.test(profile ?? ""),
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

const maxSets = 16;
const maxSetBytes = 1024;
/** NAL unit types (ITU-T H.264 table 7-1). */
const [sequenceSet, pictureSet] = [7, 8];

/** The NAL units in `sprop-parameter-sets`, sequence and picture parameter sets alone; others and broken ones are passed over. */
export function parameterSetsIn(parameters: FormatParameters): Uint8Array[] {
  const written = (parameters.get("sprop-parameter-sets") ?? "").split(",", maxSets);
  return written.flatMap((each) => {
    if (!/^[A-Za-z\d+/]{4,}={0,2}$/.test(each.trim()) || each.length > (maxSetBytes / 3) * 4) return [];
    const unit = new Uint8Array(Buffer.from(each.trim(), "base64"));
    const type = (unit[0] ?? 0) & 0x1f;
    return type === sequenceSet || type === pictureSet ? [unit] : [];
  });
}
