// Sends every SIP message, without secrets, to a capture server by UDP. Nothing waits for it: messages beyond the limit of those
// being sent, and messages while the server's name is not resolved, are left out and counted.

import { type Clock, errorMessage, type Logger, type Timer } from "#common";
import type { TappedMessage } from "#sip";
import { encodeHep3, type HepSender } from "./hep3.ts";

export interface HepSocket {
  send(data: Uint8Array, port: number, address: string, done: (error: Error | null) => void): void;
  /** Idempotent. */
  close(): void;
}

export interface HepExportOptions extends HepSender {
  readonly host: string;
  readonly port: number;
  /** The address of a name; rejects when it has none. An address is its own. */
  readonly resolve: (host: string) => Promise<string>;
  readonly openSocket: (address: string) => HepSocket;
  /** The message as it is sent on. */
  readonly payloadOf: (text: string) => Uint8Array;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface HepCounters {
  sent: number;
  /** Too many were on their way, or the address was not known. */
  dropped: number;
  failed: number;
}

/** Given to the kernel and not taken yet. */
const maxInFlight = 500;
/** A name is looked up again so often. */
const resolveEveryMs = 300_000;
const retryMs = 10_000;

interface Target {
  readonly address: string;
  readonly socket: HepSocket;
}

export class HepExport {
  readonly counters: HepCounters = { sent: 0, dropped: 0, failed: 0 };
  readonly #options: HepExportOptions;
  #target: Target | undefined;
  #timer: Timer | undefined;
  #underWay = 0;
  #unresolved = false;
  #closed = false;

  constructor(options: HepExportOptions) {
    this.#options = options;
    void this.#resolve();
  }

  /** A message has passed. */
  readonly take = ({ direction, message, flow, text }: TappedMessage): void => {
    const target = this.#target;
    if (!target || this.#underWay >= maxInFlight) {
      this.counters.dropped += 1;
      return;
    }
    const { clock, port, payloadOf } = this.#options;
    const { local, remote, protocol } = flow;
    const [from, to] = direction === "in" ? [remote, local] : [local, remote];
    const packet = encodeHep3(
      {
        ...{ at: clock.now(), from, to, datagram: protocol === "UDP" },
        ...{ payload: payloadOf(text()), correlationId: message.callId },
      },
      this.#options,
    );
    this.#underWay += 1;
    target.socket.send(packet, port, target.address, (error) => {
      this.#underWay -= 1;
      if (error) this.counters.failed += 1;
      else this.counters.sent += 1;
    });
  };

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#target?.socket.close();
    this.#target = undefined;
  }

  async #resolve(): Promise<void> {
    const { host, resolve, openSocket, clock, log } = this.#options;
    let waitMs = resolveEveryMs;
    try {
      const address = await resolve(host);
      if (this.#closed) return;
      if (address !== this.#target?.address) {
        this.#target?.socket.close();
        this.#target = { address, socket: openSocket(address) };
      }
      this.#unresolved = false;
    } catch (error) {
      waitMs = retryMs;
      if (!this.#unresolved) log.warn({ host, why: errorMessage(error) }, "the HEP server has no address");
      this.#unresolved = true;
    }
    if (!this.#closed) this.#timer = clock.after(waitMs, () => void this.#resolve());
  }
}
