// Shows SIP messages to watchers, without secrets: of one peer, one call or all, switched on and off at
// run time. A watch ends by itself after a number of messages, so that a forgotten one costs little.
import { type Clock, ParleyError, plainAddress } from "#common";
import { redact } from "./redact.ts";
import type { Flow, Protocol, SocketAddress } from "./transport.ts";

export interface TraceFilter {
  /** The peer's address, without a zone, in the kernel's spelling. */
  readonly peer?: string;
  readonly callId?: string;
  /** Messages until the watch ends. Default 1000. */
  readonly messages?: number;
}

export interface TracedMessage {
  /** Wall clock, milliseconds. */
  readonly at: number;
  readonly direction: "in" | "out";
  readonly protocol: Protocol;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly text: string;
}

export interface WireTrace {
  /** Whether there is a watch; otherwise nothing needs to be recorded. */
  readonly active: boolean;
  /** The returned function ends the watch. Throws TOO_MANY_TRACES when 16 run already. */
  watch(filter: TraceFilter, show: (message: TracedMessage) => void): () => void;
  record(direction: "in" | "out", data: Uint8Array, flow: Flow): void;
}

const maxWatches = 16;
const defaultMessages = 1000;

interface Watch {
  readonly filter: TraceFilter;
  readonly show: (message: TracedMessage) => void;
  left: number;
}

export const createWireTrace = (clock: Clock): WireTrace => new Trace(clock);

class Trace implements WireTrace {
  readonly #clock: Clock;
  readonly #watches = new Set<Watch>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get active(): boolean {
    return this.#watches.size > 0;
  }

  watch(filter: TraceFilter, show: (message: TracedMessage) => void): () => void {
    if (this.#watches.size >= maxWatches) {
      throw new ParleyError("TOO_MANY_TRACES", `${maxWatches} traces are running already`);
    }
    const watch: Watch = { filter, show, left: filter.messages ?? defaultMessages };
    this.#watches.add(watch);
    return () => void this.#watches.delete(watch);
  }

  record(direction: "in" | "out", data: Uint8Array, flow: Flow): void {
    const watching = [...this.#watches].filter(({ filter }) => concerns(filter, data, flow));
    if (watching.length === 0) return;
    const { protocol, local, remote } = flow;
    const text = redact(data);
    const message: TracedMessage = { at: this.#clock.now(), direction, protocol, local, remote, text };
    for (const watch of watching) {
      watch.left -= 1;
      if (watch.left <= 0) this.#watches.delete(watch);
      try {
        watch.show(message);
      } catch {
        // A watcher that throws is removed; the messages go on.
        this.#watches.delete(watch);
      }
    }
  }
}

function concerns(filter: TraceFilter, data: Uint8Array, flow: Flow): boolean {
  if (filter.peer !== undefined && filter.peer !== plainAddress(flow.remote.address)) return false;
  if (filter.callId === undefined) return true;
  const head = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString();
  return /^(?:call-id|i)[ \t]*:(.*)$/im.exec(head)?.[1]?.trim() === filter.callId;
}
