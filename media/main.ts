// The main program of a media worker: starts settings, prompts, engine, command table and control socket, and ends them in the
// opposite order. When its controller has ended it goes on mixing for the grace period, in which the next one may attach; without
// legs it waits only briefly. SIGINT is ignored: the controller ends the worker when its calls have ended.
import { randomBytes } from "node:crypto";
import {
  createLogger,
  delay,
  errorMessage,
  IdleMemory,
  type Logger,
  ok,
  StartError,
  systemClock,
  type Timer,
  within,
} from "#common";
import { GcWatch, goRealTime, sleepThread } from "./clock/index.ts";
import { type ControllerListener, type ControlServer, listenForController } from "./control/index.ts";
import { Engine } from "./mixer/index.ts";
import { PromptPlayer } from "./playback/index.ts";
import { exitWrongSettings } from "./protocol.ts";
import { clipFilesIn } from "./record/index.ts";
import { chooseMediaSockets, PortPool } from "./rtp/index.ts";
import { loadSrtpCrypto } from "./srtp/index.ts";
import { VideoProcess } from "./video/canvas/index.ts";
import { loadDtlsIdentity } from "./webrtc/index.ts";
import { HostNames } from "./worker/host-names.ts";
import { parseSettings, type WorkerSettings } from "./worker/settings.ts";
import { Worker } from "./worker/worker.ts";

/** The limit for the first hello: a controller that has not sent it by then is gone. */
const firstHelloMs = 30_000;
/** Twice the time after which the logger writes. */
const logFlushMs = 200;
/** The grace period without legs: enough for a controller that is restarted at once. */
const idleGraceMs = 10_000;
/** The longest time by which a disk that hangs delays the start or the end. */
const preparationLimitMs = 500;
const fileLimitMs = 500;

/** The DSCP of video: AF41 (RFC 4594 §4.4). */
const interactiveVideo = 34;

/** Digits that fit the 63 bits many parsers give an SDP session id (RFC 8866 §5.2). */
const newSessionId = (): string => (randomBytes(8).readBigUInt64BE() >> 1n).toString();

async function main(settings: WorkerSettings): Promise<void> {
  const clock = systemClock;
  const log = createLogger(settings.logLevel, "media", settings.logFormat).child({ worker: settings.index });
  const playback = new PromptPlayer({
    ...{ clock, log },
    promptsPath: settings.promptsPath,
    musicPath: settings.musicPath,
    clipsPath: settings.clipsPath || undefined,
  });
  const prepared = playback.prepare();
  const sockets = await chooseMediaSockets({ clock, log });
  // Not read before each tick: video does not depend on the tick.
  const videoSockets = await chooseMediaSockets({ clock, log, codePoint: interactiveVideo });
  const srtpCrypto = await loadSrtpCrypto(log);
  const dtls = await loadDtlsIdentity({ clock, log });
  const gc = new GcWatch();
  const realTime = await goRealTime({ clock, log });
  const engine: Engine = new Engine({
    clock,
    log,
    playback,
    ports: new PortPool({ clock, min: settings.rtpMin, max: settings.rtpMax }),
    openSocket: sockets.open,
    pollSockets: sockets.poll,
    ...(sockets.kind === "polled" && { sleep: sleepThread }),
    srtpCrypto,
    dtlsIdentity: dtls,
    sound: { agc: settings.agc, noiseGate: settings.noiseGate },
    gc,
    clips: settings.clipsPath === "" ? undefined : clipFilesIn(settings.clipsPath),
    ...(realTime && { realTime }),
    ...(settings.videoCodecs.length > 0 && {
      startCompositor: (listener) => new VideoProcess({ clock, log, listener }),
      openVideoSocket: videoSockets.open,
      pollVideoSockets: videoSockets.poll,
    }),
    videoGuard: settings.videoGuard,
    notify: (name, data) => worker.notify(name, data),
  });
  const worker: Worker = new Worker(engine, {
    ...{ clock, log, newSessionId },
    hostNames: new HostNames(clock),
    dtlsFingerprint: dtls?.fingerprint,
    videoCodecs: settings.videoCodecs,
  });

  const memory = new IdleMemory({ clock, isBusy: () => engine.legs > 0 });

  let absence: Timer | undefined;
  let server: ControlServer | undefined;
  const end = once(async (why: string) => {
    log.info({ why }, "media worker ends");
    absence?.cancel();
    memory.close();
    worker.close();
    await server?.close();
    await engine.close();
    await sockets.close();
    await videoSockets.close();
    const closed = await within(playback.close().then(ok), { clock, limitMs: fileLimitMs });
    gc.close();
    realTime?.close();
    // Writes the last lines in the background: at exit the log repeats a write for ever whose reader has gone (EPIPE).
    await delay(clock, logFlushMs);
    // process.exit would wait for the threads that read files.
    if (!closed) process.kill(process.pid, "SIGKILL");
    process.exit(0);
  });
  const awaitController = (limitMs: number, why: string): void => {
    absence?.cancel();
    absence = clock.after(limitMs, () => {
      if (!worker.dispatcher.connected) end(why);
    });
  };
  const listener: ControllerListener = {
    connected(channel) {
      worker.dispatcher.attach(channel);
      return {
        frame: (frame) => worker.dispatcher.handle(frame),
        closed(reason) {
          const { connected } = worker.dispatcher;
          worker.dispatcher.detach();
          log.debug({ reason, connected }, "a connection ended");
          if (!connected) return;
          const { graceMs } = settings;
          const limitMs = worker.hasLegs ? graceMs : Math.min(graceMs, idleGraceMs);
          awaitController(limitMs, `there was no controller for ${limitMs / 1000} s`);
        },
      };
    },
    rejected: () => log.warn("a second controller was rejected"),
  };
  process.on("SIGTERM", () => end("SIGTERM"));
  process.on("SIGINT", () => {});
  // The reader of our output may end with the controller; the calls go on.
  process.stderr.on("error", () => {});
  process.on("uncaughtException", (error) => die(log, error));
  await within(prepared, { clock, limitMs: preparationLimitMs });
  engine.start();
  server = await listenForController(settings.socketPath, listener);
  awaitController(firstHelloMs, "no controller came");
  log.info({ rtpMin: settings.rtpMin, rtpMax: settings.rtpMax }, "media worker listens");
}

/** Ends the process after a bug, because its state is not reliable any more: the controller starts another worker. */
function die(log: Logger, error: unknown): never {
  log.fatal({ err: error }, "media worker dies of a bug");
  process.exit(1);
}

function once(action: (why: string) => Promise<void>): (why: string) => void {
  let begun = false;
  return (why) => {
    if (begun) return;
    begun = true;
    void action(why);
  };
}

try {
  await main(parseSettings(process.argv.slice(2)));
} catch (error) {
  console.error(`media worker: ${errorMessage(error)}`);
  process.exit(error instanceof StartError ? exitWrongSettings : 1);
}
