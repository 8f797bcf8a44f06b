// Makes a new admin key, shows it once and stores its hash; the earlier key stops working. With `--if-none` only
// when there is no key yet. Takes the daemon's configuration and may run beside it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "#bridge/store";
import { StartError } from "#common";
import { loadConfig } from "#config";
import { prepareFolders } from "./daemon/folders.ts";

const argv = process.argv.slice(2);
const ifNone = argv.includes("--if-none");

try {
  const config = loadConfig({
    argv: argv.filter((argument) => argument !== "--if-none"),
    env: process.env,
    readFile: (path) => readFileSync(path, "utf8"),
  });
  if (config.api.admin_key !== "") {
    if (!ifNone) throw new StartError("api.admin_key is set in the configuration: change it there");
  } else {
    const store = await openStore(join(prepareFolders(config).data, "parley.db"));
    const key = ifNone ? await store.adminKey.ensure() : await store.adminKey.renew();
    await store.close();
    if (key !== undefined) process.stdout.write(`The API's admin key, shown this once: ${key}\n`);
  }
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`parley: ${error.message}\n`);
  process.exitCode = 2;
}
