// Who reads the bridge's events during the soak: one stream that never ends, one that is opened again every minute at its
// place, and a webhook. Each counts the numbers that it has missed.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ParleyProcess } from "../../support/parley.ts";
import { Sequence } from "./sequence.ts";
import type { Tally } from "./tally.ts";

export class EventReaders {
  readonly whole = new Sequence();
  readonly reopened = new Sequence();
  readonly webhook = new Sequence();
  readonly #stop = new AbortController();
  readonly #receiver: Server;
  readonly #running: Promise<void>[] = [];
  readonly #tally: Tally;

  static async start(parley: ParleyProcess, tally: Tally): Promise<EventReaders> {
    const receiver = createServer();
    receiver.listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const readers = new EventReaders(receiver, tally);
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const made = await parley.request("/api/webhooks", { body: { url } });
    if (made.status !== 201) throw new Error(`no webhook: ${made.text}`);
    readers.#running.push(
      readers.#follow(parley, readers.whole),
      readers.#follow(parley, readers.reopened, 60_000),
    );
    return readers;
  }

  private constructor(receiver: Server, tally: Tally) {
    this.#receiver = receiver;
    this.#tally = tally;
    receiver.on("request", (request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      request.on("end", () => {
        response.writeHead(204).end();
        const seq = Number(/"seq":(\d+)/.exec(body)?.[1]);
        if (Number.isInteger(seq)) this.webhook.take(seq);
      });
    });
  }

  get missed(): number {
    return this.#all.reduce((total, { missing }) => total + missing, 0);
  }

  /** Up to which number the slowest has come. */
  get last(): number {
    return Math.min(...this.#all.map(({ last }) => last));
  }

  get #all(): readonly Sequence[] {
    return [this.whole, this.reopened, this.webhook];
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
    this.#receiver.closeAllConnections();
    this.#receiver.close();
  }

  async #follow(parley: ParleyProcess, sequence: Sequence, lastsMs?: number): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const signals = [this.#stop.signal, ...(lastsMs === undefined ? [] : [AbortSignal.timeout(lastsMs)])];
      const signal = AbortSignal.any(signals);
      try {
        const response = await parley.openStream(`/api/events?after=${sequence.last}`, signal);
        const decoder = new TextDecoder();
        let rest = "";
        for await (const piece of response.body!) {
          const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) {
            const seq = line.startsWith("data: ") ? /"seq":(\d+)/.exec(line)?.[1] : undefined;
            if (seq !== undefined) sequence.take(Number(seq));
          }
        }
        if (!signal.aborted) this.#tally.note("events", "the bridge ended the stream");
      } catch (error) {
        if (!signal.aborted) this.#tally.note("events", error);
      }
    }
  }
}
