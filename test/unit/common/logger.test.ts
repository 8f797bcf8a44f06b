import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { expect, it } from "vitest";

const index = resolve(import.meta.dirname, "../../../common/index.ts");

/** What a process that ends in the middle of its work has logged. */
async function outputOf(ending: string, format: "json" | "text" = "json"): Promise<string[]> {
  const program = `
    import { createLogger } from ${JSON.stringify(index)};
    const log = createLogger("info", "test", ${JSON.stringify(format)});
    log.warn({ room_pin: "471199", room: "8000" }, "first");
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
    expect(lines.slice(1).map((line) => JSON.parse(line).n)).toEqual(
      Array.from({ length: 1000 }, (_, n) => n),
    );
  },
);

it("writes lines for people, none is lost, and secrets stay out of them too", async () => {
  const [first, ...others] = await outputOf("process.exit(3);", "text");

  expect(first).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: first \{"room_pin":"\[secret\]","room":"8000"\}$/);
  expect(others).toHaveLength(1000);
  expect(others.at(-1)).toContain("INFO: xxx");
  expect(others.at(-1)).toContain('{"n":999}');
});
