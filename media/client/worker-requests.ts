// Sends the commands for one worker to its process. When that dies, unanswered commands are sent again to its successor, and
// new ones wait for it.
import { errorCode, type ParleyError } from "#common";
import type { CommandName, CommandParams, CommandResult } from "../protocol.ts";
import type { WorkerProcess } from "./worker-process.ts";

type Process = Pick<WorkerProcess, "request">;

/** The result of requests to a worker that was left running: a rejection would end calls that go on. */
const unanswered = new Promise<never>(() => {});

export class WorkerRequests {
  readonly #refusal: () => ParleyError;
  #to: Process | "none" | "successor" | "left" = "none";
  #decided = Promise.withResolvers<void>();

  constructor(refusal: () => ParleyError) {
    this.#refusal = refusal;
  }

  /** Rejects with the error of the process; when the process dies and no successor follows, with WORKER_DOWN. */
  async request<Name extends CommandName>(
    name: Name,
    params: CommandParams<Name>,
  ): Promise<CommandResult<Name>> {
    const to = this.#to;
    if (to === "left") return unanswered;
    if (to === "none") throw this.#refusal();
    if (to !== "successor") {
      try {
        return await to.request(name, params);
      } catch (error) {
        if (this.#to === "left") return unanswered;
        if (errorCode(error) !== "WORKER_DOWN") throw error;
      }
    }
    // The rejections of unanswered commands may arrive before the end of the process is known here.
    if (this.#to === to) await this.#decided.promise;
    return this.request(name, params);
  }

  /** Sends the waiting commands to `process`. */
  passTo(process: Process): void {
    this.#decide(process);
  }

  /** The process has died, and a successor may follow: commands wait. */
  hold(): void {
    if (this.#to !== "left") this.#to = "successor";
  }

  /** There is no process and no successor to wait for: commands are rejected. */
  refuse(): void {
    this.#decide("none");
  }

  /** From now on no command is ever settled. */
  leave(): void {
    this.#decide("left");
  }

  #decide(to: Process | "none" | "left"): void {
    if (this.#to === "left") return;
    this.#to = to;
    const { resolve } = this.#decided;
    this.#decided = Promise.withResolvers();
    resolve();
  }
}
