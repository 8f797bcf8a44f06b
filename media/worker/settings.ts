// The command line of a worker process. A wrong option ends the start with one sentence and exit code 2, which means that
// another try is of no use.
import { parseArgs } from "node:util";
import { errorMessage, type LogFormat, type LogLevel, logFormats, logLevels, StartError } from "#common";
import type { VideoCodecName } from "../video/types.ts";

export interface WorkerSettings {
  readonly socketPath: string;
  /** The worker's number, for its log lines. */
  readonly index: number;
  readonly rtpMin: number;
  readonly rtpMax: number;
  /** A folder of prompt packs; see playback/pack.ts. */
  readonly promptsPath: string;
  /** A folder of music on hold. */
  readonly musicPath: string;
  /** A folder of the bridge's own recordings; empty: none. */
  readonly clipsPath: string;
  /** The processing of voices: automatic gain, noise gate. */
  readonly agc: boolean;
  readonly noiseGate: boolean;
  /** The codecs of video, in the order of our offers; empty: no video. */
  readonly videoCodecs: readonly VideoCodecName[];
  /** Lowers frame rate and size of pictures while the machine is near its limit. */
  readonly videoGuard: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** The time that the worker lives on without a controller, milliseconds. */
  readonly graceMs: number;
}

const videoCodecNames: readonly VideoCodecName[] = ["H264", "VP8"];

const options = {
  socket: { type: "string" },
  index: { type: "string", default: "0" },
  "rtp-min": { type: "string" },
  "rtp-max": { type: "string" },
  prompts: { type: "string", default: "/usr/share/asterisk/sounds" },
  music: { type: "string", default: "/usr/share/asterisk/moh" },
  clips: { type: "string", default: "" },
  agc: { type: "string", default: "on" },
  "noise-gate": { type: "string", default: "off" },
  "video-codecs": { type: "string", default: videoCodecNames.join(",") },
  "video-guard": { type: "string", default: "off" },
  "log-level": { type: "string", default: "info" },
  "log-format": { type: "string", default: "json" },
  "grace-ms": { type: "string", default: "0" },
} as const;

/** Throws a StartError that names the option. */
export function parseSettings(args: readonly string[]): WorkerSettings {
  const values = readArguments(args);
  const rtpMin = integer("rtp-min", values["rtp-min"], { from: 1024, to: 65_534 });
  const rtpMax = integer("rtp-max", values["rtp-max"], { from: 1025, to: 65_535 });
  if (rtpMax <= rtpMin) throw new StartError(`--rtp-max ${rtpMax} must be above --rtp-min ${rtpMin}`);
  const logLevel = logLevels.find((level) => level === values["log-level"]);
  if (!logLevel) throw new StartError(`--log-level is none of ${logLevels.join(", ")}`);
  const logFormat = logFormats.find((format) => format === values["log-format"]);
  if (!logFormat) throw new StartError(`--log-format is none of ${logFormats.join(", ")}`);
  if (!values.socket) throw new StartError("--socket is missing");
  return {
    socketPath: values.socket,
    index: integer("index", values.index, { from: 0, to: 1023 }),
    rtpMin,
    rtpMax,
    promptsPath: values.prompts,
    musicPath: values.music,
    clipsPath: values.clips,
    agc: onOrOff("agc", values.agc),
    noiseGate: onOrOff("noise-gate", values["noise-gate"]),
    videoCodecs: codecs(values["video-codecs"]),
    videoGuard: onOrOff("video-guard", values["video-guard"]),
    logLevel,
    logFormat,
    graceMs: integer("grace-ms", values["grace-ms"], { from: 0, to: 600_000 }),
  };
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new StartError(errorMessage(error), { cause: error });
  }
}

function onOrOff(name: string, text: string): boolean {
  if (text === "on" || text === "off") return text === "on";
  throw new StartError(`--${name} must be on or off, not ${text}`);
}

function codecs(text: string): VideoCodecName[] {
  if (text === "") return [];
  return text.split(",").map((name) => {
    const known = videoCodecNames.find((each) => each === name);
    if (!known) throw new StartError(`--video-codecs: ${name} is none of ${videoCodecNames.join(", ")}`);
    return known;
  });
}

function integer(name: string, text: string | undefined, bounds: { from: number; to: number }): number {
  if (text === undefined) throw new StartError(`--${name} is missing`);
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= bounds.from && value <= bounds.to) return value;
  throw new StartError(`--${name} must be a whole number from ${bounds.from} to ${bounds.to}, not ${text}`);
}
