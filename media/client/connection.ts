// The controller's end of the control channel: requests by id, each with a limit, and notifications.
// When the connection ends, everything that waits is rejected with WORKER_DOWN. Knows nothing of processes and legs.
import type { Duplex } from "node:stream";
import { type Clock, ParleyError, type Timer } from "#common";
import { Channel } from "../channel/index.ts";
import {
  type CommandName,
  type CommandParams,
  type CommandResult,
  limitOf,
  type Notification,
  type NotificationName,
} from "../protocol.ts";

export interface ConnectionOptions {
  readonly clock: Clock;
  /** Milliseconds that a request may take, unless the protocol gives its command another limit. */
  readonly requestMs: number;
  onNotification<Name extends NotificationName>(name: Name, data: Notification<Name>): void;
  /** A command succeeded: called before any frame that follows its reply is handled. */
  onResult<Name extends CommandName>(
    name: Name,
    params: CommandParams<Name>,
    result: CommandResult<Name>,
  ): void;
  /** Exactly once, after every pending request was rejected. */
  onClosed(reason: string): void;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: ParleyError): void;
  readonly command: CommandName;
  readonly params: CommandParams<CommandName>;
  readonly timer: Timer;
}

/** More requests than a live worker could ever leave unanswered. */
const maxPending = 10_000;

export class Connection {
  readonly #channel: Channel;
  readonly #options: ConnectionOptions;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  constructor(stream: Duplex, options: ConnectionOptions) {
    this.#options = options;
    this.#channel = new Channel(stream, {
      frame: (frame) => this.#take(frame),
      closed: (reason) => this.#closed(reason),
    });
  }

  /** Rejects with the worker's own code, WORKER_TIMEOUT or WORKER_DOWN. */
  request<Name extends CommandName>(
    command: Name,
    params: CommandParams<Name>,
    limitMs = limitOf(command) ?? this.#options.requestMs,
  ): Promise<CommandResult<Name>> {
    if (!this.#channel.open)
      return Promise.reject(new ParleyError("WORKER_DOWN", "the media worker is down"));
    if (this.#pending.size >= maxPending) {
      return Promise.reject(
        new ParleyError("WORKER_TIMEOUT", `${maxPending} requests wait for the media worker`),
      );
    }
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<unknown>((resolve, reject) => {
      const timer = this.#options.clock.after(limitMs, () => {
        this.#pending.delete(id);
        reject(
          new ParleyError("WORKER_TIMEOUT", `the media worker did not answer ${command} in ${limitMs} ms`),
        );
      });
      this.#pending.set(id, { resolve, reject, command, params, timer });
      this.#channel.send({ id, command, params });
    }) as Promise<CommandResult<Name>>;
  }

  close(reason: string): void {
    this.#channel.close(reason);
  }

  #take(frame: object): void {
    if ("notification" in frame && "data" in frame) {
      this.#options.onNotification(frame.notification as NotificationName, frame.data as Notification);
      return;
    }
    if (!("id" in frame) || typeof frame.id !== "number") return;
    const pending = this.#pending.get(frame.id);
    if (!pending) return;
    this.#pending.delete(frame.id);
    pending.timer.cancel();
    if ("error" in frame) {
      pending.reject(refusal(frame.error));
      return;
    }
    const result = "result" in frame ? frame.result : undefined;
    this.#options.onResult(pending.command, pending.params, result as CommandResult<CommandName>);
    pending.resolve(result);
  }

  #closed(reason: string): void {
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject, timer } of waiting) {
      timer.cancel();
      reject(new ParleyError("WORKER_DOWN", `the media worker is down: ${reason}`));
    }
    this.#options.onClosed(reason);
  }
}

function refusal(error: unknown): ParleyError {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return new ParleyError(typeof code === "string" ? code : "INTERNAL", String(message ?? "no reason given"));
}
