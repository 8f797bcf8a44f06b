// `npm run dev` in a terminal: a first start with a configuration of its own, and another one after a change.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "../support/phone/index.ts";
import { exitOf } from "../support/processes.ts";

const repository = resolve(import.meta.dirname, "../..");

it("starts with a folder of its own, shows the first steps, and starts again when a file changes", async () => {
  const folder = await mkdtemp(join(tmpdir(), "parley-dev-"));
  const command = `exec ${process.execPath} tools/dev/main.ts --folder ${folder}`;
  const terminal = spawn("script", ["-qec", command, "/dev/null"], { cwd: repository });
  const ended = exitOf(terminal);
  let out = "";
  terminal.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  const starts = (count: number) =>
    eventually(
      () => (out.split("is ready. Ctrl-C stops it.").length > count ? true : undefined),
      () => `start number ${count}: ${out.slice(-2000)}`,
      { limitMs: 60_000 },
    );
  try {
    await starts(1);
    const config = await readFile(join(folder, "parley.yaml"), "utf8");
    const port = /^api:\n(?: {2}.*\n)*? {2}port: (\d+)/m.exec(config)?.[1];

    expect(out).toContain(`http://127.0.0.1:${port}/docs`);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    expect((await stat(join(folder, "parley.yaml"))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "data/parley.db"))).size).toBeGreaterThan(0);

    // A file of a media worker, which the control process never imports; its times are the news.
    const file = join(repository, "media/leg/leg.ts");
    const { atime, mtime } = await stat(file);
    await utimes(file, atime, mtime);
    await starts(2);
    expect(await readFile(join(folder, "parley.yaml"), "utf8")).toBe(config);
  } finally {
    // As Ctrl-C at that terminal does.
    terminal.stdin.write("\x03");
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
});
