// A disk in memory, and a writing thread that does its work when it is told to.
import type { RecordingId } from "#common";
import { readWavHeader } from "#media/files";
import type { Ending, Order, ToThread } from "../../../../media/record/messages.ts";
import { Mp3Encoding } from "../../../../media/record/mp3.ts";
import type { Sink } from "../../../../media/record/output.ts";
import type { WritingThread, WritingThreadListener } from "../../../../media/record/recorder.ts";
import { FrameRing } from "../../../../media/record/ring.ts";
import { WavEncoding } from "../../../../media/record/wav.ts";
import { RecordingWriter } from "../../../../media/record/writer.ts";

/** A disk with so much room. */
export class MemoryDisk {
  readonly files = new Map<string, Buffer>();
  free = Number.POSITIVE_INFINITY;
  syncs = 0;
  /** It keeps nothing any more. */
  broken = false;
  readonly open = new Set<string>();

  readonly createSink = (path: string): Sink => {
    if (this.files.has(path)) throw Object.assign(new Error(`${path} exists`), { code: "EEXIST" });
    this.files.set(path, Buffer.alloc(0));
    this.open.add(path);
    const grow = (size: number) => {
      const file = this.files.get(path)!;
      if (size <= file.length) return;
      this.free -= size - file.length;
      if (this.free < 0) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      this.files.set(path, Buffer.concat([file, Buffer.alloc(size - file.length)]));
    };
    return {
      write: (bytes, position) => {
        grow(position + bytes.length);
        this.files.get(path)!.set(bytes, position);
      },
      extend: grow,
      sync: async () => {
        if (this.broken) throw Object.assign(new Error("input/output error"), { code: "EIO" });
        this.syncs += 1;
      },
      close: () => void this.open.delete(path),
    };
  };

  /** The samples of a WAV file, as many as its header says there are. */
  samples(path: string): Int16Array {
    const file = this.files.get(path)!;
    const header = readWavHeader(file);
    if (!header.ok) throw new Error(header.error);
    const { dataOffset, dataBytes } = header.value;
    return Int16Array.from({ length: dataBytes / 2 }, (_, at) => file.readInt16LE(dataOffset + 2 * at));
  }
}

/** Does everything at once, and drains when `work` is called. */
export class FakeThread implements WritingThread {
  readonly disk = new MemoryDisk();
  readonly ended: Promise<void>;
  readonly #writers = new Map<RecordingId, RecordingWriter>();
  readonly #names = new Map<number, string>();
  readonly #listener: WritingThreadListener;
  #resolveEnded = () => {};

  constructor(listener: WritingThreadListener) {
    this.#listener = listener;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  send(message: ToThread): void {
    switch (message.kind) {
      case "start":
        this.#start(message.recording, message.order, new FrameRing(message.ring));
        break;
      case "track":
        this.#names.set(message.track, message.name);
        break;
      case "finish":
        void this.#writers.get(message.recording)?.finish();
        break;
      case "close":
        void Promise.all([...this.#writers.values()].map((writer) => writer.finish())).then(
          this.#resolveEnded,
        );
    }
  }

  work(): void {
    for (const writer of this.#writers.values()) {
      writer.drain();
      writer.flush();
    }
  }

  die(reason: string): void {
    this.#listener.died(reason);
    this.#resolveEnded();
  }

  #start(recording: RecordingId, order: Order, ring: FrameRing): void {
    try {
      const pathOf = (track: number) =>
        track === 0
          ? order.path
          : this.#names.has(track)
            ? `${order.path}.${this.#names.get(track)}`
            : undefined;
      const writer = new RecordingWriter({
        ring,
        rate: order.rate,
        pathOf,
        createSink: this.disk.createSink,
        createEncoding: () => (order.format === "wav" ? new WavEncoding(order.rate) : new Mp3Encoding(order)),
        onEnd: (ending: Ending) => {
          this.#writers.delete(recording);
          this.#listener.received({ kind: "ended", recording, ending });
        },
      });
      this.#writers.set(recording, writer);
      this.#listener.received({ kind: "started", recording });
    } catch (error) {
      const ending = { reason: "write-failed", message: String(error), frames: 0, missing: 0 } as const;
      this.#listener.received({ kind: "ended", recording, ending });
    }
  }
}
