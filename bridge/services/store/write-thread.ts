// The thread that writes the database: one statement after the other, as writer.ts asks. A commit is on the disk when it is
// answered; how long the disk takes for it, or another program that holds the file, is waited for here and not in the thread that serves calls.
import { parentPort, workerData } from "node:worker_threads";
import { errorCode, errorMessage } from "#common";
import { openForWriting } from "./open-file.ts";
import { runStatement } from "./run-statement.ts";
import { CachedStatements } from "./statements.ts";
import type { FromWriteThread, ToWriteThread } from "./writer.ts";

const port = parentPort!;
const send = (message: FromWriteThread): void => port.postMessage(message);
const failureOf = (error: unknown) => ({ code: errorCode(error), message: errorMessage(error) });

function serve(statements: CachedStatements): void {
  port.on("message", (message: ToWriteThread) => {
    switch (message.kind) {
      case "run":
        try {
          send({ kind: "done", id: message.id, result: runStatement(statements, message) });
        } catch (error) {
          send({ kind: "failed", id: message.id, failure: failureOf(error) });
        }
        break;
      case "forget":
        statements.forgetAll();
        break;
      case "close":
        statements.close();
        port.close();
    }
  });
  send({ kind: "open" });
}

try {
  serve(new CachedStatements(openForWriting(workerData as string)));
} catch (error) {
  send({ kind: "refused", failure: failureOf(error) });
}
