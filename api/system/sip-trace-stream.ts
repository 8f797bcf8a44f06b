// A trace as text that is read while it grows. A reader that is too slow misses messages and is told how many;
// nothing ever waits for it. Destroying the stream, or reading it to its end, ends the trace.
import { Readable } from "node:stream";
import { type Clock, formatHostPort, plainAddress, type Timer } from "#common";

export interface SipTraceFilter {
  readonly peer?: string;
  readonly callId?: string;
  readonly messages?: number;
}

export interface SipTraceMessage {
  /** Wall clock, milliseconds. */
  readonly at: number;
  readonly direction: "in" | "out";
  readonly protocol: string;
  readonly local: { readonly address: string; readonly port: number };
  readonly remote: { readonly address: string; readonly port: number };
  /** Secrets are left out. */
  readonly text: string;
}

export interface SipTrace {
  /** The returned function ends it. Throws TOO_MANY_TRACES. */
  watch(filter: SipTraceFilter, show: (message: SipTraceMessage) => void): () => void;
}

/** The largest amount of data that waits for a reader: some hundred messages. */
const maxWaitingBytes = 256 * 1024;
/** A line without content shows proxies on the way that the answer is not over. */
const pulseMs = 20_000;

interface TraceParts {
  readonly trace: SipTrace;
  readonly clock: Clock;
  readonly peer: string | undefined;
  readonly callId: string | undefined;
  readonly messages: number;
  readonly seconds: number;
}

export class TraceStream extends Readable {
  readonly #stop: () => void;
  readonly #clock: Clock;
  readonly #limit: number;
  #pulse: Timer;
  #seen = 0;
  #lost = 0;
  #state: "running" | "finished" = "running";

  constructor({ trace, clock, peer, callId, messages, seconds }: TraceParts) {
    super();
    this.#limit = messages;
    this.#clock = clock;
    const filter = {
      ...(peer !== undefined && { peer: plainAddress(peer) }),
      ...(callId !== undefined && { callId }),
      messages,
    };
    const unwatch = trace.watch(filter, (message) => this.#show(message));
    this.#pulse = this.#nextPulse();
    const timer = clock.after(seconds * 1000, () => this.finish(`${seconds} s are over`));
    this.#stop = () => {
      timer.cancel();
      this.#pulse.cancel();
      unwatch();
    };
    const whom = [peer !== undefined && ` with ${peer}`, callId !== undefined && ` of call ${callId}`];
    const about = printable(whom.filter(Boolean).join(""));
    this.push(`# tracing SIP${about}: ${messages} messages or ${seconds} s\n`);
  }

  finish(why: string): void {
    if (this.#state === "finished") return;
    this.#state = "finished";
    this.#stop();
    const shown = this.#seen - this.#lost;
    const lost = this.#lost > 0 ? `, ${this.#lost} lost because they were not read in time` : "";
    this.push(`\n# end: ${why}; ${shown} shown${lost}\n`);
    this.push(null);
  }

  override _read(): void {}

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#state = "finished";
    this.#stop();
    done(error);
  }

  #nextPulse(): Timer {
    return this.#clock.after(pulseMs, () => {
      if (this.readableLength === 0) this.push("#\n");
      this.#pulse = this.#nextPulse();
    });
  }

  #show(message: SipTraceMessage): void {
    if (this.#state === "finished") return;
    this.#seen += 1;
    const text = formatMessage(message);
    if (this.readableLength + text.length > maxWaitingBytes) this.#lost += 1;
    else this.push(text);
    if (this.#seen >= this.#limit) this.finish(`${this.#limit} messages have passed`);
  }
}

function formatMessage({ at, direction, protocol, local, remote, text }: SipTraceMessage): string {
  const [from, to] = direction === "in" ? [remote, local] : [local, remote];
  const path = `${hostPort(from)} > ${hostPort(to)}`;
  const body = printable(text.replaceAll("\r\n", "\n").trimEnd());
  return `\n${new Date(at).toISOString()} ${direction} ${protocol} ${path}\n${body}\n`;
}

const hostPort = ({ address, port }: SipTraceMessage["local"]): string => formatHostPort(address, port);

/** Messages come from strangers and end in terminals, which take orders from control characters. */
const printable = (text: string): string =>
  text.replace(/[^\P{Cc}\n\t]/gu, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`);
