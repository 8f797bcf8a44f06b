import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

it("says why a process could not be run where no file handle is left, and throws nothing", () => {
  const program = new URL("../../../../../media/video/canvas/spawn.ts", import.meta.url).href;
  const script = `
    const { execFileSync } = await import("node:child_process");
    const { spawnVideoProcess } = await import(${JSON.stringify(program)});
    process.stdout.write("");
    execFileSync("prlimit", ["--pid", String(process.pid), "--nofile=3:"]);
    const handle = spawnVideoProcess();
    handle.stream.write("x");
    handle.kill();
    console.log(await handle.ended);`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
    encoding: "utf8",
    timeout: 60_000,
  });
  expect(printed).toMatch(/^could not be run: spawn .* EMFILE\n$/);
});
