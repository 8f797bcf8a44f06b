// `npm run bench:api`: what the control plane carries, and what it costs those who talk. A bridge with so many rooms
// and participants, one room of a hundred phones with sound (load.ts, a process of its own); then each operation as
// fast as eight connections ask for it, while the lateness of the audio tick is watched. Prints two tables and one
// JSON object.
//
//   npm run bench:api -- --rooms 10000 --participants 1000 --legs 100 --seconds 8
import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { newId, systemClock } from "#common";
import { newRoom } from "../../bridge/conference/rooms/records/defaults.ts";
import { openDatabase } from "../../bridge/services/store/database.ts";
import { createRoomsRepository } from "../../bridge/services/store/rooms-repository.ts";
import { ParleyProcess } from "../support/parley.ts";
import { Wire, within } from "../support/phone/index.ts";
import { exitOf } from "../support/processes.ts";
import { percentile } from "./figures.ts";
import { dial, type Line, serve } from "./line.ts";
import type { LoadMessage, LoadOrder } from "./load.ts";
import { metricSum, metricValues, tickSecond } from "./metrics.ts";
import { formatRows } from "./table.ts";

const firstExtension = 100_000;
const peopleInARoom = 100;
const connections = 8;
const dialledAtOnce = 5;
const key = "a-key-for-tests-only";

const { values } = parseArgs({
  options: {
    rooms: { type: "string", default: "10000" },
    participants: { type: "string", default: "1000" },
    legs: { type: "string", default: "100" },
    seconds: { type: "string", default: "8" },
  },
});
const [rooms, participants, legs, seconds] = [
  values.rooms,
  values.participants,
  values.legs,
  values.seconds,
].map(Number) as [number, number, number, number];
if (![rooms, participants, legs, seconds].every((value) => Number.isInteger(value) && value > 0)) {
  console.error("bench: --rooms, --participants, --legs and --seconds take whole numbers above 0");
  process.exit(2);
}

interface Measured {
  readonly name: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly failed: number;
  readonly lateP99Ms: number;
  readonly lateMaxMs: number;
  readonly skipped: number;
  readonly eventLoopP99Ms: number;
}

const dataDir = await mkdtemp(join(tmpdir(), "parley-bench-"));
try {
  const ids = await fill(join(dataDir, "parley.db"));
  const parley = await ParleyProcess.start({
    dataDir,
    env: {
      ...{ LOG_LEVEL: "warn", API_ADMIN_KEY: key, SIP_MAX_CALLS: "5000" },
      ...{ RTP_PORT_MIN: "20000", RTP_PORT_MAX: "23999" },
    },
  });
  try {
    const results = await underLoad(parley, ids);
    const shown = results.map(({ name, perSecond, p50Ms, p99Ms, maxMs, failed }) => [
      name,
      ...[perSecond.toFixed(0), p50Ms.toFixed(1), p99Ms.toFixed(1), maxMs.toFixed(0), String(failed)],
    ]);
    console.log(formatRows([["operation", "a second", "p50 ms", "p99 ms", "max ms", "failed"], ...shown]));
    const late = results.map(({ name, lateP99Ms, lateMaxMs, skipped, eventLoopP99Ms }) => [
      name,
      ...[lateP99Ms.toFixed(1), lateMaxMs.toFixed(1), String(skipped), eventLoopP99Ms.toFixed(1)],
    ]);
    console.log(
      `\n${formatRows([["meanwhile", "tick late p99 ms", "max ms", "ticks skipped", "main loop p99 ms"], ...late])}`,
    );
    const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.version };
    console.log(JSON.stringify({ machine, rooms, participants, legs, seconds, connections, results }));
  } finally {
    await parley.stop();
  }
} finally {
  await rm(dataDir, { recursive: true, force: true });
}

/** Rooms in the database of a bridge that has not started yet; their ids. */
async function fill(path: string): Promise<readonly string[]> {
  const database = await openDatabase(path, systemClock);
  const made = Array.from({ length: rooms }, (_, index) =>
    newRoom(
      { subject: `Room ${index}`, capacity: 200, enablePrompt: false },
      { id: newId(), extensionNumber: String(firstExtension + index), createdAt: new Date().toISOString() },
    ),
  );
  await database.transaction().execute(async (transaction) => {
    const repository = createRoomsRepository(transaction);
    for (const room of made) await repository.insert(room);
  });
  await database.destroy();
  return made.map(({ id }) => id);
}

async function underLoad(parley: ParleyProcess, ids: readonly string[]): Promise<Measured[]> {
  const wire = await Wire.open();
  serve(wire);
  const load = fork(join(import.meta.dirname, "load.ts"), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  try {
    const lines = await silentPeople(parley, wire);
    console.error(`${lines.length} silent participants are in; ${legs} with sound are dialled …`);
    const measuring = Promise.withResolvers<void>();
    load.on("message", (message: LoadMessage) => {
      if (message.kind === "measuring") measuring.resolve();
      else if (message.kind === "failed") measuring.reject(new Error(`load: ${message.message}`));
    });
    const order: LoadOrder = {
      server: parley.sip,
      extensions: [String(firstExtension)],
      legsPerRoom: legs,
      talkersPerRoom: 3,
      codec: "PCMU",
      measuresDelay: false,
      warmUpSeconds: 4,
      // Until it is ended from here.
      seconds: 3600,
    };
    load.send(order);
    await within(measuring.promise, 180_000, () => "load");
    return await measureAll(parley, ids);
  } finally {
    const exited = exitOf(load);
    load.kill("SIGKILL");
    await exited;
    wire.close();
  }
}

/** Participants that neither send nor are sent anything, in the rooms after the first. */
async function silentPeople(parley: ParleyProcess, wire: Wire): Promise<Line[]> {
  const lines: Line[] = [];
  for (let index = 0; index < participants - legs; index += dialledAtOnce) {
    const some = Array.from({ length: Math.min(dialledAtOnce, participants - legs - index) }, (_, offset) => {
      const extension = String(firstExtension + 1 + Math.floor((index + offset) / peopleInARoom));
      return dial(wire, { server: parley.sip, extension, codec: "PCMU", rtpPort: 9, silent: true });
    });
    lines.push(...(await Promise.all(some)));
  }
  return lines;
}

async function measureAll(parley: ParleyProcess, ids: readonly string[]): Promise<Measured[]> {
  const loud = ids[0]!;
  const people = (await parley.participants(loud)).map(({ id }) => id);
  const any = (from: readonly string[], turn: number) => from[(turn * 7919) % from.length]!;
  const verbs = ["mute", "unmute"];
  const locks = ["lock", "unlock"];
  const list = "/api/conference_rooms?top=100&orderby=subject desc&skip=";
  const operations: readonly (readonly [
    string,
    ((turn: number) => readonly ["GET" | "POST", string]) | undefined,
  ])[] = [
    ["nothing", undefined],
    ["show a room", (turn) => ["GET", `/api/conference_rooms/${any(ids, turn)}`]],
    ["list 100 rooms", (turn) => ["GET", `/api/conference_rooms?top=100&skip=${(turn * 100) % rooms}`]],
    ["list, sorted", (turn) => ["GET", encodeURI(`${list}${(turn * 100) % rooms}`)]],
    ["list 100 participants", () => ["GET", `/api/conference_rooms/${loud}/participants`]],
    ["list 100 calls", (turn) => ["GET", `/api/calls?top=100&skip=${(turn * 100) % participants}`]],
    [
      "mute, unmute",
      (turn) => [
        "POST",
        `/api/conference_rooms/${loud}/participants/${any(people, turn >> 1)}/${verbs[turn % 2]}`,
      ],
    ],
    ["lock, unlock", (turn) => ["POST", `/api/conference_rooms/${any(ids, turn >> 1)}/${locks[turn % 2]}`]],
  ];
  const measured: Measured[] = [];
  for (const [name, ask] of operations) {
    console.error(`${name} …`);
    measured.push(await measure(parley, name, ask));
  }
  return measured;
}

async function measure(
  parley: ParleyProcess,
  name: string,
  ask: ((turn: number) => readonly ["GET" | "POST", string]) | undefined,
): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const delays: number[] = [];
  let [turn, failed] = [0, 0];
  const until = performance.now() + seconds * 1000;
  const before = await parley.metrics();
  const ticks: ReturnType<typeof tickSecond>[] = [];
  const loops: number[] = [];
  const watch = setInterval(() => {
    void parley.metrics().then((text) => {
      ticks.push(tickSecond(text));
      loops.push(...metricValues(text, "nodejs_eventloop_lag_p99_seconds"));
    });
  }, 1000);
  const connection = async (): Promise<void> => {
    while (ask && performance.now() < until) {
      const [method, path] = ask(turn++);
      const askedAt = performance.now();
      if ((await send(agent, method, `${parley.url}${path}`)) >= 300) failed += 1;
      delays.push(performance.now() - askedAt);
    }
  };
  await Promise.all([
    ...Array.from({ length: connections }, connection),
    new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
  ]);
  clearInterval(watch);
  agent.destroy();
  const skipped = "parley_media_ticks_skipped_total";
  return {
    name,
    perSecond: delays.length / seconds,
    p50Ms: percentile(delays, 50),
    p99Ms: percentile(delays, 99),
    maxMs: Math.max(0, ...delays),
    failed,
    lateP99Ms: percentile(
      ticks.map(({ latenessP99Ms }) => latenessP99Ms),
      50,
    ),
    lateMaxMs: Math.max(...ticks.map(({ latenessMaxMs }) => latenessMaxMs)),
    skipped: metricSum(await parley.metrics(), skipped) - metricSum(before, skipped),
    eventLoopP99Ms: Math.max(...loops) * 1000,
  };
}

function send(agent: Agent, method: "GET" | "POST", url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, method, headers: { "x-api-key": key } }, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode ?? 0));
    });
    asked.on("error", reject).end();
  });
}
