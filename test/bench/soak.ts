// `npm run bench:soak`: two hours of churn with a hundred legs against a bridge of its own. Telephones and a browser come,
// talk, type, hold, are muted and removed, vanish and come again; rooms are recorded and arranged; programs ask and read
// events. Every ten seconds a row of `samples.csv`: memory, files, ports, timers, lateness of the ticks, calls, packets,
// events. At the end, or when it is interrupted, a chart (`chart.svg`) and a verdict; code 1 when something grows or was lost.
//
//   npm run bench:soak -- --minutes 120 --folder /tmp/soak [--seed 7] [--legs 100] [--no-browser]
//   npm run bench:soak -- --chart /tmp/soak/samples.csv
//
// Samples with nobody there are taken before the churn (after a minute of it that warms everything up) and after it:
// `idle.csv`. The join page must be built (`npm run build`).
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { seededRandom } from "../support/network.ts";
import { ParleyProcess } from "../support/parley.ts";
import { eventually } from "../support/phone/index.ts";
import { drawChart } from "./soak/chart.ts";
import { arrange, ask, record } from "./soak/commands.ts";
import { EventReaders } from "./soak/readers.ts";
import { reload } from "./soak/reloads.ts";
import { columns, fromCsv, type Sample, toCsv, toRow } from "./soak/sample.ts";
import { Sampler, type Sources } from "./soak/sampler.ts";
import { Seat } from "./soak/seat.ts";
import { Tally } from "./soak/tally.ts";
import { formatFindings, judge } from "./soak/verdict.ts";

const { values } = parseArgs({
  allowNegative: true,
  options: {
    minutes: { type: "string", default: "120" },
    legs: { type: "string", default: "100" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    folder: { type: "string", default: join(tmpdir(), "parley-soak") },
    browser: { type: "boolean", default: true },
    chart: { type: "string" },
  },
});
const [minutes, legs, seed] = [values.minutes, values.legs, values.seed].map(Number) as [
  number,
  number,
  number,
];
if (
  !(minutes > 0 && minutes <= 1440) ||
  !(Number.isInteger(legs) && legs >= 20 && legs <= 400) ||
  Number.isNaN(seed)
) {
  console.error("soak: --minutes takes 1 to 1440, --legs 20 to 400, --seed a number");
  process.exit(2);
}

const sampleMs = 10_000;
const warmUpMs = 60_000;
/** Until transactions, spare workers and whatever else lasts a minute are gone. */
const settleMs = 120_000;
/** A phone that went away without a word is found by its silence. */
const noCallsLimitMs = 400_000;
const pin = "4711";

/** Ends the run early, in order. */
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());

if (values.chart !== undefined) {
  const folder = dirname(values.chart);
  const samples = fromCsv(readFileSync(values.chart, "utf8"));
  const idle = readIdle(folder);
  conclude(folder, samples, idle);
} else await run(values.folder);

function readIdle(folder: string): readonly Sample[] {
  try {
    return fromCsv(readFileSync(join(folder, "idle.csv"), "utf8"));
  } catch {
    return [];
  }
}

function conclude(folder: string, samples: readonly Sample[], idle: readonly Sample[]): void {
  writeFileSync(join(folder, "chart.svg"), drawChart(samples));
  const findings = judge(samples, idle);
  console.log(formatFindings(findings));
  process.exitCode = findings.every(({ passed }) => passed !== false) ? 0 : 1;
}

async function run(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  console.log(`soak: ${minutes} minutes, ${legs} legs, seed ${seed}, ${folder}`);
  const work = await mkdtemp(join(tmpdir(), "parley-soak-work-"));
  // As `npm start` has it.
  process.env["NODE_OPTIONS"] = "--max-semi-space-size=4";
  const parley = await ParleyProcess.start({
    dataDir: join(work, "data"),
    env: {
      // Chromium gathers no loopback addresses.
      ...{ SIP_LISTEN_ADDRESS: "0.0.0.0", MEDIA_WORKERS: "2", LOG_LEVEL: "info", EVENTS_DTMF: "true" },
      WEBHOOKS_ALLOW_PRIVATE_NETWORKS: "true",
      // What may fill is full after a quarter of an hour: what grows afterwards grows.
      CALL_RECORDS_LADDER_MB: "8",
    },
  });
  delete process.env["NODE_OPTIONS"];
  const tally = new Tally();
  const readers = await EventReaders.start(parley, tally);
  const random = seededRandom(seed);
  const own = () => seededRandom(Math.floor(random() * 2 ** 31));
  const rooms = await makeRooms(parley);
  const samples: Sample[] = [];
  const idle: Sample[] = [];
  try {
    const takes = { parley, tally, readers };
    // The first time everything is loaded that is loaded when it is needed.
    await churn({ ...takes, rooms, own, work, lastsMs: warmUpMs, onSample: () => {} });
    await settle(parley, tally);
    idle.push(await takeOne(takes));
    const table = join(folder, "samples.csv");
    writeFileSync(table, `${columns.join(",")}\n`);
    const onSample = (sample: Sample) => {
      samples.push(sample);
      appendFileSync(table, `${toRow(sample)}\n`);
    };
    Object.assign(tally, new Tally());
    await churn({ ...takes, rooms, own, work, lastsMs: minutes * 60_000, onSample });
    await settle(parley, tally);
    idle.push(await takeOne(takes));
    writeFileSync(join(folder, "idle.csv"), toCsv(idle));
    const state = (await parley.request("/api/debug/state")).text;
    writeFileSync(join(folder, "state.json"), state);
  } finally {
    writeFileSync(join(folder, "bridge.log"), parley.logs.join("\n"));
    const { notes, ...counts } = tally;
    writeFileSync(
      join(folder, "tally.json"),
      JSON.stringify({ seed, minutes, legs, ...counts, notes }, null, 2),
    );
    await readers.close();
    await parley.stop();
    await rm(work, { recursive: true, force: true, maxRetries: 5 });
  }
  conclude(folder, samples, idle);
}

interface Room {
  readonly id: string;
  readonly extension: string;
}

interface Rooms {
  readonly steady: Room;
  readonly plain: readonly Room[];
  readonly guarded: readonly Room[];
  readonly video: Room;
}

async function makeRooms(parley: ParleyProcess): Promise<Rooms> {
  const make = async (extension: string, fields: object = {}): Promise<Room> => {
    const id = await parley.createRoom({ extension_number: extension, capacity: 200, ...fields });
    return { id, extension };
  };
  const picture = { mode: "VIDEO" as const, width: 640, height: 360, framerate: 10, bitrate: 512 };
  return {
    steady: await make("7100"),
    plain: await Promise.all(
      ["7101", "7102", "7103", "7104", "7105", "7106", "7107"].map((each) => make(each)),
    ),
    guarded: await Promise.all(
      ["7201", "7202"].map((each) => make(each, { enable_prompt: true, room_pin: pin })),
    ),
    video: await make("7301", picture),
  };
}

interface Churn {
  readonly parley: ParleyProcess;
  readonly tally: Tally;
  readonly readers: EventReaders;
  readonly rooms: Rooms;
  /** A random source of one's own. */
  readonly own: () => () => number;
  readonly work: string;
  readonly lastsMs: number;
  readonly onSample: (sample: Sample) => void;
}

async function churn({ parley, tally, readers, rooms, own, work, lastsMs, onSample }: Churn): Promise<void> {
  const ending = new AbortController();
  const stop = ending.signal;
  const seats = seatsOf(rooms).map((seat) => new Seat({ ...seat, parley, tally, random: own(), stop }));
  const sampler = new Sampler({ parley, tally, readers, seats });
  const means = () => ({ parley, tally, random: own(), stop });
  const running = [
    ...seats.map((seat) => seat.run()),
    ...[...rooms.plain.slice(0, 2), rooms.guarded[0]!].map(({ id }) => record(means(), id)),
    arrange(means(), rooms.video.id),
    ask(
      means(),
      [rooms.steady, ...rooms.plain, rooms.video].map(({ id }) => id),
    ),
    ...(values.browser ? [reload({ ...means(), room: rooms.video.id, folder: work, everyMs: 55_000 })] : []),
  ];
  await sampler.take();
  const began = performance.now();
  for (let due = began + sampleMs; due <= began + lastsMs; due += sampleMs) {
    await sleepUnlessInterrupted(Math.max(0, due - performance.now()));
    if (interrupted.signal.aborted) break;
    await sampler.take().then(onSample, (error: unknown) => tally.note("sample", error));
  }
  ending.abort();
  await Promise.all(running);
  sampler.close();
}

/** A fifth stays, an eighth types PINs, a tenth or so is in the room with pictures. */
function seatsOf(rooms: Rooms) {
  const steady = Math.round(legs * 0.2);
  const guarded = Math.round(legs * 0.12);
  const video = Math.round(legs * 0.11);
  const phones = legs - steady - guarded - video - (values.browser ? 1 : 0);
  const list = <T>(count: number, make: (at: number) => T): T[] =>
    Array.from({ length: count }, (_, at) => make(at));
  return [
    ...list(steady, (at) => ({ name: `steady${at}`, room: rooms.steady, steady: true })),
    ...list(phones, (at) => ({ name: `phone${at}`, room: rooms.plain[at % rooms.plain.length]! })),
    ...list(guarded, (at) => ({ name: `guest${at}`, room: rooms.guarded[at % 2]!, pin })),
    ...list(video, (at) => ({ name: `video${at}`, room: rooms.video, video: at < 4 })),
  ];
}

async function takeOne(sources: Omit<Sources, "seats">): Promise<Sample> {
  const sampler = new Sampler({ ...sources, seats: [] });
  try {
    return await sampler.take();
  } finally {
    sampler.close();
  }
}

async function settle(parley: ParleyProcess, tally: Tally): Promise<void> {
  await eventually(
    async () => (/^parley_calls 0$/m.test(await parley.metrics()) ? true : undefined),
    () => "bridge without calls",
    { limitMs: noCallsLimitMs, everyMs: 1000 },
  ).catch((error: unknown) => tally.note("settling", error));
  await sleepUnlessInterrupted(settleMs);
}

async function sleepUnlessInterrupted(ms: number): Promise<void> {
  await sleep(ms, undefined, { signal: interrupted.signal }).catch(() => {});
}
