// One worker process: started or found, connected, greeted with hello, watched by a heartbeat, ended or left to the next control
// process. Any failure ends it, with the reason in words; SupervisedWorker starts the next one.
import type { TSchema } from "typebox";
import { Check } from "typebox/value";
import { delay, errorCode, errorMessage, ParleyError, StartError, type Timer } from "#common";
import {
  type CommandName,
  type CommandParams,
  type CommandResult,
  exitWrongSettings,
  notifications,
  protocolVersion,
} from "../protocol.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import type { MediaWorkersOptions, ProcessHandle, WorkerHost, WorkerLimits } from "./options.ts";

/** Receives what the process reports; replaced when the process is handed over to another worker. */
export type ProcessListener = Pick<ConnectionOptions, "onNotification" | "onResult">;

export interface WorkerProcessOptions extends Pick<MediaWorkersOptions, "clock" | "log"> {
  readonly host: WorkerHost;
  readonly limits: WorkerLimits;
  readonly socketPath: string;
  readonly args: readonly string[];
  readonly listener: ProcessListener;
}

const connectRetryMs = 20;

const down = (sentence: string): ParleyError => new ParleyError("WORKER_DOWN", sentence);

export class WorkerProcess {
  /** Resolves once, with the reason, when the process has ended. */
  readonly ended: Promise<string>;
  listener: ProcessListener;
  readonly #process: ProcessHandle;
  readonly #options: WorkerProcessOptions;
  #connection: Connection | undefined;
  #heartbeat: Timer | undefined;
  #phase: "attaching" | "running" | "stopping" | "killed" | "left" = "running";
  /** Why we killed it. */
  #killReason: string | undefined;
  #disconnected: string | undefined;
  #lastAnswerAt = 0;

  private constructor(process: ProcessHandle, options: WorkerProcessOptions) {
    this.#process = process;
    this.#options = options;
    this.listener = options.listener;
    this.ended = process.ended.then(({ reason }) => {
      const why = this.#killReason ?? (this.#disconnected ? `${reason}, ${this.#disconnected}` : reason);
      this.#heartbeat?.cancel();
      this.#connection?.close(why);
      return why;
    });
  }

  /**
   * Resolves once the worker has said hello. Otherwise it rejects when the process is gone: with a StartError when its settings
   * are wrong, with WORKER_DOWN when another try may succeed.
   */
  static async start(options: WorkerProcessOptions, signal: AbortSignal): Promise<WorkerProcess> {
    const process = options.host.spawn(options.args);
    const worker = new WorkerProcess(process, options);
    const limit = new AbortController();
    const timer = options.clock.after(options.limits.startMs, () =>
      limit.abort(down(`a media worker did not say hello within ${options.limits.startMs} ms`)),
    );
    void process.ended.then(({ code, reason }) => {
      const isWrong = code === exitWrongSettings;
      const sentence = `a media worker ${reason}`;
      limit.abort(
        isWrong ? new StartError(`${sentence} (wrong settings, see its last line)`) : down(sentence),
      );
    });
    const given = AbortSignal.any([signal, limit.signal]);
    const giveUp = (): void => worker.kill(errorMessage(given.reason));
    given.addEventListener("abort", giveUp);
    try {
      await worker.#reach(given);
      worker.#armHeartbeat(0);
      return worker;
    } catch (error) {
      const cause = given.aborted ? given.reason : error;
      worker.kill(errorMessage(cause));
      await worker.ended;
      throw cause;
    } finally {
      given.removeEventListener("abort", giveUp);
      timer.cancel();
    }
  }

  /**
   * Attaches to a process that an earlier control process has started, and returns what it contains. Undefined when it is not
   * there, or speaks another version of the protocol: then it runs on, and may be drained. When it does not answer within the
   * time of the watchdog it is killed. Rejects when `signal` aborts: the process then runs on.
   */
  static async attach(
    options: WorkerProcessOptions,
    pid: number,
    signal: AbortSignal,
  ): Promise<{ readonly process: WorkerProcess; readonly has: CommandResult<"worker.attach"> } | undefined> {
    const found = options.host.find(pid, options.socketPath);
    if (!found) return undefined;
    const process = new WorkerProcess(found, options);
    process.#phase = "attaching";
    try {
      await process.#again(signal, (given) => process.#reach(given));
      process.#phase = "running";
      const has = await process.request("worker.attach", {});
      process.#armHeartbeat(0);
      return { process, has };
    } catch (error) {
      if (signal.aborted) {
        process.leave();
        throw signal.reason;
      }
      options.log.warn(
        { process: pid, reason: errorMessage(error) },
        "a media worker cannot be gone on with",
      );
      if (speaksOtherVersion(error)) {
        process.leave();
        return undefined;
      }
      process.kill(errorMessage(error));
      await process.ended;
      return undefined;
    }
  }

  /**
   * Drains a process of an earlier control process, of any version of the protocol: it reports the checkpoints of its legs to the
   * listener, and ends without a goodbye to the far ends. Resolves when it is gone and its ports are free; a process that does not
   * obey is killed. Rejects when `signal` aborts: the process then runs on.
   */
  static async drain(options: WorkerProcessOptions, pid: number, signal: AbortSignal): Promise<void> {
    const found = options.host.find(pid, options.socketPath);
    if (!found) return;
    const process = new WorkerProcess(found, { ...options, listener: understood(options.listener) });
    process.#phase = "attaching";
    let outcome = "it has handed its legs over";
    try {
      await process.#again(signal, async (given) => {
        const connection = await process.#open(given);
        await unlessAborted(connection.request("worker.drain", {}), given);
      });
    } catch (error) {
      if (signal.aborted) {
        process.leave();
        throw signal.reason;
      }
      outcome = errorMessage(error);
      options.log.warn(
        { process: pid, reason: outcome },
        "a media worker cannot hand its legs over: they go on as when it dies",
      );
    }
    process.kill(outcome);
    await process.ended;
  }

  get socketPath(): string {
    return this.#options.socketPath;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  request<Name extends CommandName>(name: Name, params: CommandParams<Name>): Promise<CommandResult<Name>> {
    if (!this.#connection) return Promise.reject(down("the media worker is down"));
    return this.#connection.request(name, params);
  }

  /** Asks the process to end, and kills it when it does not within the limit. */
  async stop(): Promise<void> {
    if (this.#phase === "running") {
      this.#phase = "stopping";
      this.#heartbeat?.cancel();
      this.#process.kill("SIGTERM");
    }
    const timer = this.#options.clock.after(this.#options.limits.closeMs, () => this.kill("it did not end"));
    await this.ended;
    timer.cancel();
  }

  /** Disconnects; the process runs on. */
  leave(): void {
    if (this.#phase !== "running" && this.#phase !== "attaching") return;
    this.#phase = "left";
    this.#heartbeat?.cancel();
    this.#connection?.close("this control process ends");
    this.#process.release();
  }

  kill(reason: string): void {
    if (this.#phase === "killed") return;
    this.#phase = "killed";
    this.#killReason = reason;
    this.#heartbeat?.cancel();
    this.#process.kill("SIGKILL");
    this.#connection?.close(reason);
  }

  /** Resolves once it is connected and hello was exchanged. */
  async #reach(signal: AbortSignal): Promise<void> {
    const { clock, limits } = this.#options;
    const connection = await this.#open(signal);
    const hello = await unlessAborted(
      connection.request("hello", { protocolVersion }, limits.startMs),
      signal,
    );
    this.#lastAnswerAt = clock.monotonic();
    if (hello.protocolVersion !== protocolVersion) {
      throw new StartError(`a media worker speaks version ${hello.protocolVersion} of the protocol`);
    }
  }

  async #open(signal: AbortSignal): Promise<Connection> {
    const { clock, host, limits, socketPath } = this.#options;
    const stream = await this.#connect(host, socketPath, signal);
    const connection = new Connection(stream, {
      clock,
      requestMs: limits.requestMs,
      onNotification: (name, data) => this.listener.onNotification(name, data),
      onResult: (name, params, result) => this.listener.onResult(name, params, result),
      onClosed: (reason) => this.#disconnect(reason),
    });
    this.#connection = connection;
    if (signal.aborted) throw signal.reason;
    return connection;
  }

  /**
   * Repeats the attempt: a worker accepts no controller before it has seen the connection of the previous one end. Rejects when
   * it does not answer within the time of the watchdog.
   */
  async #again(closing: AbortSignal, attempt: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { clock, limits } = this.#options;
    const limit = new AbortController();
    const timer = clock.after(limits.watchdogMs, () =>
      limit.abort(down(`it did not answer for ${limits.watchdogMs} ms`)),
    );
    const signal = AbortSignal.any([closing, limit.signal]);
    try {
      for (;;) {
        try {
          await attempt(signal);
          return;
        } catch (error) {
          if (signal.aborted) throw signal.reason;
          if (errorCode(error) !== "WORKER_DOWN") throw error;
          await delay(clock, connectRetryMs, signal);
        }
      }
    } finally {
      timer.cancel();
    }
  }

  /** A process without a control channel is killed; one that was asked to end may take its time. */
  #disconnect(reason: string): void {
    this.#disconnected = reason;
    this.#heartbeat?.cancel();
    if (this.#phase !== "running") return;
    this.#phase = "killed";
    this.#process.kill("SIGKILL");
  }

  /** Repeats the attempt until the worker listens. */
  async #connect(host: WorkerHost, socketPath: string, signal: AbortSignal) {
    for (;;) {
      try {
        return await host.connect(socketPath);
      } catch {
        await delay(this.#options.clock, connectRetryMs, signal);
      }
    }
  }

  /**
   * Counts missed heartbeats instead of the time since the last answer: a stall of our own process then costs the worker
   * one heartbeat only.
   */
  #armHeartbeat(missed: number): void {
    const { clock, limits, log } = this.#options;
    let answered = false;
    this.#connection?.request("ping", {}, limits.watchdogMs + limits.heartbeatMs).then(
      () => {
        answered = true;
        this.#lastAnswerAt = clock.monotonic();
      },
      (error) => log.debug({ err: error }, "a heartbeat was not answered"),
    );
    this.#heartbeat = clock.after(limits.heartbeatMs, () => {
      if (answered) {
        this.#armHeartbeat(0);
      } else if ((missed + 1) * limits.heartbeatMs >= limits.watchdogMs) {
        this.kill(`it did not answer for ${Math.round(clock.monotonic() - this.#lastAnswerAt)} ms`);
      } else {
        if (missed === 1) log.warn({ missed: missed + 1 }, "the media worker does not answer");
        this.#armHeartbeat(missed + 1);
      }
    });
  }
}

/** Settles as `promise` does, or rejects when the signal aborts first. */
async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const given = Promise.withResolvers<never>();
  const giveUp = (): void => given.reject(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  const value = await Promise.race([promise, given.promise]).finally(() => {
    signal.removeEventListener("abort", giveUp);
    promise.catch(() => {});
  });
  if (signal.aborted) throw signal.reason;
  return value;
}

const speaksOtherVersion = (error: unknown): boolean =>
  error instanceof StartError || errorCode(error) === "BAD_REQUEST";

/** Passes on those notifications of a worker of another version that match our schemas. */
const understood = ({ onNotification, ...listener }: ProcessListener): ProcessListener => ({
  ...listener,
  onNotification: (name, data) => {
    const shape: TSchema | undefined = notifications[name];
    if (shape && Check(shape, data)) onNotification(name, data);
  },
});
