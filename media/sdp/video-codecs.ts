// Which formats of a video line we have in common with the side that wrote it, and what of each it takes: RFC 6184 §8 for
// H.264, RFC 7741 §6 for VP8, RFC 4588 §8.1 for retransmission. The order of formats is the writer's; of a codec that it
// offers several times one format is taken.
import { type H264Level, levelFor, lowerLevel, profileLevelId } from "../video/h264-levels.ts";
import { type VideoCodecName, type VideoFormat, videoClockRate } from "../video/types.ts";
import { readKbps } from "./bandwidth.ts";
import type { Encoding } from "./codecs.ts";
import type { MediaDescription, SessionDescription } from "./description.ts";
import {
  countOf,
  type FormatLines,
  type FormatParameters,
  formatLines,
  formatParameters,
} from "./format-parameters.ts";
import { type H264Parameters, parameterSetsIn, readH264 } from "./h264-parameters.ts";
import { imageLimit, readImageLimits } from "./image-attribute.ts";
import { readEncodings, withDefaults } from "./rtp-stream.ts";

/** What we take and send of video. */
export interface VideoCapabilities {
  /** Nothing is sent or received for the time being: lines are `inactive`, and stay. */
  readonly paused?: boolean;
  /** The order is that of our offers; an answer keeps the offerer's. */
  readonly codecs: readonly VideoCodecName[];
  /** Of pictures in both ways, in pixels; frames and kilobits a second. */
  readonly limits: {
    readonly width: number;
    readonly height: number;
    readonly framerate: number;
    readonly kbps: number;
  };
}

export interface MatchedFormat {
  readonly payloadType: number;
  /** What we send by it: no more than the other side takes, and no more than our own limits. */
  readonly format: VideoFormat;
  /** Our parameters in an answer to it; empty: none. */
  readonly parameters: string;
  /** The payload type of its retransmissions. */
  readonly rtx: number | undefined;
}

export interface VideoMatch {
  /** At least one; we send by the first. */
  readonly formats: readonly MatchedFormat[];
  readonly parameterSets: ReadonlyMap<number, readonly Uint8Array[]>;
  /** Formats that were meant although they are written otherwise. */
  readonly misspelled: number;
}

export interface MatchTerms {
  readonly capabilities: VideoCapabilities;
  /** Retransmissions as streams of their own may be agreed on. */
  readonly rtx: boolean;
  /**
   * Of the answer to an offer of ours, our parameters by payload type: they stand for those that an answer leaves out, and the
   * profile is that of the offer, whatever the answer calls it (RFC 6184 §8.2.2).
   */
  readonly offered?: ReadonlyMap<number, FormatParameters>;
}

/** Undefined: there is nothing in common. */
export function matchVideo(
  session: SessionDescription,
  described: MediaDescription,
  terms: MatchTerms,
): VideoMatch | undefined {
  const media = withDefaults(session, described);
  const lines = formatLines(media);
  const images = readImageLimits(media);
  const encodings = readEncodings(media, lines);
  const { codecs, limits } = terms.capabilities;
  const most = macroblocksOf(limits);
  const common = { most, maxKbps: readKbps(session, media, limits.kbps) };
  const found = new Map<VideoCodecName, Candidate>();
  for (const encoding of encodings) {
    const name = codecs.find((each) => each === encoding.name);
    if (!name) continue;
    const stated = formatParameters(lines.get(encoding.payloadType));
    const parameters = stated.size > 0 ? stated : (terms.offered?.get(encoding.payloadType) ?? stated);
    const image = imageLimit(images, encoding.payloadType);
    const context = { ...common, encoding, parameters, image, terms };
    const candidate = name === "H264" ? h264(context) : vp8(context);
    const before = found.get(name);
    if (candidate && (!before || rankOf(candidate) > rankOf(before))) found.set(name, candidate);
  }
  if (found.size === 0) return undefined;
  const repeats = terms.rtx ? retransmissions(lines, encodings) : new Map<number, number>();
  const taken = [...found.values()];
  return {
    formats: taken.map(({ payloadType, format, parameters }) => ({
      ...{ payloadType, format, parameters },
      rtx: repeats.get(payloadType),
    })),
    parameterSets: new Map(
      taken.flatMap((each) => (each.sets.length > 0 ? [[each.payloadType, each.sets] as const] : [])),
    ),
    misspelled: taken.filter((each) => each.misspelled).length,
  };
}

interface Candidate extends Omit<MatchedFormat, "rtx"> {
  /** Of a profile that asks for more than we send. */
  readonly higher: boolean;
  readonly sets: readonly Uint8Array[];
  readonly misspelled: boolean;
}

/** Baseline before others; a stream without fragments of NAL units needs an encoder of its own. */
const rankOf = ({ higher, format }: Candidate): number => (higher ? 0 : 2) + format.packetizationMode;

interface Context {
  readonly encoding: Encoding;
  readonly parameters: FormatParameters;
  /** What `a=imageattr` allows, in macroblocks. */
  readonly image: number | undefined;
  readonly most: Macroblocks;
  readonly maxKbps: number | undefined;
  readonly terms: MatchTerms;
}

function h264(context: Context): Candidate | undefined {
  const { encoding, parameters, terms } = context;
  const theirs = readH264(parameters);
  const { packetizationMode: mode } = theirs;
  const fits = theirs.baseline || theirs.higher || terms.offered !== undefined;
  if (!fits || (mode !== 0 && mode !== 1)) return undefined;
  const { limits } = terms.capabilities;
  const most = context.most;
  const ours = levelFor(most.macroblocks, most.macroblocksPerSecond, limits.kbps);
  const sent = lowerLevel(ours, theirs.level);
  const kbps = Math.min(context.maxKbps ?? limits.kbps, theirs.kbps);
  return {
    payloadType: encoding.payloadType,
    format: {
      codec: "H264",
      packetizationMode: mode,
      // Of all the same, so that they share a stream: those of a higher profile take it too.
      profileLevelId: profileLevelId(sent),
      ...within(context, theirs.macroblocks, theirs.macroblocksPerSecond),
      maxKbps: kbps < limits.kbps ? kbps : undefined,
    },
    parameters: answeredH264(theirs, { ours, sent, most, kbps: limits.kbps }),
    sets: parameterSetsIn(parameters),
    higher: !theirs.baseline && !terms.offered,
    misspelled:
      isMisspelled(encoding) || theirs.misspelled || (!theirs.baseline && terms.offered !== undefined),
  };
}

/**
 * RFC 6184 §8.2.2: the level is the lower one for both ways, unless both allow that each way has its own. What we take beyond
 * that is said to those who say such things themselves.
 */
function answeredH264(
  theirs: H264Parameters,
  ours: {
    readonly ours: H264Level;
    readonly sent: H264Level;
    readonly most: Macroblocks;
    readonly kbps: number;
  },
): string {
  const at = theirs.levelAsymmetry ? ours.ours : ours.sent;
  const beyond = [
    ["max-mbps", ours.most.macroblocksPerSecond, at.macroblocksPerSecond],
    ["max-fs", ours.most.macroblocks, at.macroblocks],
    ["max-br", ours.kbps, at.kbps],
  ] as const;
  return [
    ...(theirs.profile ? [`profile-level-id=${profileLevelId(at, theirs.profile)}`] : []),
    ...(theirs.packetizationMode === 1 ? ["packetization-mode=1"] : []),
    ...(theirs.levelAsymmetry ? ["level-asymmetry-allowed=1"] : []),
    ...beyond.flatMap(([name, wanted, has]) =>
      theirs.beyondLevel && wanted > has ? [`${name}=${wanted}`] : [],
    ),
  ].join(";");
}

function vp8(context: Context): Candidate {
  const { encoding, parameters, most, maxKbps, terms } = context;
  const macroblocks = countOf(parameters, "max-fs") ?? most.macroblocks;
  const framerate = countOf(parameters, "max-fr") ?? terms.capabilities.limits.framerate;
  return {
    payloadType: encoding.payloadType,
    format: {
      codec: "VP8",
      packetizationMode: 1,
      profileLevelId: "",
      ...within(context, macroblocks, Math.min(macroblocks, most.macroblocks) * framerate),
      maxKbps,
    },
    parameters: vp8Parameters(terms.capabilities),
    sets: [],
    higher: false,
    misspelled: isMisspelled(encoding),
  };
}

/** What we take of VP8 (RFC 7741 §6.1). */
export function vp8Parameters({ limits }: VideoCapabilities): string {
  return `max-fr=${limits.framerate};max-fs=${macroblocksOf(limits).macroblocks}`;
}

/** What we take of H.264, in offers of ours. */
export function h264Parameters({ limits }: VideoCapabilities, mode: 0 | 1): string {
  const { macroblocks, macroblocksPerSecond } = macroblocksOf(limits);
  const id = profileLevelId(levelFor(macroblocks, macroblocksPerSecond, limits.kbps));
  return `profile-level-id=${id};${mode === 1 ? "packetization-mode=1;" : ""}level-asymmetry-allowed=1`;
}

/** The least that anyone takes, a picture of 176 × 144 five times a second: what promises less is no such promise. */
const least = { macroblocks: 99, macroblocksPerSecond: 495 } as const;

/** Never more than ours: those who take more than we send share a stream. */
function within(
  { most, image }: Context,
  macroblocks: number,
  macroblocksPerSecond: number,
): Pick<VideoFormat, "maxMacroblocks" | "maxMacroblocksPerSecond"> {
  const picture = Math.min(macroblocks, most.macroblocks, image ?? most.macroblocks);
  return {
    maxMacroblocks: Math.max(picture, Math.min(least.macroblocks, most.macroblocks)),
    maxMacroblocksPerSecond: Math.max(
      Math.min(macroblocksPerSecond, most.macroblocksPerSecond),
      Math.min(least.macroblocksPerSecond, most.macroblocksPerSecond),
    ),
  };
}

interface Macroblocks {
  readonly macroblocks: number;
  readonly macroblocksPerSecond: number;
}

function macroblocksOf({ width, height, framerate }: VideoCapabilities["limits"]): Macroblocks {
  const macroblocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  return { macroblocks, macroblocksPerSecond: macroblocks * framerate };
}

/** The clock is the same for all. */
const isMisspelled = ({ guessed, clockRate }: Encoding): boolean =>
  guessed === true || clockRate !== videoClockRate;

/** By the payload type that is repeated, the one that repeats it. */
function retransmissions(lines: FormatLines, encodings: readonly Encoding[]): Map<number, number> {
  const repeats = new Map<number, number>();
  for (const { name, payloadType } of encodings) {
    if (name !== "RTX") continue;
    const apt = countOf(formatParameters(lines.get(payloadType)), "apt");
    if (apt !== undefined && !repeats.has(apt)) repeats.set(apt, payloadType);
  }
  return repeats;
}
