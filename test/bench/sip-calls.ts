// `npm run bench:sip`: what signalling costs. SIPp, several PBXes in one machine, calls rooms of a running bridge
// at rising rates, without media packets; the same load on SIPp's own callee is the comparison. Then OPTIONS,
// and the memory of calls that just stand. Says how far it is, ends in time, prints three tables and one JSON object.
//
//   npm run bench:sip -- --rates 50,100,200,300 --seconds 8 --idle 500 --log info --profile 150
//   npm run bench:sip -- --rates 50,100 --options none --idle 0
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { ParleyProcess } from "../support/parley.ts";
import { type Address, eventually, within } from "../support/phone/index.ts";
import { usageOf } from "../support/processes.ts";
import { Inspector, inspectorOption } from "./inspector.ts";
import { metricSum } from "./metrics.ts";
import {
  holdMs,
  idle,
  idlePerSecond,
  lateMs,
  maxSeconds,
  optionsRates,
  profileRate,
  rampMs,
  rates,
  seconds,
  settleMs,
  standingMs,
  steps,
  usualSeconds,
  values,
  warmUp,
} from "./sip-plan.ts";
import { runLoad, type Scenario, SippCallee, type SippFigures } from "./sipp-load.ts";
import { formatRows } from "./table.ts";

const rooms = 20;
/** The bridge takes 500 messages a second from one source: three a call, one an OPTIONS. */
const perSource: Record<Scenario, number> = { "full-call": 100, "idle-call": 100, options: 250 };
const profiledFunctions = 25;

interface LoadFigures extends SippFigures {
  readonly perSecond: number;
  /** Processor time a call (or OPTIONS), milliseconds. */
  readonly mainMs: number;
  readonly workerMs: number;
  /** What a whole core of the main process would carry. */
  readonly perCore: number;
}

/** Bytes. */
interface Memory {
  readonly rss: number;
  readonly heap: number;
  readonly worker: number;
}

const folder = await mkdtemp(join(tmpdir(), "parley-bench-"));
const extensions = Array.from({ length: rooms }, (_, index) => String(7100 + index));
let runs = 0;
console.error(`${steps} steps: about ${inMinutes(usualSeconds)}, at most ${inMinutes(maxSeconds)}`);

/** As `npm start` and the service run it. */
const nurseryOption = "--max-semi-space-size=4";
process.env["NODE_OPTIONS"] = `${inspectorOption} ${nurseryOption}`;
const bridge = await ParleyProcess.start({
  env: { MEDIA_WORKERS: "1", LOG_LEVEL: values.log, RTP_PORT_MIN: "20000", RTP_PORT_MAX: "29999" },
});
const inspector = await Inspector.open(bridge);
const callee = await SippCallee.start(join(folder, "callee"));
try {
  await within(measure(), maxSeconds * 1000, () => "end of the benchmark");
} finally {
  inspector.close();
  await callee.stop();
  await bridge.stop();
  await rm(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  for (const extension of extensions) {
    await bridge.createRoom({ extension_number: extension, capacity: 200 });
  }
  const processes = { server: bridge.sip, main: bridge.pid, workers: bridge.workers };
  await load("full-call", warmUp.perSecond, warmUp.seconds, processes);
  const calls: LoadFigures[] = [];
  for (const rate of rates) calls.push(await load("full-call", rate, seconds, processes));
  if (profileRate > 0) await profile(processes);
  const options: LoadFigures[] = [];
  for (const rate of optionsRates) options.push(await load("options", rate, seconds, processes));
  const standing = idle > 0 ? await measureIdle() : {};
  const comparison: LoadFigures[] = [];
  const other = { server: callee.server, main: callee.pid, workers: [] };
  for (const rate of rates) comparison.push(await load("full-call", rate, seconds, other));

  console.log(`calls to the bridge\n${tableOf(calls)}\n\ncalls to SIPp\n${tableOf(comparison)}\n`);
  if (options.length > 0) console.log(`OPTIONS to the bridge\n${tableOf(options)}\n`);
  if (idle > 0)
    console.log(
      `${idle} idle calls: ${Object.entries(standing)
        .map(([key, value]) => `${key} ${value.toFixed(1)}`)
        .join(", ")}`,
    );
  const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.version };
  const digits = (_: string, value: unknown) =>
    typeof value === "number" ? Number(value.toFixed(3)) : value;
  console.log(
    JSON.stringify({ machine, log: values.log, seconds, calls, comparison, options, idle: standing }, digits),
  );
}

/** One more step begins; each has a folder of its own. */
function nextStep(what: string): string {
  runs += 1;
  console.error(`${runs} of ${steps}: ${what} …`);
  return join(folder, String(runs));
}

function inMinutes(wholeSeconds: number): string {
  return `${Math.ceil(wholeSeconds / 60)} min`;
}

interface Measured {
  readonly server: Address;
  readonly main: number;
  readonly workers: readonly number[];
}

async function load(
  scenario: Scenario,
  perSecond: number,
  lasting: number,
  { server, main, workers }: Measured,
): Promise<LoadFigures> {
  const own = nextStep(`${scenario}, ${perSecond} a second for ${lasting} s`);
  const before = { main: cpuSeconds([main]), workers: cpuSeconds(workers) };
  const figures = await runLoad({
    scenario,
    server,
    perSecond,
    total: perSecond * lasting,
    extensions,
    perSource: perSource[scenario],
    folder: own,
  });
  // What a call leaves to be done after its end belongs to it.
  await delay(settleMs);
  const calls = figures.succeeded + figures.failed;
  const spentMs = (pids: readonly number[], since: number): number =>
    ((cpuSeconds(pids) - since) * 1000) / calls;
  const mainMs = spentMs([main], before.main);
  return {
    perSecond,
    ...figures,
    mainMs,
    workerMs: spentMs(workers, before.workers),
    perCore: 1000 / mainMs,
  };
}

/** After a first wave of as many calls, so that what is made once is not counted. */
async function measureIdle(): Promise<Record<string, number>> {
  await holdCalls(async () => {});
  await delay(settleMs);
  const before = await memory();
  let during = before;
  let cores = 0;
  await holdCalls(async () => {
    const cpu = cpuSeconds([bridge.pid]);
    await delay(standingMs / 2);
    cores = (cpuSeconds([bridge.pid]) - cpu) / (standingMs / 2000);
    during = await memory();
  });
  const perCall = (key: keyof Memory): number => (during[key] - before[key]) / idle / 1024;
  return {
    "main heap KB a call": perCall("heap"),
    "main RSS KB a call": perCall("rss"),
    "worker RSS KB a call": perCall("worker"),
    "main cores % meanwhile": cores * 100,
  };
}

async function holdCalls(whileStanding: () => Promise<void>): Promise<void> {
  const own = nextStep(`${idle} idle calls`);
  // Calls that SIPp gave up under too much load without a BYE: the bridge keeps them until their session expires.
  const stranded = await callsNow();
  const load = { scenario: "idle-call", server: bridge.sip, total: idle, extensions } as const;
  const done = runLoad({
    ...load,
    perSecond: idlePerSecond,
    perSource: perSource["idle-call"],
    holdMs,
    folder: own,
  });
  let standing = 0;
  await eventually(
    async () => {
      standing = (await callsNow()) - stranded;
      return standing === idle ? true : undefined;
    },
    () => `${idle} calls that stand, but ${standing},`,
    { limitMs: rampMs + lateMs, everyMs: 200 },
  );
  await whileStanding();
  await done;
}

async function callsNow(): Promise<number> {
  return metricSum(await bridge.metrics(), "parley_calls");
}

async function memory(): Promise<Memory> {
  const heap = await inspector.heapBytes();
  const metrics = await bridge.metrics();
  const rss = metricSum(metrics, "process_resident_memory_bytes");
  return { rss, heap, worker: metricSum(metrics, "parley_media_rss_bytes") };
}

/** Where the main process spends its time under `--profile` calls a second. */
async function profile(processes: Measured): Promise<void> {
  await inspector.startProfile();
  await load("full-call", profileRate, seconds, processes);
  const top = await inspector.stopProfile(profiledFunctions);
  console.log(top.map(([where, share]) => `${(share * 100).toFixed(1).padStart(5)} %  ${where}`).join("\n"));
}

function tableOf(figures: readonly LoadFigures[]): string {
  const columns: readonly (readonly [string, (one: LoadFigures) => string])[] = [
    ["offered/s", (one) => String(one.perSecond)],
    ["done", (one) => String(one.succeeded)],
    ["failed", (one) => String(one.failed)],
    ["sent again", (one) => String(one.retransmissions)],
    [
      "200 after p50/p95/p99 ms",
      ({ setUpP50Ms, setUpP95Ms, setUpP99Ms }) =>
        [setUpP50Ms, setUpP95Ms, setUpP99Ms].map((ms) => ms.toFixed(1)).join(" / "),
    ],
    ["main ms each", (one) => one.mainMs.toFixed(2)],
    ["worker ms each", (one) => one.workerMs.toFixed(2)],
    ["a main core carries/s", (one) => one.perCore.toFixed(0)],
  ];
  return formatRows([
    columns.map(([title]) => title),
    ...figures.map((one) => columns.map(([, value]) => value(one))),
  ]);
}

function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (usageOf(pid)?.cpuSeconds ?? 0), 0);
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
