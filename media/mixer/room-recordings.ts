// The recordings of rooms: puts the tap into the room's tick, and takes it out again at the end of the recording. The recorder
// writes the files.

import { type Logger, ParleyError, type RecordingId, type RoomId } from "#common";
import type { NotificationSink } from "../leg/index.ts";
import type { Tap, WritingThread, WritingThreadListener } from "../record/index.ts";
import { type Ending, Recorder, type RecordingOrder, startWritingThread } from "../record/index.ts";
import { tickMs } from "../tick.ts";
import type { PictureSink, PictureSize } from "../video/canvas/index.ts";
import type { Room } from "./room.ts";

export interface RoomRecordingsOptions {
  readonly log: Logger;
  readonly notify: NotificationSink;
  readonly pictures: RoomPictures;
  readonly startThread?: ((listener: WritingThreadListener) => WritingThread) | undefined;
}

/** The source of rooms' pictures. */
export interface RoomPictures {
  record(room: RoomId, sink: PictureSink, size?: PictureSize): void;
  endRecord(room: RoomId, sink: PictureSink): void;
}

interface Recorded {
  readonly id: RoomId;
  readonly room: Room;
  readonly sink: PictureSink | undefined;
  readonly tap: Tap;
  /** Refused frames at the last `watch`. */
  refused: number;
  /** Frames were lost at the last `watch`. */
  losing: boolean;
  /** The recording has left the room, which may have another one. */
  left: boolean;
}

export class RoomRecordings {
  readonly #options: RoomRecordingsOptions;
  readonly #recorder: Recorder;
  readonly #rooms = new Map<RecordingId, Recorded>();

  constructor(options: RoomRecordingsOptions) {
    const { log, startThread = startWritingThread } = options;
    this.#options = options;
    this.#recorder = new Recorder({ log, startThread, onEnd: (id, ending) => this.#ended(id, ending) });
  }

  /** Resolves once the recording is being written; rejects with WRONG_STATE or CANNOT_RECORD. */
  start(id: RoomId, room: Room, order: RecordingOrder): Promise<void> {
    if (room.tap) throw new ParleyError("WRONG_STATE", "the room is being recorded already");
    const { tap, picture, ready } = this.#recorder.start(order);
    const sink: PictureSink | undefined =
      order.format === "mp4"
        ? ({ data, key }, { capturedAt, width, height }) =>
            picture({ data, key, width, height, at: capturedAt })
        : undefined;
    const recorded = { id, room, sink, tap, refused: 0, losing: false, left: false };
    this.#rooms.set(order.recording, recorded);
    room.record(tap);
    if (sink) this.#options.pictures.record(id, sink, order.picture);
    return ready;
  }

  /** `recording.ended` follows. No effect when the recording does not run. */
  stop(recording: RecordingId): void {
    if (!this.#rooms.has(recording)) return;
    this.#leave(recording);
    this.#recorder.finish(recording);
  }

  get running(): RecordingId[] {
    return [...this.#rooms.keys()];
  }

  /** Once a second: sends `recording.gap`, once a gap, for recordings that lose frames because the disk is too slow. */
  watch(): void {
    for (const [recording, recorded] of this.#rooms) {
      const { refused } = recorded.tap;
      const losing = refused > recorded.refused;
      if (losing && !recorded.losing) this.#options.notify("recording.gap", { recording });
      recorded.refused = refused;
      recorded.losing = losing;
    }
  }

  /** Called when the room closes. */
  stopIn(room: Room): void {
    for (const [recording, recorded] of this.#rooms) if (recorded.room === room) this.stop(recording);
  }

  /** Resolves when every file is complete. */
  async close(): Promise<void> {
    for (const recording of [...this.#rooms.keys()]) this.stop(recording);
    await this.#recorder.close();
  }

  /** Takes the recording out of its room. */
  #leave(recording: RecordingId): void {
    const recorded = this.#rooms.get(recording);
    if (!recorded || recorded.left) return;
    recorded.left = true;
    recorded.room.record(undefined);
    if (recorded.sink) this.#options.pictures.endRecord(recorded.id, recorded.sink);
  }

  #ended(recording: RecordingId, { reason, message, frames, missing }: Ending): void {
    this.#leave(recording);
    this.#rooms.delete(recording);
    const figures = { durationMs: frames * tickMs, missingMs: missing * tickMs };
    this.#options.notify("recording.ended", { recording, reason, message, ...figures });
  }
}
