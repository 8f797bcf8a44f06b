// The writing thread of a media worker: empties the rings of all recordings, encodes, writes. An encode or a slow
// disk costs time here and never in the thread that mixes; on a busy machine it has a lower priority than that one.
import { readlinkSync } from "node:fs";
import { getPriority, setPriority } from "node:os";
import { parentPort, receiveMessageOnPort } from "node:worker_threads";
import { AV_LOG_ERROR } from "node-av/constants";
import { Log } from "node-av/lib";
import { type RecordingId, systemClock } from "#common";
import type { Encoding } from "./encoding.ts";
import { createFileSink } from "./file-sink.ts";
import { type FromThread, mixTrack, type Order, type PicturesConsumed, type ToThread } from "./messages.ts";
import { Mp3Encoding } from "./mp3.ts";
import { Mp4Encoding } from "./mp4.ts";
import { FrameRing } from "./ring.ts";
import { WavEncoding } from "./wav.ts";
import { endingFor, RecordingWriter } from "./writer.ts";

const drainEveryMs = 100;
const drainsPerFlush = 4;
const drainsPerSync = 10;
/** Steps of niceness behind the rest of the process. */
const behind = 5;
const lowestPriority = 19;

const port = parentPort!;
const writers = new Map<RecordingId, RecordingWriter>();
const picturesTaken = new Map<RecordingId, PicturesConsumed>();
const trackNames = new Map<RecordingId, Map<number, string>>();
/** Received while a ring was being read, handled after it. */
const deferred: ToThread[] = [];
let drains = 0;
let closing = false;

const send = (message: FromThread): void => port.postMessage(message);

function createEncoding({ format, rate, kbps, further }: Order, path: string, track: number): Encoding {
  switch (format) {
    case "wav":
      return new WavEncoding(rate);
    case "mp4":
      return new Mp4Encoding({ path, rate, kbps, further, pictures: track === mixTrack });
    case "mp3":
      return new Mp3Encoding({ rate, kbps });
  }
}

function start(recording: RecordingId, order: Order, ring: FrameRing): void {
  const names = new Map<number, string>();
  trackNames.set(recording, names);
  const forget = () => {
    writers.delete(recording);
    trackNames.delete(recording);
    picturesTaken.delete(recording);
  };
  const pathOf = (track: number) => {
    if (track === 0) return `${order.path}.${order.format}`;
    if (!names.has(track)) readTrackNames();
    const name = names.get(track);
    return name === undefined ? undefined : `${order.path}.${name}.${order.format}`;
  };
  try {
    const writer = new RecordingWriter({
      ring,
      pathOf,
      createSink: createFileSink,
      createEncoding: (path, track) => createEncoding(order, path, track),
      rate: order.rate,
      onEnd(ending) {
        forget();
        send({ kind: "ended", recording, ending });
        endIfDone();
      },
    });
    writers.set(recording, writer);
    send({ kind: "started", recording });
  } catch (error) {
    forget();
    send({ kind: "ended", recording, ending: { ...endingFor(error), frames: 0, missing: 0 } });
  }
}

function endIfDone(): void {
  if (closing && writers.size === 0) port.close();
}

function poll(): void {
  drains += 1;
  for (const writer of [...writers.values()]) {
    writer.drain();
    if (drains % drainsPerFlush === 0) writer.flush();
    if (drains % drainsPerSync === 0) writer.sync();
  }
  for (const message of deferred.splice(0)) handle(message);
  if (!closing || writers.size > 0) systemClock.after(drainEveryMs, poll);
}

function handle(message: ToThread): void {
  switch (message.kind) {
    case "start":
      picturesTaken.set(message.recording, message.picturesTaken);
      start(message.recording, message.order, new FrameRing(message.ring));
      break;
    case "picture": {
      writers.get(message.recording)?.picture(message.picture);
      const taken = picturesTaken.get(message.recording);
      if (taken) Atomics.add(taken, 0, 1);
      break;
    }
    case "track":
      trackNames.get(message.recording)?.set(message.track, message.name);
      break;
    case "finish":
      void writers.get(message.recording)?.finish();
      break;
    case "close":
      closing = true;
      for (const writer of [...writers.values()]) void writer.finish();
      endIfDone();
  }
}

/** A track is announced before it is in the ring, but a ring is faster than messages: its name may still be on the way. */
function readTrackNames(): void {
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
    const message: ToThread = next.message;
    if (message.kind === "track" && trackNames.has(message.recording)) handle(message);
    else deferred.push(message);
  }
}

/** Linux lets each thread have a niceness of its own, and gives its id here. */
function lowerPriority(): void {
  try {
    const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    setPriority(thread, Math.min(lowestPriority, getPriority(thread) + behind));
  } catch {
    // Elsewhere it stays as it is.
  }
}

Log.setLevel(AV_LOG_ERROR);
port.on("message", handle);
lowerPriority();
poll();
