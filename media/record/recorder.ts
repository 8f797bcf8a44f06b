// The recordings of a media worker, in the thread that mixes: starts them, hands out their taps, keeps the writing
// thread, and reports once for each how it ended. The thread is started with the first recording and stays.

import { type LegId, type Logger, ParleyError, type RecordingId } from "#common";
import { tickMs } from "../tick.ts";
import type { RecordedPicture } from "./encoding.ts";
import { type Ending, endingOfThread, type FromThread, type Order, type ToThread } from "./messages.ts";
import { createSharedRing, FrameRing } from "./ring.ts";
import { Tap } from "./tap.ts";
import { Timeline } from "./timeline.ts";

/** The writing thread as the recorder sees it. */
export interface WritingThread {
  send(message: ToThread): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

export interface WritingThreadListener {
  received(message: FromThread): void;
  /** The thread has ended without a request. */
  died(reason: string): void;
}

export interface RecorderOptions {
  readonly log: Logger;
  readonly startThread: (listener: WritingThreadListener) => WritingThread;
  readonly onEnd: (recording: RecordingId, ending: Ending) => void;
}

export interface RecordingOrder extends Order {
  readonly recording: RecordingId;
  /** A track of its own for each leg, beside the mix. */
  readonly separate: boolean;
  /** The size of the room's picture as long as it is recorded; absent: its present size. */
  readonly picture?: { readonly width: number; readonly height: number } | undefined;
}

export interface StartedRecording {
  readonly tap: Tap;
  /** For each picture of the room, if the format has any. False: it was left out, and nothing but a key frame is of use. */
  readonly picture: (picture: ComposedPicture) => boolean;
  /** Resolves once the file is there; rejects with CANNOT_RECORD. */
  readonly ready: Promise<void>;
}

export interface ComposedPicture extends Omit<RecordedPicture, "atMs"> {
  /** When it was composed, monotonic milliseconds, as the ticks are due. */
  readonly at: number;
}

interface Running {
  readonly ready: PromiseWithResolvers<void>;
  finishing: boolean;
}

/** Powers of two: about ten seconds of a mix; of a mix and seven voices, five. */
const mixSlots = 512;
const separateSlots = 2048;
/** Pictures on their way to the writing thread; when a slow disk keeps it, more are left out. Ten seconds of 30 a second. */
const maxPictures = 300;

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #running = new Map<RecordingId, Running>();
  #thread: WritingThread | undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running.size;
  }

  /** From the next tick on. `ready` tells whether it can be written. */
  start({ recording, separate, ...order }: RecordingOrder): StartedRecording {
    if (this.#running.has(recording)) {
      throw new ParleyError("WRONG_STATE", `recording ${recording} runs already`);
    }
    const shared = createSharedRing(separate ? separateSlots : mixSlots);
    const ready = Promise.withResolvers<void>();
    this.#running.set(recording, { ready, finishing: false });
    this.#thread ??= this.#startThread();
    const thread = this.#thread;
    const picturesTaken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    thread.send({ kind: "start", recording, order, ring: shared, picturesTaken });
    const announce = (track: number, leg: LegId) =>
      thread.send({ kind: "track", recording, track, name: fileNamePart(leg) });
    const timeline = new Timeline(tickMs);
    const tap = new Tap({
      ...{ ring: new FrameRing(shared), timeline },
      announce: separate ? announce : undefined,
    });
    let sent = 0;
    let complete = true;
    const picture = ({ at, data, ...more }: ComposedPicture): boolean => {
      const atMs = timeline.sinceStart(at);
      complete ||= more.key;
      const isFull = sent - Atomics.load(picturesTaken, 0) >= maxPictures;
      if (atMs === undefined || isFull) complete = false;
      if (atMs === undefined || !complete) return false;
      sent += 1;
      // A copy: a message would take along whatever else lies in the same memory.
      thread.send({ kind: "picture", recording, picture: { ...more, atMs, data: Uint8Array.from(data) } });
      return true;
    };
    return { tap, picture, ready: ready.promise };
  }

  /** Its tap must have been removed before. `onEnd` follows once the files are complete. */
  finish(recording: RecordingId): void {
    const running = this.#running.get(recording);
    if (!running || running.finishing) return;
    running.finishing = true;
    this.#thread?.send({ kind: "finish", recording });
  }

  /** Resolves when every file is complete; idempotent. */
  async close(): Promise<void> {
    const thread = this.#thread;
    if (!thread) return;
    thread.send({ kind: "close" });
    await thread.ended;
  }

  #startThread(): WritingThread {
    return this.#options.startThread({
      received: (message) => {
        if (message.kind === "started") this.#running.get(message.recording)?.ready.resolve();
        else this.#end(message.recording, message.ending);
      },
      died: (reason) => {
        this.#options.log.error({ reason }, "the thread that writes recordings died");
        this.#thread = undefined;
        for (const recording of [...this.#running.keys()]) this.#end(recording, endingOfThread(reason));
      },
    });
  }

  #end(recording: RecordingId, ending: Ending): void {
    const running = this.#running.get(recording);
    if (!running) return;
    this.#running.delete(recording);
    const failed = ending.reason === "finished" ? undefined : ending.message;
    // Once the recording runs, no caller awaits `ready`: its rejection must not count as unhandled.
    running.ready.promise.catch(() => {});
    running.ready.reject(new ParleyError("CANNOT_RECORD", failed ?? "it ended at once"));
    this.#options.onEnd(recording, ending);
  }
}

/** Ids are hexadecimal and hyphens; nothing else gets into a path. */
const fileNamePart = (id: string): string => id.replace(/[^A-Za-z0-9-]/g, "_");
