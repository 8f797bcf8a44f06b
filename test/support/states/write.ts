// Writes the corpus of states that running calls carry over an upgrade, as today's code writes them:
//
//   node test/support/states/write.ts VERSION
//
// into `test/corpus/states/VERSION/legs/KIND.json`, what media workers tell of their legs, and into `VERSION/records.json`, the records
// of the live state by kind and id. Folders of earlier versions stay as they are.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeLiveRecords } from "../../unit/bridge/services/live-state/record-states.ts";
import { legKinds, openLegStates } from "../../unit/media/support/leg-states.ts";

const [version = ""] = process.argv.slice(2);
if (!/^[\w.-]+$/.test(version)) {
  process.stderr.write("write: which version writes these states?\n");
  process.exit(2);
}
const folder = join(import.meta.dirname, "../../corpus/states", version);
const states = await openLegStates();
mkdirSync(join(folder, "legs"), { recursive: true });
for (const kind of legKinds) {
  const { state, checkpoint } = await states.of(kind);
  const told = {
    state: JSON.parse(state) as unknown,
    ...(checkpoint !== undefined && { checkpoint: JSON.parse(checkpoint) as unknown }),
  };
  writeFileSync(join(folder, "legs", `${kind}.json`), `${JSON.stringify(told, undefined, 1)}\n`);
}
await states.close();
const records = await makeLiveRecords();
writeFileSync(join(folder, "records.json"), `${JSON.stringify(records, undefined, 1)}\n`);
