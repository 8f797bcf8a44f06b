// Which room is being recorded: puts the tap into the room's tick and takes it out again, whatever ends the
// recording. Writing is the recorder's.
import { type Logger, ParleyError, type RecordingId } from "#common";
import type { NotificationSink } from "../leg/index.ts";
import type { WritingThread, WritingThreadListener } from "../record/index.ts";
import { type Ending, Recorder, type RecordingOrder, startWritingThread } from "../record/index.ts";
import type { Room } from "./room.ts";

export interface RoomRecordingsOptions {
  readonly log: Logger;
  readonly notify: NotificationSink;
  readonly startThread?: ((listener: WritingThreadListener) => WritingThread) | undefined;
}

const tickMs = 20;

export class RoomRecordings {
  readonly #options: RoomRecordingsOptions;
  readonly #recorder: Recorder;
  readonly #rooms = new Map<RecordingId, Room>();

  constructor(options: RoomRecordingsOptions) {
    const { log, startThread = startWritingThread } = options;
    this.#options = options;
    this.#recorder = new Recorder({ log, startThread, onEnd: (id, ending) => this.#ended(id, ending) });
  }

  /** Resolves once it is being written; rejects with WRONG_STATE or CANNOT_RECORD. */
  start(room: Room, order: RecordingOrder): Promise<void> {
    if (room.tap) throw new ParleyError("WRONG_STATE", "the room is being recorded already");
    const { tap, ready } = this.#recorder.start(order);
    this.#rooms.set(order.recording, room);
    room.record(tap);
    return ready;
  }

  /** `recording.ended` follows. Stopping one that does not run changes nothing. */
  stop(recording: RecordingId): void {
    const room = this.#rooms.get(recording);
    if (!room) return;
    room.record(undefined);
    this.#recorder.finish(recording);
  }

  /** The room is no more. */
  stopIn(room: Room): void {
    for (const [recording, recorded] of this.#rooms) if (recorded === room) this.stop(recording);
  }

  /** Resolves when every file is complete. */
  async close(): Promise<void> {
    for (const recording of [...this.#rooms.keys()]) this.stop(recording);
    await this.#recorder.close();
  }

  #ended(recording: RecordingId, { reason, message, frames, missing }: Ending): void {
    this.#rooms.get(recording)?.record(undefined);
    this.#rooms.delete(recording);
    const figures = { durationMs: frames * tickMs, missingMs: missing * tickMs };
    this.#options.notify("recording.ended", { recording, reason, message, ...figures });
  }
}
