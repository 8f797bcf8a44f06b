// The captures of legs' voices, one a leg at a time: from the command to the clip on the disk and the notification
// `leg.captured`. Clips are written after the tick, one a turn of the event loop. The clip of a leg that has closed meanwhile is
// removed again.
import { errorCode, type LegId, type Logger, ParleyError } from "#common";
import type { Leg, NotificationSink } from "../leg/index.ts";
import type { Notification } from "../protocol.ts";
import { Capture, type CaptureOrder, type ClipFiles, captureRate, trimAndLevel } from "../record/index.ts";

export interface CapturesOptions {
  readonly log: Logger;
  readonly notify: NotificationSink;
  /** Undefined: there is no folder for clips. */
  readonly files: ClipFiles | undefined;
}

interface Running {
  readonly leg: Leg;
  readonly clip: string;
  readonly capture: Capture;
}

export class Captures {
  readonly #options: CapturesOptions;
  /** The captures whose notification has not been sent. */
  readonly #running = new Map<LegId, Running>();
  readonly #over: Running[] = [];
  #pumping = false;

  constructor(options: CapturesOptions) {
    this.#options = options;
  }

  /** Throws WRONG_STATE or CANNOT_RECORD. */
  start(leg: Leg, { clip, ...limits }: CaptureOrder): void {
    const { files } = this.#options;
    if (!files) throw new ParleyError("CANNOT_RECORD", "there is no folder for clips");
    if (this.#running.has(leg.id)) throw new ParleyError("WRONG_STATE", `leg ${leg.id} is being captured`);
    const capture = new Capture(limits, () => this.#isOver(running));
    const running: Running = { leg, clip, capture };
    // Creates the conversion before the ticks need it.
    leg.wake();
    leg.voice.signal.at(captureRate);
    leg.voice.capture = capture;
    this.#running.set(leg.id, running);
  }

  /** No effect when no capture runs. */
  finish(leg: Leg): void {
    this.#running.get(leg.id)?.capture.finish();
  }

  /** The leg closes: no notification is sent. */
  drop(leg: Leg): void {
    this.#running.delete(leg.id);
    leg.voice.capture = undefined;
  }

  #isOver(running: Running): void {
    this.#over.push(running);
    this.#pump();
  }

  #pump(): void {
    if (this.#pumping || this.#over.length === 0) return;
    this.#pumping = true;
    setImmediate(this.#next);
  }

  readonly #next = (): void => {
    this.#pumping = false;
    const running = this.#over.shift();
    if (running) void this.#keep(running);
    this.#pump();
  };

  async #keep(running: Running): Promise<void> {
    const { leg, clip, capture } = running;
    if (!this.#isWanted(running)) return;
    leg.voice.capture = undefined;
    const pcm = trimAndLevel(capture.speech);
    const outcome = pcm.length === 0 ? "nothing" : await this.#write(clip, pcm);
    if (!this.#isWanted(running)) {
      if (outcome === "captured") await this.#remove(clip);
      return;
    }
    this.#running.delete(leg.id);
    const durationMs = outcome === "captured" ? (pcm.length * 1000) / captureRate : 0;
    this.#options.notify("leg.captured", { leg: leg.id, outcome, durationMs });
  }

  #isWanted(running: Running): boolean {
    return this.#running.get(running.leg.id) === running;
  }

  async #write(clip: string, pcm: Int16Array): Promise<Notification<"leg.captured">["outcome"]> {
    try {
      await this.#options.files?.write(clip, pcm, captureRate);
      return "captured";
    } catch (error) {
      this.#options.log.warn({ code: errorCode(error) }, "a clip was not written");
      return "failed";
    }
  }

  async #remove(clip: string): Promise<void> {
    await this.#options.files?.remove(clip).catch((error) => {
      this.#options.log.warn({ code: errorCode(error) }, "a clip was not removed");
    });
  }
}
