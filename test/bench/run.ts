// `npm run bench`: how much of the machine conferences cost, and how much delay they add. For each scenario a fresh
// bridge and a load process (load.ts) on loopback; processor time and memory from /proc, what the bridge says of
// itself from /metrics. Prints one table and one JSON object; medians of several runs, which take turns, so that
// a change of the machine's mood meets all scenarios alike.
//
// For comparing one state of the code with another, scenario by scenario, and for the shares of main process and worker.
// The absolute cost is overstated: the phones are a Node process on the same machine, whose garbage collection and cache
// misses disturb the bridge. A generator that does not (C, real-time priority) measures a third to a half less.
//
//   npm run bench                                     everything, three times: a quarter of an hour
//   npm run bench -- --only "PCMU 200,opus" --runs 1   scenarios by the beginnings of their names
//   npm run bench -- --codecs G722 --legs 20,80 --talkers 3 --workers 1 --seconds 15
import { fork } from "node:child_process";
import { cpus, release } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ParleyProcess } from "../support/parley.ts";
import { within } from "../support/phone/index.ts";
import { exitOf, usageOf } from "../support/processes.ts";
import { type LoadFigures, medians, percentile, type RunFigures } from "./figures.ts";
import type { LoadMessage, LoadOrder } from "./load.ts";
import { metricSum, type TickSecond, tickSecond } from "./metrics.ts";
import { benchCodecs } from "./payloads.ts";
import { type BenchScenario, chooseScenarios, measuresDelay } from "./scenarios.ts";
import { formatTable } from "./table.ts";

const firstExtension = 7000;
const roomCapacity = 200;
const setUpLimitMs = 60_000;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    codecs: { type: "string", default: benchCodecs.join(",") },
    legs: { type: "string", default: "" },
    talkers: { type: "string", default: "3" },
    workers: { type: "string", default: "1" },
    seconds: { type: "string", default: "6" },
    "warm-up": { type: "string", default: "8" },
    runs: { type: "string", default: "3" },
  },
});
const listed = (text: string): readonly string[] => text.split(",").filter((each) => each !== "");
const legs = listed(values.legs).map(Number);
const [seconds, runs] = [Number(values.seconds), Number(values.runs)];
const [talkers, workers] = [Number(values.talkers), Number(values.workers)];
const warmUpSeconds = Number(values["warm-up"]);
const numbers = [...legs, seconds, runs, talkers, workers, warmUpSeconds];
if (!numbers.every((value) => Number.isInteger(value) && value > 0)) {
  console.error(
    "bench: --legs, --talkers, --workers, --seconds, --warm-up and --runs take whole numbers above 0",
  );
  process.exit(2);
}

const scenarios = choose();
const measured = new Map<BenchScenario, RunFigures[]>(scenarios.map((scenario) => [scenario, []]));
for (let run = 1; run <= runs; run += 1) {
  for (const scenario of scenarios) {
    console.error(`${scenario.name}, run ${run} of ${runs} …`);
    const figures = await attempt(scenario);
    if (figures) measured.get(scenario)!.push(figures);
    else process.exitCode = 1;
  }
}
const results = [...measured]
  .filter(([, figures]) => figures.length > 0)
  .map(([scenario, figures]) => ({ ...scenario, runs: figures.length, figures: medians(figures) }));
console.log(formatTable(results.map(({ name, figures }) => ({ name, figures }))));
const machine = {
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  kernel: release(),
  node: process.version,
};
const digits = (_: string, value: unknown) => (typeof value === "number" ? Number(value.toFixed(4)) : value);
console.log(JSON.stringify({ machine, seconds, warmUpSeconds, results }, digits));

function choose(): readonly BenchScenario[] {
  try {
    return chooseScenarios({
      ...{ legs, talkers, workers },
      only: listed(values.only).map((name) => name.trim()),
      codecs: listed(values.codecs),
    });
  } catch (error) {
    console.error(`bench: ${String(error)}`);
    process.exit(2);
  }
}

/** Twice, if need be: what one bad moment of the machine ends shall not cost what was measured before. */
async function attempt(scenario: BenchScenario): Promise<RunFigures | undefined> {
  for (let attempts = 0; attempts < 2; attempts += 1) {
    try {
      return await measure(scenario);
    } catch (error) {
      console.error(`${scenario.name} failed: ${String(error)}`);
    }
  }
  return undefined;
}

async function measure(scenario: BenchScenario): Promise<RunFigures> {
  const parley = await ParleyProcess.start({
    env: {
      MEDIA_WORKERS: String(scenario.workers),
      LOG_LEVEL: "warn",
      RTP_PORT_MIN: "20000",
      RTP_PORT_MAX: "25999",
    },
  });
  try {
    const extensions = Array.from({ length: scenario.rooms }, (_, room) => String(firstExtension + room));
    for (const extension_number of extensions) {
      await parley.createRoom({ extension_number, capacity: roomCapacity });
    }
    return await underLoad(parley, scenario, extensions);
  } finally {
    await parley.stop();
  }
}

async function underLoad(
  parley: ParleyProcess,
  scenario: BenchScenario,
  extensions: readonly string[],
): Promise<RunFigures> {
  const load = fork(join(import.meta.dirname, "load.ts"), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    serialization: "advanced",
  });
  const { codec, srtp, webrtc, legsPerRoom, talkersPerRoom } = scenario;
  const order: LoadOrder = {
    ...{ server: parley.sip, extensions, codec, srtp, webrtc, legsPerRoom, talkersPerRoom },
    ...{ warmUpSeconds, seconds },
    measuresDelay: measuresDelay(scenario),
  };
  const measuring = Promise.withResolvers<void>();
  const measured = Promise.withResolvers<LoadFigures>();
  load.on("message", (message: LoadMessage) => {
    if (message.kind === "measuring") measuring.resolve();
    else if (message.kind === "measured") measured.resolve(message.figures);
    else {
      const failure = new Error(`load: ${message.message}`);
      measuring.reject(failure);
      measured.reject(failure);
    }
  });
  measured.promise.catch(() => {});
  try {
    load.send(order);
    await within(measuring.promise, setUpLimitMs, () => "load");
    const { workers } = parley;
    const before = sample(parley, load.pid!, workers);
    const metricsBefore = await parley.metrics();
    const ticks: TickSecond[] = [];
    const watch = setInterval(() => {
      parley.metrics().then(
        (text) => ticks.push(tickSecond(text)),
        () => {},
      );
    }, 1000);
    const figures = await within(measured.promise, seconds * 1000 + 30_000, () => "end of the load").finally(
      () => clearInterval(watch),
    );
    const after = sample(parley, load.pid!, workers);
    const metricsAfter = await parley.metrics();
    const grown = (name: string) => metricSum(metricsAfter, name) - metricSum(metricsBefore, name);
    const cores = (key: "main" | "workers" | "load"): number =>
      (after[key].cpuSeconds - before[key].cpuSeconds) / ((after.atMs - before.atMs) / 1000);
    return {
      ...figures,
      mainCores: cores("main"),
      workerCores: cores("workers"),
      loadCores: cores("load"),
      mainRssMb: after.main.rssBytes / 2 ** 20,
      workerRssMb: after.workers.rssBytes / 2 ** 20,
      tickLatenessP99Ms: percentile(
        ticks.map((tick) => tick.latenessP99Ms),
        50,
      ),
      tickLatenessMaxMs: Math.max(...ticks.map((tick) => tick.latenessMaxMs)),
      tickCostP99Ms: percentile(
        ticks.map((tick) => tick.costP99Ms),
        50,
      ),
      ticksSkipped: grown("parley_media_ticks_skipped_total"),
      workerPacketsLost: grown("parley_media_packets_lost_total"),
    };
  } finally {
    const exited = exitOf(load);
    const killer = setTimeout(() => load.kill("SIGKILL"), 15_000);
    await exited;
    clearTimeout(killer);
  }
}

function sample(parley: ParleyProcess, load: number, workers: readonly number[]) {
  const nothing = { cpuSeconds: 0, rssBytes: 0 };
  const add = (a: typeof nothing, b: typeof nothing) => ({
    cpuSeconds: a.cpuSeconds + b.cpuSeconds,
    rssBytes: a.rssBytes + b.rssBytes,
  });
  return {
    atMs: performance.now(),
    main: usageOf(parley.pid) ?? nothing,
    workers: workers.map((pid) => usageOf(pid) ?? nothing).reduce(add, nothing),
    load: usageOf(load) ?? nothing,
  };
}
