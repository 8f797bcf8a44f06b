// Dumps of legs, one a leg at a time: from the command to the closed file and the notification `leg.dumped`. A leg that is
// dumped is not among the quiet legs.
import {
  type Clock,
  errorCode,
  errorMessage,
  type LegId,
  type Logger,
  ParleyError,
  pcapHeader,
  type Timer,
  within,
} from "#common";
import type { Leg, NotificationSink } from "../leg/index.ts";
import {
  createDumpFile,
  type DumpFile,
  type DumpOrder,
  type LegDump,
  PcmDump,
  pcmDumpHeader,
  RtpDump,
} from "../record/index.ts";
import { lowestRate } from "./rooms.ts";

export interface DumpsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly notify: NotificationSink;
}

interface Running {
  readonly leg: Leg;
  /** Undefined while the file is being created. */
  file: DumpFile | undefined;
  dump: LegDump | undefined;
  /** The final header of the file, once its length is known. */
  header: (() => Uint8Array) | undefined;
  timer: Timer | undefined;
  /** The leg closes, or the dump was stopped by command. */
  stopped: boolean;
  readonly over: PromiseWithResolvers<void>;
}

/** The number of dumps that a worker runs at once. */
const maxDumps = 4;
/** The longest time by which a disk that hangs delays the end of the worker. */
const closeLimitMs = 500;

export class Dumps {
  readonly #options: DumpsOptions;
  readonly #running = new Map<LegId, Running>();

  constructor(options: DumpsOptions) {
    this.#options = options;
  }

  /** Resolves once the dump runs. Rejects with WRONG_STATE or CANNOT_RECORD. */
  async start(leg: Leg, { path, format, maxMs }: DumpOrder): Promise<void> {
    if (this.#running.has(leg.id)) throw new ParleyError("WRONG_STATE", `leg ${leg.id} is being dumped`);
    if (this.#running.size >= maxDumps)
      throw new ParleyError("WRONG_STATE", `${maxDumps} legs are being dumped`);
    const running: Running = {
      ...{ leg, file: undefined, dump: undefined, header: undefined, timer: undefined, stopped: false },
      over: Promise.withResolvers(),
    };
    this.#running.set(leg.id, running);
    const { clock, log } = this.#options;
    const rate = leg.format?.audio.rate ?? lowestRate;
    const header = format === "rtp" ? pcapHeader() : pcmDumpHeader(rate);
    try {
      const file = await createDumpFile({ path, clock, header, onOver: () => void this.#finish(running) });
      running.file = file;
      if (format === "rtp") running.dump = new RtpDump(file, { address: leg.address, clock });
      else {
        running.dump = new PcmDump(file, rate);
        running.header = () => pcmDumpHeader(rate, file.bytes - header.length);
      }
    } catch (error) {
      this.#running.delete(leg.id);
      running.over.resolve();
      throw new ParleyError("CANNOT_RECORD", `a dump cannot be written: ${errorMessage(error)}`);
    }
    if (running.stopped) return void this.#finish(running);
    leg.dumpTo(running.dump);
    running.timer = clock.after(maxMs, () => void this.#finish(running));
    log.info({ leg: leg.id, format }, "a leg is dumped");
  }

  /** Resolves when the file is closed, at once when no dump runs. */
  async stop(leg: Leg): Promise<void> {
    const running = this.#running.get(leg.id);
    if (!running) return;
    running.stopped = true;
    if (running.file) void this.#finish(running);
    await running.over.promise;
  }

  /** Resolves when the files of all stopped dumps are closed, or after a time limit. */
  async close(): Promise<void> {
    const over = [...this.#running.values()].map((each) => each.over.promise);
    if (over.length > 0)
      await within(Promise.all(over), { clock: this.#options.clock, limitMs: closeLimitMs });
  }

  async #finish(running: Running): Promise<void> {
    const { leg, file, dump } = running;
    if (!file || !dump) return;
    running.file = undefined;
    running.timer?.cancel();
    leg.dumpTo(undefined);
    dump.end();
    await file.end(running.header?.());
    this.#running.delete(leg.id);
    running.over.resolve();
    const { failure, missing } = file;
    const figures = { leg: leg.id, bytes: file.bytes, missing };
    if (failure !== undefined)
      this.#options.log.warn({ ...figures, code: errorCode(failure) }, "a dump broke off");
    else this.#options.log.info(figures, "a dump ended");
    const outcome = failure === undefined ? "finished" : "failed";
    this.#options.notify("leg.dumped", { leg: leg.id, outcome, missing });
  }
}
