// A media worker whose output has lost its reader, as after the end of a terminal or of the control process, still ends.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it, onTestFinished } from "vitest";

const program = resolve(import.meta.dirname, "../../media/main.ts");

it("ends though the reader of its log has gone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "parley-worker-output-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const settings = {
    ...{ socket: join(folder, "media.sock"), index: "0", "rtp-min": "45000", "rtp-max": "45099" },
    ...{ "log-level": "info", "log-format": "json", "grace-ms": "120000", prompts: folder, clips: folder },
    ...{ agc: "on", "video-codecs": "", "video-guard": "off", "noise-gate": "off" },
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  for await (const chunk of child.stdout) {
    output += String(chunk);
    // Leaving the loop closes our end.
    if (output.includes("media worker listens")) break;
  }
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
});
