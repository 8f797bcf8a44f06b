import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { processMemory } from "#common";

describe("processMemory", () => {
  it("reads what the process uses", () => {
    const { rss, heapUsed, heapTotal } = processMemory();
    expect(rss).toBeGreaterThan(heapUsed);
    expect(heapTotal).toBeGreaterThanOrEqual(heapUsed);
  });

  it("goes on with the last resident size while no file handle is left", () => {
    const script = `
      const { execFileSync } = await import("node:child_process");
      const { openSync } = await import("node:fs");
      const { processMemory } = await import(${JSON.stringify(import.meta.resolve("#common"))});
      const before = processMemory();
      execFileSync("prlimit", ["--pid", String(process.pid), "--nofile=3:"]);
      let refused = "";
      try { openSync("/dev/null"); } catch (error) { refused = error.code; }
      const after = processMemory();
      console.log(JSON.stringify({ refused, same: after.rss === before.rss, heap: after.heapUsed > 0 }));`;
    const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
      encoding: "utf8",
    });
    expect(JSON.parse(printed)).toEqual({ refused: "EMFILE", same: true, heap: true });
  });
});
