// `npm run bench:worker-kills`: media workers that mix, or with `--victim control` the control process, or with `--victim all` both,
// are killed again and again while phones with tones talk in two recorded rooms, one of them encrypted. With `--victim settings` the
// next control process wants workers with other settings each time, so that they are drained. How many calls were dropped, how long
// each phone heard nothing of the other, whether the recordings open, and whether events were lost. Ends with code 1 when a call or an
// event was lost or a recording does not open.
//
//   npm run bench:worker-kills -- --kills 50
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { delay, systemClock } from "#common";
import { decodeAudio } from "../support/decode-audio.ts";
import { ParleyProcess } from "../support/parley.ts";
import { type Call, eventually, Phone } from "../support/phone/index.ts";
import { levelDbov } from "../support/tones.ts";

const { values } = parseArgs({
  options: { kills: { type: "string", default: "50" }, victim: { type: "string", default: "worker" } },
});
const { victim } = values;
const victims = ["worker", "control", "all", "settings"];
if (!victims.includes(victim)) {
  console.error(`bench: --victim is one of ${victims.join(", ")}`);
  process.exit(2);
}
const kills = Number(values.kills);
if (!Number.isInteger(kills) || kills < 1 || kills > 1000) {
  console.error("bench: --kills takes a whole number from 1 to 1000");
  process.exit(2);
}

const extensions = ["7901", "7902"];
const spare = 2;
const soundDbov = -35;
const limitMs = 120_000;

/** One phone, and the longest time since the kill in which it heard nothing. */
class Listener {
  readonly call: Call;
  gapMs = 0;
  heardAt = performance.now();

  constructor(call: Call, frequency: number) {
    this.call = call;
    call.media.voice = [{ frequency, levelDbov: -20 }];
    call.ear.onAudio = (samples) => {
      if (levelDbov(samples) < soundDbov) return;
      this.gapMs = Math.max(this.gapMs, performance.now() - this.heardAt);
      this.heardAt = performance.now();
    };
  }

  get hears(): boolean {
    return performance.now() - this.heardAt < 200;
  }
}

/** The processes of the workers by their numbers, as the log names them. */
function processesOf({ logs }: ParleyProcess): Map<number, number> {
  const processes = new Map<number, number>();
  for (const line of logs) {
    if (!line.includes('"msg":"media worker is up"')) continue;
    const { worker, process: pid } = JSON.parse(line) as { worker: number; process: number };
    processes.set(worker, pid);
  }
  return processes;
}

const dataDir = await mkdtemp(join(tmpdir(), "parley-kills-"));
let parley = await ParleyProcess.start({ dataDir, env: { MEDIA_WORKERS: "2", LOG_LEVEL: "info" } });
// Also when a step has failed.
process.once("exit", () => {
  for (const pid of [parley.pid, ...parley.workers]) if (parley.isRunning(pid)) process.kill(pid, "SIGKILL");
});
const phones: Phone[] = [];
const rooms: string[] = [];
const listeners: Listener[] = [];
for (const [index, extension] of extensions.entries()) {
  rooms.push(await parley.createRoom({ extension_number: extension, enable_prompt: false }));
  for (const [name, frequency] of [["a", 440] as const, ["b", 1040] as const]) {
    const phone = await Phone.open(`${name}${index}`, parley.sip);
    phones.push(phone);
    const call = await phone.call(extension, index === 0 ? {} : { srtp: "required" });
    await call.answered();
    listeners.push(new Listener(call, frequency));
  }
  await eventually(
    () =>
      parley.commandRoom(rooms[index]!, "start_recording").then(
        () => true as const,
        () => undefined,
      ),
    () => "recording",
    { limitMs },
  );
}

const settled = () =>
  eventually(
    () => {
      const processes = processesOf(parley);
      const [spareProcess, ...used] = [spare, 0, 1].map((worker) => processes.get(worker));
      const isReady =
        spareProcess !== undefined && parley.isRunning(spareProcess) && !used.includes(spareProcess);
      return isReady && listeners.every(({ hears }) => hears) ? processes : undefined;
    },
    () => "sound and a spare process",
    { limitMs },
  );

async function killWorker(): Promise<void> {
  const processes = await settled();
  await delay(systemClock, Math.random() * 1000);
  for (const listener of listeners) listener.gapMs = 0;
  try {
    process.kill(processes.get(Math.floor(Math.random() * 2))!, "SIGKILL");
  } catch {
    // It did not answer for five seconds, and has been replaced.
  }
  await delay(systemClock, 300);
  await settled();
}

/** Another control process takes the place of one that is killed at any instant, also while it starts. */
async function killControl(kill: number): Promise<void> {
  await delay(systemClock, Math.random() * 1000);
  for (const listener of listeners) listener.gapMs = 0;
  const { workers } = parley;
  const sameAgain = { ...parley.sameAgain };
  if (victim === "settings")
    sameAgain.env = { ...sameAgain.env, LOG_LEVEL: kill % 2 === 0 ? "debug" : "info" };
  parley.signal("SIGKILL");
  if (victim === "all") for (const pid of workers) process.kill(pid, "SIGKILL");
  await parley.exited;
  parley = await ParleyProcess.spawn(sameAgain);
  if (Math.random() < 0.2) {
    await delay(systemClock, Math.random() * 2000);
    parley.signal("SIGKILL");
    await parley.exited;
    parley = await ParleyProcess.spawn(sameAgain);
  }
  await parley.ready();
  await eventually(
    () => (listeners.every(({ hears }) => hears) ? true : undefined),
    () => "sound",
    { limitMs },
  );
}

const silencesMs: number[] = [];
for (let kill = 0; kill < kills; kill += 1) {
  await (victim === "worker" ? killWorker() : killControl(kill));
  // Those of the other worker heard on.
  const silent = listeners.map(({ gapMs }) => Math.round(gapMs)).filter((gapMs) => gapMs > 150);
  silencesMs.push(...silent);
  console.log(JSON.stringify({ kill: kill + 1, silentMs: silent }));
}

const dropped = listeners.filter(({ call }) => call.state !== "answered").length;
const lostEvents = Number(/^parley_events_lost_total (\d+)/m.exec(await parley.metrics())?.[1]);
const left = (await parley.request("/api/events?top=1000&types=participant.left")).body as {
  items?: unknown[];
};
let unreadable = 0;
const seconds: number[] = [];
for (const room of rooms) {
  await parley.commandRoom(room, "stop_recording");
  const recording = await eventually(
    async () => (await parley.recordings(room)).find((each) => each.ended_at !== null),
    () => "finished recording",
    { limitMs },
  );
  const { rate, samples } = decodeAudio(join(dataDir, "recordings", room, recording.file_name));
  seconds.push(Math.round(samples.length / rate));
  if (samples.length === 0) unreadable += 1;
}
await Promise.all(phones.map((phone) => phone.close({ bridgeRuns: true })));
await parley.stop();
await rm(dataDir, { recursive: true, force: true });

silencesMs.sort((one, other) => one - other);
const quantile = (part: number) =>
  silencesMs[Math.min(silencesMs.length - 1, Math.floor(silencesMs.length * part))];
console.log(
  JSON.stringify({
    ...{ kills, dropped, lostEvents, left: left.items?.length ?? null, unreadable, recordedSeconds: seconds },
    silenceMs: {
      p50: quantile(0.5),
      p99: quantile(0.99),
      longest: silencesMs.at(-1),
      phones: silencesMs.length,
    },
  }),
);
process.exitCode = dropped + lostEvents + unreadable > 0 ? 1 : 0;
