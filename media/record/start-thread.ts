// Starts the real writing thread.
import { Worker } from "node:worker_threads";
import { errorMessage } from "#common";
import type { FromThread } from "./messages.ts";
import type { WritingThread, WritingThreadListener } from "./recorder.ts";

export function startWritingThread(listener: WritingThreadListener): WritingThread {
  const worker = new Worker(new URL("./thread.ts", import.meta.url), { name: "recordings" });
  let closing = false;
  let failure = "it ended";
  worker.on("message", (message: FromThread) => listener.received(message));
  worker.on("error", (error) => {
    failure = errorMessage(error);
  });
  const ended = new Promise<void>((resolve) => {
    worker.once("exit", () => {
      if (!closing) listener.died(failure);
      resolve();
    });
  });
  return {
    send(message) {
      if (message.kind === "close") closing = true;
      worker.postMessage(message);
    },
    ended,
  };
}
