// The program that is started. Loading the daemon takes most of a second, so what would stop its start is looked for
// first: the configuration, another Parley on the same folders, the machine, the ports. Nothing is touched here.
import { readFileSync } from "node:fs";
import { systemClock } from "#common";
import { loadConfig, waitArgument } from "#config";
import { checkStart } from "./setup/claim-folders.ts";
import { explainStartError } from "./setup/start-error.ts";

// Until the certificate is followed, and once it is no more, a reload has nothing to do; by itself the signal would end the process.
process.on("SIGHUP", () => {});

try {
  const argv = process.argv.slice(2);
  if (!argv.includes("--help")) {
    const config = loadConfig({ argv, env: process.env, readFile: (path) => readFileSync(path, "utf8") });
    await checkStart({ config, wait: argv.includes(waitArgument), clock: systemClock });
  }
  await import("./main.ts");
} catch (error) {
  explainStartError(error);
}
