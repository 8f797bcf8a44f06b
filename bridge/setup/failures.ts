// What becomes of the daemon when its own code fails. A promise that was not awaited costs the task that it belongs to. After an
// exception that was not caught, nothing is known of the state that the code was changing: the process ends, and the next one goes
// on with its calls.
import type { Logger } from "#common";

export interface FailureOptions {
  readonly log: Logger;
  /** Writes what the next process goes on with. */
  readonly flush: () => void;
  readonly process: Pick<NodeJS.Process, "on" | "exit">;
}

export function handleFailures({ log, flush, process }: FailureOptions): void {
  process.on("unhandledRejection", (err) => log.error({ err }, "a task in the background failed"));
  process.on("uncaughtException", (err) => {
    log.fatal({ err }, "uncaught exception: the process exits, and the next one resumes the calls");
    flush();
    process.exit(1);
  });
}
