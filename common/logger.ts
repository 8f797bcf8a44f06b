// Structured logs on standard output, one child logger a room, leg, call. Secrets and PINs never reach a log:
// the redaction list is a last safeguard, not the reason why they stay out.
//
// Lines are gathered for a tenth of a second at most and written in the background, so that neither a slow reader
// nor the writing itself holds up a call. What is still unwritten at the end of the process is written then.

import { createRequire } from "node:module";
import type { Logger as PinoLogger } from "pino";
import { pino } from "pino";

export type Logger = Pick<PinoLogger, "trace" | "debug" | "info" | "warn" | "error" | "fatal"> & {
  child(bindings: Record<string, unknown>): Logger;
};

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

const secrets = ["pin", "room_pin", "admin_pin", "key", "admin_key", "password", "token", "authorization"];

/** The size up to which a write to a pipe is atomic: the media workers write to the same pipe. */
const pieceBytes = 4096;
const gatherMs = 100;
const gatherBytes = pieceBytes / 2;
/** Unwritten lines beyond that are dropped: the reader has stopped reading. */
const unwrittenBytes = 4 * 2 ** 20;

export const logFormats = ["json", "text"] as const;
/** `text` is for people at a terminal: time of day, level, message, the rest behind it. */
export type LogFormat = (typeof logFormats)[number];

export function createLogger(level: LogLevel, name: string, format: LogFormat = "json"): Logger {
  const options = {
    name,
    level,
    redact: { paths: secrets.flatMap((key) => [key, `*.${key}`]), censor: "[secret]" },
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  const file = pino.destination({
    dest: 1,
    sync: false,
    minLength: gatherBytes,
    maxWrite: pieceBytes,
    maxLength: unwrittenBytes,
  });
  // When the reader has gone the lines are lost, but the process and its calls go on.
  file.on("error", () => {});
  const output = flushedAfter(gatherMs, file);
  return format === "json" ? pino(options, output) : pino(options, readable(output));
}

/** A buffer of lines. */
interface Gathering {
  write(line: string): unknown;
  flush(): void;
  flushSync(): void;
}

/**
 * Writes the gathered lines `ms` milliseconds after the first of them. A flush at fixed times would wake each process all the
 * time, even without any lines.
 */
export function flushedAfter(ms: number, gathering: Gathering): Gathering {
  let due = false;
  const flush = (): void => {
    due = false;
    gathering.flush();
  };
  return {
    write(line) {
      gathering.write(line);
      if (due) return;
      due = true;
      setTimeout(flush, ms).unref();
    },
    flush,
    flushSync: () => gathering.flushSync(),
  };
}

/** The library is only loaded for a terminal: a service starts without it. */
function readable(output: { write(line: string): unknown }): { write(line: string): void } {
  const { prettyFactory } = createRequire(import.meta.url)("pino-pretty") as typeof import("pino-pretty");
  const format = prettyFactory({
    colorize: process.stdout.isTTY,
    translateTime: "SYS:HH:MM:ss.l",
    ignore: "pid,hostname,name",
    singleLine: true,
  });
  return { write: (line) => void output.write(format(line)) };
}

export const silentLogger: Logger = createLogger("silent", "silent");
