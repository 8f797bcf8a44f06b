// Structured logs on standard output, one child logger a room, leg, call. Secrets and PINs never reach a log:
// the redaction list is the last net, not the reason why they stay out.

import type { Logger as PinoLogger } from "pino";
import { pino } from "pino";

export type Logger = Pick<PinoLogger, "trace" | "debug" | "info" | "warn" | "error" | "fatal"> & {
  child(bindings: Record<string, unknown>): Logger;
};

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

const secrets = ["pin", "room_pin", "admin_pin", "key", "admin_key", "password", "token", "authorization"];

export function createLogger(level: LogLevel, name: string): Logger {
  return pino({
    name,
    level,
    redact: { paths: secrets.flatMap((key) => [key, `*.${key}`]), censor: "[secret]" },
    formatters: { level: (label) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}

export const silentLogger: Logger = createLogger("silent", "silent");
