// The commands to one worker, whose process may die and be followed by another one: what the dead one has not answered is asked
// of its successor, and what is asked in the meantime waits for that.
import { errorCode, type ParleyError } from "#common";
import type { CommandName, CommandParams, CommandResult } from "../protocol.ts";
import type { WorkerProcess } from "./worker-process.ts";

type Process = Pick<WorkerProcess, "request">;

/** What is asked of a worker that is left alone: a refusal would end calls that go on. */
const unanswered = new Promise<never>(() => {});

export class WorkerRequests {
  readonly #refusal: () => ParleyError;
  #to: Process | "none" | "successor" | "left" = "none";
  #decided = Promise.withResolvers<void>();

  constructor(refusal: () => ParleyError) {
    this.#refusal = refusal;
  }

  /** Rejects as the process does, but for its end: with the refusal when no other one follows. */
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
    // Its end may be known here only after what it has not answered.
    if (this.#to === to) await this.#decided.promise;
    return this.request(name, params);
  }

  /** What waits is asked of that one. */
  passTo(process: Process): void {
    this.#decide(process);
  }

  /** The process has died, and another one may follow. */
  hold(): void {
    if (this.#to !== "left") this.#to = "successor";
  }

  /** There is no process, and none that is waited for. */
  refuse(): void {
    this.#decide("none");
  }

  /** Nothing is answered any more, nor refused: for good. */
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
