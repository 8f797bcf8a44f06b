// `npm run dev`: the daemon on this machine alone, started again whenever its source changes. Its configuration and
// data are in `.dev`, which Git ignores; `--folder DIR` is another place for them.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { developerConfig } from "./config.ts";

const repository = resolve(import.meta.dirname, "../..");
/** The media workers are processes of their own, so that folders are watched instead of what the daemon has imported. */
const watched = ["api", "bridge", "common", "config", "media"];

const { values } = parseArgs({ options: { folder: { type: "string", default: ".dev" } } });
const folder = resolve(repository, values.folder);
const config = join(folder, "parley.yaml");
mkdirSync(folder, { recursive: true, mode: 0o700 });
if (!existsSync(config)) {
  writeFileSync(config, await developerConfig(join(folder, "data")), { mode: 0o600 });
}
process.stdout.write(`configuration ${config}; in another terminal: bin/parley status --config ${config}\n`);
const daemon = spawn(
  process.execPath,
  [
    ...watched.map((name) => `--watch-path=${join(repository, name)}`),
    ...["--watch-preserve-output", join(repository, "bridge/start.ts"), "--config", config],
  ],
  { cwd: repository, stdio: "inherit" },
);
// The terminal sends Ctrl-C to this process and to the daemon; a signal to this process alone is passed on.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => daemon.kill("SIGTERM"));
daemon.once("exit", (code) => process.exit(code ?? 0));
