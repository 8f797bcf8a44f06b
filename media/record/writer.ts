// A recording as the writing thread sees it: its ring of frames, its files, and the reason when they end early.
// Track 0 is the mix and keeps the time: every tick writes the voices first and the mix last.
import { errorCode, errorMessage } from "#common";
import type { Encoding, RecordedPicture } from "./encoding.ts";
import { type Ending, mixTrack, preparationTrack } from "./messages.ts";
import type { Sink } from "./output.ts";
import { RateChange } from "./rate-change.ts";
import type { FrameRing } from "./ring.ts";
import { Track } from "./track.ts";

export interface WriterOptions {
  readonly ring: FrameRing;
  /** Of each track's file; undefined for a track that was never announced. */
  readonly pathOf: (track: number) => string | undefined;
  readonly createSink: (path: string) => Sink;
  /** Of the track that goes into the file at `path`. */
  readonly createEncoding: (path: string, track: number) => Encoding;
  /** Samples a second of the files. */
  readonly rate: number;
  /** The files are closed; at most once. */
  readonly onEnd: (ending: Ending) => void;
}

const noSpaceCodes: readonly (string | undefined)[] = ["ENOSPC", "EDQUOT", "EFBIG"];

export class RecordingWriter {
  readonly #options: WriterOptions;
  readonly #tracks = new Map<number, Track>();
  #missing = 0;
  #state: "writing" | "finishing" | "ended" = "writing";

  /** Throws when the file of the mix cannot be made. */
  constructor(options: WriterOptions) {
    this.#options = options;
    this.#open(mixTrack);
  }

  /** A picture of the room, for the file of the mix. */
  picture(picture: RecordedPicture): void {
    if (this.#state === "writing") this.#attempt(() => this.#tracks.get(mixTrack)?.picture(picture));
  }

  /** Takes what waits in the ring. */
  drain(): void {
    if (this.#state === "writing") this.#attempt(() => this.#take());
  }

  /** Puts what was taken into the files. */
  flush(): void {
    if (this.#state !== "writing") return;
    this.#attempt(() => {
      for (const track of this.#tracks.values()) track.flush();
    });
  }

  /** Asks the disk to keep what was flushed. */
  sync(): void {
    if (this.#state !== "writing") return;
    for (const track of this.#tracks.values()) track.sync().catch((error) => this.#fail(error));
  }

  /** Takes the rest and closes the files. */
  async finish(): Promise<void> {
    if (this.#state !== "writing") return;
    this.#state = "finishing";
    try {
      this.#take();
      const { offered } = this.#options.ring;
      const mix = this.#tracks.get(mixTrack)!;
      this.#missing += Math.max(0, offered + 1 - mix.frames);
      for (const track of this.#tracks.values()) track.pad(offered + 1);
      for (const track of this.#tracks.values()) await track.finish();
      this.#end({ reason: "finished", message: "", frames: mix.frames, missing: this.#missing });
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(): void {
    this.#options.ring.read(this.#write);
    const { frames } = this.#tracks.get(mixTrack)!;
    for (const track of this.#tracks.values()) track.pad(frames);
  }

  readonly #write = (number: number, position: number, samples: Int16Array): void => {
    if (number === preparationTrack) {
      this.#tracks.get(mixTrack)?.prepare(position, samples);
      return;
    }
    const track = this.#tracks.get(number) ?? this.#open(number);
    if (number === mixTrack) this.#missing += Math.max(0, position - track.frames);
    track.write(position, samples);
  };

  #open(number: number): Track {
    const { createSink, createEncoding, pathOf, rate } = this.#options;
    const path = pathOf(number);
    if (path === undefined) throw new Error(`track ${number} was never announced`);
    const encoding = createEncoding(path, number);
    let sink: Sink | undefined;
    try {
      sink = createSink(path);
      const track = new Track(sink, encoding, new RateChange(rate));
      this.#tracks.set(number, track);
      return track;
    } catch (error) {
      sink?.close();
      encoding.free();
      throw error;
    }
  }

  #attempt(job: () => void): void {
    try {
      job();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const frames = this.#tracks.get(mixTrack)?.frames ?? 0;
    this.#end({ ...endingFor(error), frames, missing: this.#missing });
  }

  #end(ending: Ending): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    for (const track of this.#tracks.values()) track.close();
    this.#options.onEnd(ending);
  }
}

export function endingFor(error: unknown): Pick<Ending, "reason" | "message"> {
  const reason = noSpaceCodes.includes(errorCode(error)) ? "no-space" : "write-failed";
  return { reason, message: errorMessage(error) };
}
