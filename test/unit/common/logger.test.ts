import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { expect, it } from "vitest";

const index = resolve(import.meta.dirname, "../../../common/index.ts");

/** What a process that ends in the middle of its work has logged. */
async function outputOf(ending: string): Promise<string[]> {
  const program = `
    import { createLogger } from ${JSON.stringify(index)};
    const log = createLogger("info", "test");
    for (let n = 0; n < 1000; n += 1) log.info({ n }, "x".repeat(100));
    ${ending}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  await once(child, "close");
  return output.trim().split("\n");
}

it.each(["", "process.exit(3);", 'throw new Error("no");'])(
  "loses no line at the end: %s",
  async (ending) => {
    const lines = await outputOf(ending);
    expect(lines.map((line) => JSON.parse(line).n)).toEqual(Array.from({ length: 1000 }, (_, n) => n));
  },
);
