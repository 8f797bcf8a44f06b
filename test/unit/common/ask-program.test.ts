// What a program in a process of its own answers, and that one that answers nothing readable fails alone.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askProgram } from "#common";

const limitMs = 60_000;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function programOf(source: string): string {
  const path = join(folder, "program.mjs");
  writeFileSync(path, source);
  return path;
}

describe("a program", () => {
  it("answers with JSON, and has its arguments and nothing of our environment", async () => {
    const program = programOf(
      "console.log(JSON.stringify([process.argv.slice(2), Object.keys(process.env)]))",
    );
    expect(await askProgram(program, ["a b", "c"], limitMs)).toEqual([["a b", "c"], []]);
  });

  it.each([
    ["answers nothing", ""],
    ["answers with no JSON", 'console.log("{\\"made\\": tr")'],
    ["ends with a code", "console.log(1); process.exitCode = 3"],
    ["answers without end", 'console.log(JSON.stringify("x".repeat(20_000)))'],
  ])("that %s is a rejection, not an exception outside of it", async (_, source) => {
    await expect(askProgram(programOf(source), [], limitMs)).rejects.toThrow();
  });

  it("that takes too long is killed", async () => {
    await expect(askProgram(programOf("setInterval(() => {}, 1000)"), [], 1)).rejects.toMatchObject({
      killed: true,
      signal: "SIGKILL",
    });
  });
});
