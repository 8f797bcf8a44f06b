// Twenty recordings, each killed with SIGKILL at a random instant: does every file open, and does it hold everything up to
// the last second? A seed repeats an instant.
//
//   node test/bench/recording-kill.ts [--times 20] [--seed 1]
import { parseArgs } from "node:util";
import { killDuringRecording } from "../support/recording-kill.ts";

const { values } = parseArgs({
  options: { times: { type: "string", default: "20" }, seed: { type: "string" } },
});
const first = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const promiseMs = 1000;
let failed = 0;

for (let index = 0; index < Number(values.times); index += 1) {
  const outcome = await killDuringRecording(first + index);
  const missingMs = outcome.recordedMs - outcome.fileMs;
  const good = outcome.recovered && missingMs <= promiseMs;
  if (!good) failed += 1;
  console.log(
    `seed ${outcome.seed}  ${outcome.victim.padEnd(6)}  ${outcome.format}  killed after ${outcome.recordedMs.toFixed(0).padStart(4)} ms, ` +
      `${Math.max(0, missingMs).toFixed(0).padStart(4)} ms of it are missing, ${outcome.damagedWindows} damaged windows` +
      `${good ? "" : "  FAILED"}`,
  );
}
console.log(`${Number(values.times) - failed} of ${values.times} hold everything up to the last second`);
process.exitCode = failed === 0 ? 0 : 1;
