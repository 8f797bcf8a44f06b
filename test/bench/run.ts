// `npm run bench`: how much of the machine a room costs, and how much delay it adds. For each size a fresh
// bridge and a load process (load.ts) on loopback; processor time and memory from /proc, what the bridge says of
// itself from /metrics. Prints one table and one JSON object.
//
//   npm run bench -- --legs 10,50,100,200 --seconds 15 --runs 3 --talkers 3
import { fork } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ParleyProcess } from "../support/parley.ts";
import { within } from "../support/phone/index.ts";
import { exitOf, usageOf } from "../support/processes.ts";
import { type LoadFigures, medians, percentile, type RunFigures } from "./figures.ts";
import type { LoadMessage, LoadOrder } from "./load.ts";
import { metricSum, type TickSecond, tickSecond } from "./metrics.ts";
import { formatTable } from "./table.ts";

const extension = "7000";
const warmUpSeconds = 4;
const setUpLimitMs = 60_000;

const { values } = parseArgs({
  options: {
    legs: { type: "string", default: "10,50,100,200" },
    seconds: { type: "string", default: "15" },
    runs: { type: "string", default: "1" },
    talkers: { type: "string", default: "3" },
    workers: { type: "string", default: "1" },
  },
});
const sizes = values.legs.split(",").map(Number);
const [seconds, runs, talkers] = [Number(values.seconds), Number(values.runs), Number(values.talkers)];
if (![...sizes, seconds, runs, talkers].every((value) => Number.isInteger(value) && value > 0)) {
  console.error("bench: --legs, --seconds, --runs and --talkers take whole numbers above 0");
  process.exit(2);
}

const results: { legs: number; figures: RunFigures }[] = [];
for (const legs of sizes) {
  const figures: RunFigures[] = [];
  for (let run = 1; run <= runs; run += 1) {
    console.error(`${legs} legs, run ${run} of ${runs} …`);
    figures.push(await measure(legs));
  }
  results.push({ legs, figures: medians(figures) });
}
console.log(formatTable(results));
const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.version };
const digits = (_: string, value: unknown) => (typeof value === "number" ? Number(value.toFixed(4)) : value);
console.log(JSON.stringify({ machine, codec: "PCMU", talkers, seconds, runs, results }, digits));

async function measure(legs: number): Promise<RunFigures> {
  const parley = await ParleyProcess.start({
    env: { MEDIA_WORKERS: values.workers, LOG_LEVEL: "warn", RTP_PORT_MIN: "20000", RTP_PORT_MAX: "21999" },
  });
  try {
    await parley.createRoom({ extension_number: extension, capacity: 200 });
    return await underLoad(parley, legs);
  } finally {
    await parley.stop();
  }
}

async function underLoad(parley: ParleyProcess, legs: number): Promise<RunFigures> {
  const load = fork(join(import.meta.dirname, "load.ts"), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const order: LoadOrder = { server: parley.sip, extension, legs, talkers, warmUpSeconds, seconds };
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
