// How a start that cannot go on ends: a sentence and the exit code, by which a service manager knows whether to try again.
import { afterEach, describe, expect, it, vi } from "vitest";
import { ParleyError, StartError } from "#common";
import { explainStartError } from "../../../../bridge/setup/start-error.ts";

const earlier = process.exitCode;
afterEach(() => {
  process.exitCode = earlier;
  vi.restoreAllMocks();
});

function explain(error: unknown) {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  explainStartError(error);
  return { code: process.exitCode, said: write.mock.calls.map(([text]) => text) };
}

const coded = (code: string) => Object.assign(new Error("cannot go on"), { code });

describe("a start that cannot go on", () => {
  it.each([
    [new StartError("sip.port: in use"), 2, "parley: sip.port: in use\n"],
    [coded("ENOSPC"), 2, "parley: data_dir: the disk is full; make room on it\n"],
    [
      coded("SQLITE_CORRUPT"),
      2,
      "parley: the database in data_dir cannot be used: cannot go on; parley doctor says more, and parley restore FILE puts a backup back\n",
    ],
    [coded("SQLITE_BUSY"), 1, "parley: the database in data_dir is held by another program: end that one\n"],
    [new ParleyError("DATABASE_LOCKED", "another program holds it"), 1, "parley: another program holds it\n"],
    [new ParleyError("WORKER_DOWN", "a media worker died"), 1, "parley: a media worker died\n"],
  ])("%s: exit code %s", (error, code, sentence) => {
    expect(explain(error)).toEqual({ code, said: [sentence] });
  });

  it("for want of a sentence is thrown on", () => {
    expect(() => explain(new TypeError("undefined is not a function"))).toThrow(
      "undefined is not a function",
    );
    expect(process.exitCode).toBe(earlier);
  });
});
