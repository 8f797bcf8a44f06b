// A failure of the daemon's own code: a background task costs itself alone, an exception ends the process after what the next
// one needs is written.
import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { type Logger, silentLogger } from "#common";
import { handleFailures } from "../../../../bridge/setup/failures.ts";

function start() {
  const story: string[] = [];
  const process = Object.assign(new EventEmitter(), {
    exit(code: number): never {
      story.push(`exit ${code}`);
      return undefined as never;
    },
  });
  const note = (level: string) => (_fields: object, text: string) => void story.push(`${level}: ${text}`);
  const log = Object.assign(Object.create(silentLogger), {
    error: note("error"),
    fatal: note("fatal"),
  }) as Logger;
  handleFailures({ log, flush: () => story.push("flush"), process: process as never });
  return { process, story };
}

it("a task in the background that fails is logged, and the process goes on", () => {
  const { process, story } = start();
  process.emit("unhandledRejection", new Error("no room on the disk"));
  expect(story).toEqual(["error: a task in the background failed"]);
});

it("an exception that is not caught ends it with code 1, once what the next process needs is written", () => {
  const { process, story } = start();
  process.emit("uncaughtException", new Error("x is undefined"));
  expect(story).toEqual([
    "fatal: uncaught exception: the process exits, and the next one resumes the calls",
    "flush",
    "exit 1",
  ]);
});
