// Hostile cameras in a room of a real media worker, for as long as is wished: four senders whose every picture is one of test/corpus/video,
// or a whole one, mostly spoiled, beside two honest ones. Prints each minute what has happened, and fails when the audio missed a tick,
// the worker died, or the honest ones were not seen for ten seconds.
//
//   chrt -r 1 node test/bench/video-fuzz.ts [--seconds 600] [--seed 1]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type LegId, type RoomId, silentLogger, systemClock } from "#common";
import { type MediaWorker, startMediaWorkers } from "#media/client";
import type { WorkerHealth } from "#media/protocol";
import { seededRandom } from "../support/index.ts";
import { otherSections } from "../support/phone/video-part.ts";
import { readCorpus, spoil } from "../support/video/corpus.ts";
import { type ColourName, VideoLine } from "../support/video/index.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "600" }, seed: { type: "string", default: "1" } },
});
const seconds = Number(values.seconds);
const random = seededRandom(Number(values.seed));
const corpus = readCorpus();
const room = "fuzz" as RoomId;
const video = { width: 640, height: 360, framerate: 15, kbps: 800 };
const longestUnseenMs = 10_000;
const cast = [
  { name: "red", colour: "red", codec: "H264", honest: true },
  { name: "green", colour: "green", codec: "VP8", honest: true },
  ...(["H264", "VP8", "H264", "VP8"] as const).map((codec, index) => ({
    ...{ name: `hostile-${index}`, colour: "blue" as const, codec, honest: false },
  })),
] as const satisfies readonly { name: string; colour: ColourName; codec: "H264" | "VP8"; honest: boolean }[];

async function joinRoom(worker: MediaWorker, { name, colour, codec, honest }: (typeof cast)[number]) {
  const line = await VideoLine.open({ colour, codecs: [codec], width: 320, height: 180, framerate: 15 });
  const offer = ["v=0", "o=phone 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"];
  const { sdp } = await worker.request("leg.create", {
    leg: name as LegId,
    offer: [...offer, "m=audio 9 RTP/AVP 0", ...line.offer(), ""].join("\r\n"),
    ...{ bindAddress: "127.0.0.1", advertisedAddress: "127.0.0.1", video },
  });
  line.connect(otherSections(sdp)[0]!);
  await worker.request("leg.join", { leg: name as LegId, room });
  const streams = corpus.filter((stream) => stream.codec === codec);
  if (!honest) line.damage = (data) => spoil(data, streams, random);
  return line;
}

const folder = mkdtempSync(join(tmpdir(), "parley-fuzz-"));

const pool = await startMediaWorkers({
  ...{ clock: systemClock, log: silentLogger, workers: 1, rtp: { portMin: 23_400, portMax: 23_599 } },
  ...{ runtimeDirectory: join(folder, "run"), promptsPath: join(folder, "none"), logLevel: "warn" },
  limits: { requestMs: 30_000 },
});
const worker = pool.workers[0] as MediaWorker;
let health: WorkerHealth | undefined;
let worstLatenessMs = 0;
let workerDeaths = 0;
pool.events.on("down", () => {
  workerDeaths += 1;
});
worker.notifications.on("worker.health", (told) => {
  health = told;
  worstLatenessMs = Math.max(worstLatenessMs, told.latenessMaxMs);
});
await worker.request("room.open", { room, video });
const lines: VideoLine[] = [];
for (const party of cast) lines.push(await joinRoom(worker, party));
await worker.request("room.scene", {
  ...{ room, layout: 6 },
  cells: cast.map(({ name }) => ({ leg: name as LegId, content: "main" as const, name, muted: false })),
});

/** Each honest viewer sees both honest senders: in the large cell and in the upper right one. */
const seenAt = [0, 0];
let maxMs = 0;
const honest = lines.slice(0, 2);
honest.forEach((line, index) => {
  line.onPicture = (picture) => {
    if (picture.nameAt(1 / 3, 1 / 3) === "red" && picture.nameAt(5 / 6, 1 / 6) === "green")
      seenAt[index] = performance.now();
  };
});
for (const line of honest)
  await line.shows(
    [
      [1 / 3, 1 / 3, "red"],
      [5 / 6, 1 / 6, "green"],
    ],
    60_000,
  );
const skippedBefore = health?.ticksSkipped ?? 0;
const begun = performance.now();
const report = () => {
  const sent = lines.slice(2).reduce((sum, line) => sum + (line.sent?.frames ?? 0), 0);
  const { decoded, decodeErrors, deaths, dropped } = health!.video;
  console.log(
    `${Math.round((performance.now() - begun) / 1000)} s: ${sent} hostile pictures, ${decoded} decoded, ${decodeErrors} decode errors, ` +
      `${deaths} deaths of the video process, ${dropped} dropped; ticks skipped ${health!.ticksSkipped - skippedBefore}, latest ${worstLatenessMs.toFixed(1)} ms; ` +
      `honest pictures away for ${Math.round(maxMs)} ms at most; worker ${Math.round(health!.rssBytes / 2 ** 20)} MB`,
  );
};
let minutes = 0;
while (performance.now() - begun < seconds * 1000) {
  await new Promise((resolve) => setTimeout(resolve, 250));
  maxMs = Math.max(maxMs, ...seenAt.map((at) => performance.now() - at));
  if ((performance.now() - begun) / 60_000 < minutes + 1) continue;
  minutes += 1;
  report();
}
report();
const missed = (health?.ticksSkipped ?? 0) - skippedBefore;
for (const line of lines) line.close();
await pool.close();
rmSync(folder, { recursive: true });
process.exitCode = missed === 0 && workerDeaths === 0 && maxMs < longestUnseenMs ? 0 : 1;
