// The worker's side of the video process: starts it when the first canvas opens, tells it what is open, starts it again
// when it dies and tells it everything again, ends it when nothing has been open for a while. What is sent is bounded:
// pictures are dropped when the process lags, and the source is asked for a key frame.
//
//   idle ──something opens──▶ starting ──ready──▶ running ──dies──▶ resting ──▶ starting
//     ▲────────────nothing open for half a minute──────┘
import {
  type Clock,
  errorMessage,
  type Logger,
  machineTime,
  ParleyError,
  type Timer,
  unreachable,
} from "#common";
import {
  type CanvasSize,
  encodeHead,
  type FromProcess,
  isFromProcess,
  type OutputFormat,
  type Scene,
  type ToProcess,
  type VideoCounters,
  WireReader,
} from "../process/index.ts";
import type { VideoCodecName, VideoFrame } from "../types.ts";
import type { Compositor, CompositorListener } from "./compositor.ts";
import { Quarantine, stuckMs } from "./quarantine.ts";
import { type ProcessHandle, spawnVideoProcess } from "./spawn.ts";

export interface VideoProcessOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly listener: CompositorListener;
  readonly spawn?: () => ProcessHandle;
  /** CLOCK_MONOTONIC, milliseconds. */
  readonly systemMonotonic?: () => number;
}

/** Of the process that runs, and of this side since the worker began. */
export interface VideoProcessFigures extends Partial<VideoCounters> {
  /** Coded pictures that were not sent to the process because it lagged or was not there. */
  readonly dropped: number;
  /** Times that it died. */
  readonly deaths: number;
}

/** Unsent bytes above which pictures are dropped: about half a second of nine senders. */
const droppableBytes = 1 << 20;
/** Unsent bytes above which the process counts as stuck. */
const pendingBytes = 16 << 20;
const heartbeatMs = 1000;
const maxMissed = 5;
/** A machine at its limit takes its time, and a process that is killed for that begins again. */
const readyMs = 60_000;
const idleMs = 30_000;
const endMs = 2000;
const askEveryMs = 500;
const snapshotMs = 5000;
/** Before each start after a death; the last one again and again. */
const restMs = [0, 250, 500, 1000, 2000, 5000];
/** A process that has lived so long begins the row again. */
const longLifeMs = 30_000;

interface OpenSource {
  readonly codec: VideoCodecName;
  readonly still: boolean;
  /** Something was dropped: nothing but a key frame is of use. */
  waitsForKey: boolean;
  askedAt: number;
}

interface Running {
  readonly handle: ProcessHandle;
  readonly startedAt: number;
  isReady: boolean;
  /** By us. */
  wasKilled: boolean;
  timer: Timer | undefined;
}

export class VideoProcess implements Compositor {
  readonly #options: VideoProcessOptions;
  readonly #canvases = new Map<number, { size: CanvasSize; scene: Scene | undefined }>();
  readonly #sources = new Map<number, OpenSource>();
  readonly #outputs = new Map<number, { readonly canvas: number; format: OutputFormat }>();
  readonly #quarantine = new Quarantine();
  readonly #snapshots = new Map<number, { done(error?: string): void }>();
  #running: Running | undefined;
  /** Until the next start, or until an idle process is ended. */
  #wait: Timer | undefined;
  #closed = false;
  #nextSnapshot = 0;
  #counters: VideoCounters | undefined;
  #dropped = 0;
  #deaths = 0;
  /** In a row, none of which lived long. */
  #earlyDeaths = 0;

  constructor(options: VideoProcessOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#running?.handle.pid;
  }

  get figures(): VideoProcessFigures {
    return { ...this.#counters, dropped: this.#dropped, deaths: this.#deaths };
  }

  /** Opening an open canvas changes its size; its scene and its outputs stay. */
  openCanvas(canvas: number, size: CanvasSize): void {
    const { width, height, framerate } = size;
    const open = { size: { width, height, framerate }, scene: this.#canvases.get(canvas)?.scene };
    this.#canvases.set(canvas, open);
    this.#send({ kind: "canvas.open", canvas, size: open.size });
    this.#follow();
  }

  setScene(canvas: number, scene: Scene): void {
    const open = this.#canvases.get(canvas);
    if (!open) return;
    open.scene = scene;
    this.#send({ kind: "canvas.scene", canvas, scene });
  }

  closeCanvas(canvas: number): void {
    if (!this.#canvases.delete(canvas)) return;
    this.#send({ kind: "canvas.close", canvas });
    this.#follow();
  }

  openSource(source: number, codec: VideoCodecName, still: boolean): void {
    this.#sources.set(source, { codec, still, waitsForKey: false, askedAt: Number.NEGATIVE_INFINITY });
    this.#send({ kind: "source.open", source, codec, still });
    this.#follow();
  }

  /** `frame.data` must not be changed afterwards. */
  sendFrame(source: number, frame: VideoFrame): void {
    const open = this.#sources.get(source);
    if (!open || this.#quarantine.has(source)) return;
    const stream = this.#running?.isReady ? this.#running.handle.stream : undefined;
    if (!stream) {
      this.#dropped += 1;
      return;
    }
    if (stream.writableLength > droppableBytes) open.waitsForKey = true;
    else if (frame.key) open.waitsForKey = false;
    if (open.waitsForKey) {
      this.#dropped += 1;
      this.#askForKey(source, open);
      return;
    }
    const { key, timestamp, data } = frame;
    this.#send({ kind: "source.frame", source, key, timestamp }, data);
  }

  closeSource(source: number): void {
    if (!this.#sources.delete(source)) return;
    this.#quarantine.forget(source);
    this.#send({ kind: "source.close", source });
    this.#follow();
  }

  openOutput(output: number, canvas: number, format: OutputFormat): void {
    this.#outputs.set(output, { canvas, format });
    this.#send({ kind: "output.open", output, canvas, format });
  }

  /** The next picture is a key frame; requests are merged, two a second at most. */
  requestKey(output: number): void {
    if (this.#outputs.has(output)) this.#send({ kind: "output.key", output });
  }

  closeOutput(output: number): void {
    if (this.#outputs.delete(output)) this.#send({ kind: "output.close", output });
  }

  /** Writes the picture into a new file, JPEG. Rejects with UNAVAILABLE when the process is not there or cannot. */
  snapshot(canvas: number, path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const id = this.#nextSnapshot++;
      const limit = this.#options.clock.after(snapshotMs, () => done("it took too long"));
      const done = (error?: string): void => {
        limit.cancel();
        this.#snapshots.delete(id);
        if (error === undefined) resolve();
        else reject(new ParleyError("UNAVAILABLE", `no picture was written: ${error}`));
      };
      this.#snapshots.set(id, { done });
      if (!this.#running?.isReady) done("the video process is not running");
      else this.#send({ kind: "snapshot", id, canvas, path });
    });
  }

  /** Ends the process for good. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wait?.cancel();
    this.#end();
  }

  /** After something opened or closed: is a process needed? */
  #follow(): void {
    if (this.#closed) return;
    const { clock } = this.#options;
    const isNeeded = this.#canvases.size > 0 || this.#sources.size > 0;
    if (isNeeded && this.#running) {
      this.#wait?.cancel();
      this.#wait = undefined;
    } else if (isNeeded) {
      // Where it rests after a death, the next start is armed already.
      if (!this.#wait) this.#start();
    } else if (this.#running && !this.#wait) {
      this.#wait = clock.after(idleMs, () => {
        this.#wait = undefined;
        this.#end();
      });
    }
  }

  #start(): void {
    const { clock, log, spawn = spawnVideoProcess } = this.#options;
    const handle = spawn();
    const running: Running = {
      handle,
      startedAt: clock.monotonic(),
      isReady: false,
      wasKilled: false,
      timer: undefined,
    };
    this.#running = running;
    running.timer = clock.after(readyMs, () => this.#kill(running, "it did not get ready"));
    log.debug({ pid: handle.pid }, "a video process starts");
    const reader = new WireReader();
    handle.stream.on("data", (chunk: Buffer) => {
      try {
        for (const { head, bytes } of reader.push(chunk)) {
          if (this.#running !== running) return;
          if (!isFromProcess(head)) throw new ParleyError("BAD_FRAME", "it says what it must not");
          this.#receive(running, head, bytes);
        }
      } catch (error) {
        this.#kill(running, errorMessage(error));
      }
    });
    handle.stream.on("error", (error) => this.#kill(running, errorMessage(error)));
    void handle.ended.then((reason) => this.#lose(running, reason));
  }

  #receive(running: Running, message: FromProcess, bytes: Buffer): void {
    const { listener, log } = this.#options;
    switch (message.kind) {
      case "ready":
        if (!running.isReady) this.#replay(running);
        break;
      case "frame": {
        const { output, key, timestamp, capturedAt } = message;
        if (this.#outputs.has(output)) listener.onFrame(output, { data: bytes, key, timestamp, capturedAt });
        break;
      }
      case "source.key":
        if (this.#sources.has(message.source)) listener.onKeyFrameNeeded(message.source);
        break;
      case "snapshot":
        this.#snapshots.get(message.id)?.done(message.error);
        break;
      case "pong":
        this.#counters = message.counters;
        this.#arm(running, 0);
        break;
      case "warning":
        log.warn({ text: message.text }, "the video process warns");
        break;
      default:
        unreachable(message);
    }
  }

  #replay(running: Running): void {
    running.isReady = true;
    running.timer?.cancel();
    for (const [canvas, { size, scene }] of this.#canvases) {
      this.#send({ kind: "canvas.open", canvas, size });
      if (scene) this.#send({ kind: "canvas.scene", canvas, scene });
    }
    for (const [source, open] of this.#sources) {
      open.waitsForKey = false;
      this.#send({ kind: "source.open", source, codec: open.codec, still: open.still });
    }
    for (const [output, { canvas, format }] of this.#outputs) {
      this.#send({ kind: "output.open", output, canvas, format });
    }
    this.#arm(running, 0);
    this.#ping();
  }

  /** Counts beats that were not answered; `#receive` arms it again for each that was. */
  #arm(running: Running, missed: number): void {
    running.timer?.cancel();
    running.timer = this.#options.clock.after(heartbeatMs, () => {
      if (missed >= maxMissed) {
        this.#kill(running, `it did not answer ${missed} times`);
        return;
      }
      this.#arm(running, missed + 1);
      this.#ping();
    });
  }

  #ping(): void {
    this.#send({ kind: "ping" });
  }

  #send(message: ToProcess, bytes?: Uint8Array): void {
    const running = this.#running;
    if (!running?.isReady) return;
    const { stream } = running.handle;
    stream.cork();
    stream.write(encodeHead(message, bytes?.length));
    if (bytes) stream.write(bytes);
    stream.uncork();
    if (stream.writableLength > pendingBytes) this.#kill(running, "it does not read");
  }

  #askForKey(source: number, open: OpenSource): void {
    const now = this.#options.clock.monotonic();
    if (now - open.askedAt < askEveryMs) return;
    open.askedAt = now;
    this.#options.listener.onKeyFrameNeeded(source);
  }

  #kill(running: Running, reason: string): void {
    if (this.#running !== running) return;
    running.wasKilled = true;
    running.handle.kill();
    this.#lose(running, reason);
  }

  #lose(running: Running, reason: string): void {
    if (this.#running !== running) return;
    const { clock, log, listener } = this.#options;
    this.#blame(running);
    this.#release(running);
    this.#deaths += 1;
    const lived = clock.monotonic() - running.startedAt;
    this.#earlyDeaths = lived >= longLifeMs ? 0 : this.#earlyDeaths + 1;
    const rest = restMs[Math.min(this.#earlyDeaths, restMs.length) - 1] ?? 0;
    log.warn({ reason, livedMs: Math.round(lived), restMs: rest }, "the video process is gone");
    this.#wait?.cancel();
    this.#wait = clock.after(rest, () => {
      this.#wait = undefined;
      this.#follow();
    });
    listener.onLost();
  }

  /** Blames the source whose picture the process was decoding when it died, if any. */
  #blame({ handle, wasKilled }: Running): void {
    const { clock, log, listener, systemMonotonic = machineTime } = this.#options;
    const decoding = handle.decoding();
    if (!decoding || !this.#sources.has(decoding.source)) return;
    const { source } = decoding;
    // One that we killed was kept by this source, or merely slow.
    if (wasKilled && systemMonotonic() - decoding.since < stuckMs) return;
    if (!this.#quarantine.strike(decoding, clock.monotonic())) return;
    log.warn({ source }, "the video process ended again while it decoded this source, which is refused");
    listener.onRefused(source);
  }

  /** Ends a process that is not needed any more: it exits when its connection ends. */
  #end(): void {
    const running = this.#running;
    if (!running) return;
    this.#release(running);
    const limit = this.#options.clock.after(endMs, () => running.handle.kill());
    void running.handle.ended.then(() => limit.cancel());
    running.handle.stream.end();
  }

  #release(running: Running): void {
    this.#running = undefined;
    running.timer?.cancel();
    this.#counters = undefined;
    for (const { done } of this.#snapshots.values()) done("the video process ended");
  }
}
