// `npm run fuzz -- NAME [--minutes N] [--seed N]`: one fuzzer for as long as is wanted, with other inputs each time. What it
// finds becomes a file of the corpus, which the unit tests read from then on; exit code 1. `http` asks every operation of
// the API and has no files: a finding is the seed that the test names.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findingOf } from "../support/fuzz/corpus.ts";
import { findingsInCorpus, fuzzSeed } from "../support/fuzz/run.ts";
import { type FuzzTarget, fuzzTargets } from "../support/fuzz/targets.ts";

const inputsASeed = 2000;
const names = [...fuzzTargets.map(({ name }) => name), "http"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});
const [name = ""] = positionals;
const [minutes, firstSeed] = [Number(values.minutes), Number(values.seed)];
if (!names.includes(name) || !(minutes > 0) || !Number.isSafeInteger(firstSeed)) {
  console.error(`fuzz: NAME [--minutes N] [--seed N], with one of ${names.join(", ")}`);
  process.exit(2);
}
const until = performance.now() + minutes * 60_000;
const target = fuzzTargets.find((known) => known.name === name);
process.exitCode = target ? fuzzReader(target) : fuzzApi();

function fuzzReader(reader: FuzzTarget): 0 | 1 {
  const inCorpus = findingsInCorpus(reader);
  for (const { where, error } of inCorpus) console.error(where, error);
  if (inCorpus.length > 0) return 1;
  let seed = firstSeed;
  for (; performance.now() < until; seed += 1) {
    const found = fuzzSeed(reader, seed, inputsASeed);
    if (!found) continue;
    const digest = createHash("sha256").update(found.input).digest("hex").slice(0, 8);
    const { path, text } = findingOf(`${reader.name}-${digest}${reader.ending}`, found.input);
    writeFileSync(path, text);
    console.error(`${found.where}: kept as ${fileURLToPath(path)}`, found.error);
    return 1;
  }
  console.log(
    `${reader.name}: ${(seed - firstSeed) * inputsASeed} inputs from seed ${firstSeed} on, no finding`,
  );
  return 0;
}

/** The test of every operation of the API, with other requests each time. */
function fuzzApi(): 0 | 1 {
  for (let seed = firstSeed; performance.now() < until; seed += 1) {
    const env = { ...process.env, PARLEY_FUZZ_SEED: String(seed) };
    const args = ["run", "--project", "unit", "test/unit/api/fuzz-operations.test.ts"];
    if (spawnSync("vitest", args, { stdio: "inherit", env }).status !== 0) {
      console.error(`seed ${seed}: PARLEY_FUZZ_SEED=${seed} repeats it`);
      return 1;
    }
  }
  return 0;
}
