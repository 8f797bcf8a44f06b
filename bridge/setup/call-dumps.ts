// Dumps of calls for the administrators of this machine. A media worker writes each into a file of the folder for them;
// when it is over the file is opened and its name removed, so that nothing of the call stays on the disk once it was
// handed over. What a crash leaves there the next start removes.
import { open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type CallId, errorMessage, newId, ParleyError } from "#common";
import type { LiveCalls } from "#services/call-records";

/** The dump of a call that runs. */
export interface RunningDump {
  /** Resolves with the open file, which is the caller's to close; rejects when there is none. */
  readonly ended: Promise<DumpedFile>;
  /** Ends it now; what was dumped until then is the file. Idempotent. */
  stop(): Promise<void>;
}

export type DumpedFile = Awaited<ReturnType<typeof open>>;

export interface CallDumpOrder {
  readonly format: "rtp" | "pcm";
  readonly seconds: number;
}

export class CallDumps {
  readonly #folder: string;
  readonly #calls: Pick<LiveCalls, "media">;
  readonly #running = new Map<CallId, RunningDump>();

  /** `folder` is this object's alone: what is in it is removed. */
  static async open(folder: string, calls: Pick<LiveCalls, "media">): Promise<CallDumps> {
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
    return new CallDumps(folder, calls);
  }

  private constructor(folder: string, calls: Pick<LiveCalls, "media">) {
    this.#folder = folder;
    this.#calls = calls;
  }

  /** Undefined when there is no such call. Rejects with CANNOT_DUMP. */
  async start(id: CallId, { format, seconds }: CallDumpOrder): Promise<RunningDump | undefined> {
    const media = this.#calls.media(id);
    if (!media) return undefined;
    if (!media.leg) throw new ParleyError("CANNOT_DUMP", "The call has no media yet.");
    const { leg } = media;
    const path = join(this.#folder, newId());
    const { ended } = await leg.dump({ path, format, maxMs: seconds * 1000 }).catch((error) => {
      throw new ParleyError("CANNOT_DUMP", `The call cannot be dumped: ${errorMessage(error)}.`);
    });
    const dump: RunningDump = {
      ended: ended.then(() => openAndUnlink(path)).finally(() => this.#running.delete(id)),
      stop: () => leg.stopDump().catch(() => {}),
    };
    // The client that ordered it may be gone by then.
    dump.ended.catch(() => {});
    this.#running.set(id, dump);
    return dump;
  }

  /** False when none runs. */
  async stop(id: CallId): Promise<boolean> {
    const dump = this.#running.get(id);
    await dump?.stop();
    return dump !== undefined;
  }
}

/** Opens the file and removes its name. */
async function openAndUnlink(path: string): Promise<DumpedFile> {
  try {
    return await open(path, "r");
  } finally {
    await rm(path, { force: true });
  }
}
