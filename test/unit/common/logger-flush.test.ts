// When gathered lines of the log are written: soon after the first of them, and never for nothing.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { flushedAfter } from "../../../common/logger.ts";

describe("lines of the log", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function gathering() {
    const log: string[] = [];
    const output = flushedAfter(100, {
      write: (line) => log.push(line),
      flush: () => void log.push("flush"),
      flushSync: () => void log.push("flush at once"),
    });
    return { log, output };
  }

  it("are flushed a tenth of a second after the first of them, once", () => {
    const { log, output } = gathering();
    output.write("one");
    vi.advanceTimersByTime(99);
    output.write("two");
    expect(log).toEqual(["one", "two"]);
    vi.advanceTimersByTime(1);
    expect(log).toEqual(["one", "two", "flush"]);
    output.write("three");
    vi.advanceTimersByTime(100);
    expect(log).toEqual(["one", "two", "flush", "three", "flush"]);
  });

  it("wake nothing while there are none", () => {
    const { log } = gathering();
    vi.advanceTimersByTime(60_000);
    expect(vi.getTimerCount()).toBe(0);
    expect(log).toEqual([]);
  });

  it("are flushed at once before a process dies", () => {
    const { log, output } = gathering();
    output.write("fatal");
    output.flushSync();
    expect(log).toEqual(["fatal", "flush at once"]);
  });
});
