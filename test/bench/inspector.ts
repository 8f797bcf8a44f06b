// Looks into a running bridge through Node's inspector, which SIGUSR1 opens: collects garbage before memory is
// read, and records where processor time goes. Closed, it costs nothing.

import type { ParleyProcess } from "../support/parley.ts";
import { eventually, within } from "../support/phone/index.ts";

interface Message {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
}

/** Must be among the options of the process, so that several do not fight for one port. */
export const inspectorOption = "--inspect-port=0";
const answerMs = 30_000;

export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #lastId = 0;

  static async open(bridge: ParleyProcess): Promise<Inspector> {
    bridge.signal("SIGUSR1");
    const url = await eventually(
      () => /Debugger listening on (ws:\S+)/.exec(bridge.stderr)?.[1],
      () => "inspector",
    );
    const socket = new WebSocket(url);
    const inspector = new Inspector(socket);
    const opened = new Promise<unknown>((resolve) =>
      socket.addEventListener("open", resolve, { once: true }),
    );
    await within(opened, answerMs, () => "connection to the inspector");
    return inspector;
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(String(data)) as Message;
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    });
  }

  /** Bytes that are in use once the garbage is gone. */
  async heapBytes(): Promise<number> {
    await this.#ask("HeapProfiler.collectGarbage");
    return ((await this.#ask("Runtime.getHeapUsage")) as { usedSize: number }).usedSize;
  }

  async startProfile(): Promise<void> {
    await this.#ask("Profiler.enable");
    await this.#ask("Profiler.start");
  }

  /** The functions in which most of the time was spent, with their share of all samples that were not idle. */
  async stopProfile(count: number): Promise<readonly (readonly [where: string, share: number])[]> {
    const { profile } = (await this.#ask("Profiler.stop")) as { profile: CpuProfile };
    const names = new Map(
      profile.nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
        id,
        `${functionName || "(anonymous)"} ${url.split("/").slice(-3).join("/")}:${lineNumber + 1}`,
      ]),
    );
    const busy = profile.samples.map((id) => names.get(id)!).filter((name) => !name.startsWith("(idle)"));
    const counts = new Map<string, number>();
    for (const name of busy) counts.set(name, (counts.get(name) ?? 0) + 1);
    const sorted = [...counts].sort(([, a], [, b]) => b - a).slice(0, count);
    return sorted.map(([name, samples]) => [name, samples / busy.length]);
  }

  close(): void {
    this.#socket.close();
  }

  #ask(method: string): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method }));
    return within(answer, answerMs, () => `answer to ${method}`).then(({ result, error }) => {
      if (error) throw new Error(`${method}: ${error.message}`);
      return result;
    });
  }
}
