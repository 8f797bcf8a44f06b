// Media for a day: legs whose prompts take their time on the fake clock, and a worker that writes its recordings into
// real files and remembers nothing of what is over.
import { closeSync, openSync, writeSync } from "node:fs";
import { Emitter, type RecordingId } from "#common";
import type { MediaWorkers, MediaWorkersEvents, PlayOptions, PlayOutcome } from "#media/client";
import { wavHeader } from "#media/files";
import type { CommandName, CommandParams, CommandResult, PlayItem } from "#media/protocol";
import { type FakeClock, FakeLeg, FakeWorker } from "#test/support";

const promptMs = 2000;
const rate = 16_000;
/** Of a file, for a minute of meeting: what matters is that there is a file. */
const bytesPerMinute = 3200;

/** Music goes on until it is stopped. */
export class DayLeg extends FakeLeg {
  override autoplay = false;
  readonly #clock: FakeClock;

  constructor(id: FakeLeg["id"], worker: DayWorker) {
    super(id, worker);
    this.#clock = worker.clock;
  }

  override play(items: readonly PlayItem[], options: PlayOptions): Promise<PlayOutcome> {
    const outcome = super.play(items, options);
    const { playing } = this;
    if (playing?.options !== options || options.loop) return outcome;
    const timer = this.#clock.after(promptMs, () => playing.end("finished"));
    return outcome.finally(() => timer.cancel());
  }

  override close() {
    const { legs } = this.worker;
    legs.splice(legs.indexOf(this), 1);
    return super.close();
  }
}

interface Writing {
  readonly file: number;
  readonly since: number;
}

export class DayWorker extends FakeWorker {
  readonly clock: FakeClock;
  readonly #writing = new Map<RecordingId, Writing>();
  /** How often each thing was played to a room. */
  readonly plays = new Map<string, number>();

  constructor(clock: FakeClock) {
    super(0);
    this.clock = clock;
  }

  override async request<Name extends CommandName>(
    name: Name,
    params: CommandParams<Name>,
  ): Promise<CommandResult<Name>> {
    const result = await super.request(name, params);
    if (name === "recording.start") this.#begin(params as CommandParams<"recording.start">);
    if (name === "recording.stop") this.#end((params as CommandParams<"recording.stop">).recording);
    for (const item of this.played) this.plays.set(item, (this.plays.get(item) ?? 0) + 1);
    for (const memory of [this.commands, this.played, this.recordingOrders]) memory.length = 0;
    return result;
  }

  #begin({ recording, path }: CommandParams<"recording.start">): void {
    const file = openSync(`${path}.wav`, "wx");
    this.#writing.set(recording, { file, since: this.clock.monotonic() });
  }

  #end(recording: RecordingId): void {
    const writing = this.#writing.get(recording);
    if (!writing) return;
    this.#writing.delete(recording);
    const { file, since } = writing;
    const ms = this.clock.monotonic() - since;
    const bytes = 2 * Math.ceil((ms / 60_000) * (bytesPerMinute / 2));
    writeSync(file, wavHeader(rate, bytes));
    writeSync(file, Buffer.alloc(bytes, 7));
    closeSync(file);
    const durationMs = (bytes / 2 / rate) * 1000;
    const told = { recording, reason: "finished", message: "", durationMs, missingMs: 0 } as const;
    queueMicrotask(() => this.notifications.emit("recording.ended", told));
  }
}

export class DayWorkers implements MediaWorkers {
  readonly worker: DayWorker;
  readonly workers: readonly DayWorker[];
  readonly events = new Emitter<MediaWorkersEvents>();
  readonly healthy = true;

  constructor(clock: FakeClock) {
    this.worker = new DayWorker(clock);
    this.workers = [this.worker];
  }

  async settle(): Promise<void> {}
  async leave(): Promise<void> {}
  async close(): Promise<void> {}
}
