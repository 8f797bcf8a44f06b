// The media workers of this daemon, as the configuration wants them.
import { availableParallelism } from "node:os";
import type { Clock, Logger } from "#common";
import type { Config } from "#config";
import { startMediaWorkers } from "#media/client";
import type { LiveState } from "#services/live-state";
import type { Folders } from "./folders.ts";
import { logFormatOf } from "./log-format.ts";

export interface MediaParts {
  readonly config: Config;
  readonly folders: Folders;
  /** What the next process is to know. */
  readonly live: LiveState;
  readonly clock: Clock;
  readonly log: Logger;
}

export function startMedia({ config, folders, live, clock, log }: MediaParts) {
  return startMediaWorkers({
    clock,
    log,
    stateRecords: {
      workers: live.records("worker"),
      rooms: live.records("mix"),
      legs: live.records("leg"),
      checkpoints: live.records("checkpoint"),
    },
    workers: config.media.workers || availableParallelism(),
    rtp: { portMin: config.rtp.port_min, portMax: config.rtp.port_max },
    runtimeDirectory: folders.runtime,
    promptsPath: config.prompts.path,
    clipsPath: folders.clips,
    compileCache: folders.compiled,
    agc: config.media.agc,
    noiseGate: config.media.noise_gate,
    videoCodecs: config.video.enabled ? config.video.codecs : [],
    videoGuard: config.video.degrade_under_load,
    logLevel: config.log.level,
    logFormat: logFormatOf(config.log.format),
  });
}
