// What pictures do to the audio tick: a real worker with one room of PCMU legs, some of which send 1280 × 720 at 15 pictures a second
// and see the room's picture, in turns with the same legs without video. Prints how late ticks were and what they cost (medians and
// the worst of the seconds), and the cores of the worker.
//
//   chrt -r 1 node test/bench/video-ticks.ts [--legs 20] [--cameras 9] [--seconds 10] [--runs 2]
//
// `spoiled`: every third packet of a camera has random bytes in it.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { AV_LOG_FATAL } from "node-av/constants";
import { Log } from "node-av/lib";
import { type LegId, type RoomId, silentLogger, systemClock } from "#common";
import { type MediaWorker, startMediaWorkers } from "#media/client";
import { protocolVersion, type WorkerHealth } from "../../media/protocol.ts";
import { emptyRtpHeader, rtpHeaderBytes, writeRtpHeader } from "../../media/rtp/index.ts";
import { Packetizer } from "../../media/video/payload/index.ts";
import type { VideoCodecName, VideoFrame } from "../../media/video/types.ts";
import { usageOf } from "../support/processes.ts";
import { encodeLoop, formatOf, size } from "./coded-pictures.ts";
import { percentile } from "./figures.ts";
import { formatRows } from "./table.ts";

const { values } = parseArgs({
  options: {
    legs: { type: "string", default: "20" },
    cameras: { type: "string", default: "9" },
    seconds: { type: "string", default: "10" },
    runs: { type: "string", default: "2" },
  },
});
const [legs, cameras, seconds, runs] = [values.legs, values.cameras, values.seconds, values.runs].map(
  Number,
) as [number, number, number, number];
const kinds = ["no video", "H264", "VP8", "spoiled H264"] as const;
type Kind = (typeof kinds)[number];

const room = "bench" as RoomId;
const talkers = 3;
const warmUpMs = 5000;
const payloadTypes = { H264: 97, VP8: 98 } as const;
const maxPayloadBytes = 1180;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function open(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  socket.on("message", () => {});
  return socket;
}

/** One stream of ours: counts its packets, and sends them to the port that was answered. */
class Sender {
  readonly #socket: Socket;
  readonly #header = { ...emptyRtpHeader(), ssrc: Math.floor(Math.random() * 2 ** 32) };
  readonly #packet = new Uint8Array(1500);
  to = 0;

  constructor(socket: Socket, payloadType: number) {
    this.#socket = socket;
    this.#header.payloadType = payloadType;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  send(payload: Uint8Array, timestamp: number, marker: boolean): void {
    this.#header.timestamp = timestamp >>> 0;
    this.#header.marker = marker;
    writeRtpHeader(this.#packet, this.#header);
    this.#header.sequence = (this.#header.sequence + 1) & 0xffff;
    this.#packet.set(payload, rtpHeaderBytes);
    this.#socket.send(this.#packet.slice(0, rtpHeaderBytes + payload.length), this.to, "127.0.0.1");
  }

  close(): void {
    this.#socket.close();
  }
}

interface Phone {
  readonly audio: Sender;
  readonly video: Sender | undefined;
}

async function join(worker: MediaWorker, index: number, codec: VideoCodecName | undefined): Promise<Phone> {
  const audio = new Sender(await open(), 0);
  const video = codec && new Sender(await open(), payloadTypes[codec]);
  const offer = ["v=0", "o=phone 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"];
  offer.push(`m=audio ${audio.port} RTP/AVP 0`);
  if (video && codec) {
    const type = payloadTypes[codec];
    offer.push(`m=video ${video.port} RTP/AVP ${type}`, `a=rtpmap:${type} ${codec}/90000`);
    if (codec === "H264") offer.push(`a=fmtp:${type} profile-level-id=42e01f;packetization-mode=1`);
  }
  const leg = `leg${index}` as LegId;
  const { sdp } = await worker.request("leg.create", {
    ...{ leg, offer: [...offer, ""].join("\r\n"), bindAddress: "127.0.0.1", advertisedAddress: "127.0.0.1" },
    ...(video && { video: size }),
  });
  const portOf = (kind: string) => Number(new RegExp(`^m=${kind} (\\d+)`, "m").exec(sdp)?.[1] ?? 0);
  audio.to = portOf("audio");
  if (video) video.to = portOf("video");
  await worker.request("leg.join", { leg, room });
  return { audio, video };
}

/** Voices of some phones and the faint noise of the others, one packet each every 20 ms. */
function speak(phones: readonly Phone[]): () => void {
  const voice = Uint8Array.from({ length: 160 }, () => Math.floor(Math.random() * 256));
  const silence = Uint8Array.from({ length: 160 }, () => 0xff - (Math.random() < 0.5 ? 0 : 0x80));
  let timestamp = 0;
  let due = performance.now();
  let timer: NodeJS.Timeout;
  const send = () => {
    phones.forEach(({ audio }, index) => {
      audio.send(index < talkers ? voice : silence, timestamp, false);
    });
    timestamp += 160;
    due += 20;
    timer = setTimeout(send, Math.max(0, due - performance.now()));
  };
  send();
  return () => clearTimeout(timer);
}

/** Each camera at a time of its own within the period. */
function show(
  { video }: Phone,
  at: {
    readonly loop: readonly VideoFrame[];
    readonly codec: VideoCodecName;
    readonly delay: number;
    readonly spoiled: boolean;
  },
): () => void {
  if (!video) return () => {};
  const packetizer = new Packetizer(formatOf(at.codec));
  const period = 1000 / size.framerate;
  let next = 0;
  let due = performance.now() + at.delay;
  let timer: NodeJS.Timeout;
  const send = () => {
    const frame = at.loop[next % at.loop.length] as VideoFrame;
    const timestamp = next * (90_000 / size.framerate);
    next += 1;
    const payloads = packetizer.packetize({ ...frame, timestamp }, maxPayloadBytes);
    payloads.forEach((payload, index) => {
      const sent = at.spoiled && index % 3 === 1 ? spoil(payload) : payload;
      video.send(sent, timestamp, index === payloads.length - 1);
    });
    due += period;
    timer = setTimeout(send, Math.max(0, due - performance.now()));
  };
  timer = setTimeout(send, at.delay);
  return () => clearTimeout(timer);
}

const spoil = (payload: Uint8Array): Uint8Array =>
  payload.map((byte, index) => (index > 1 && Math.random() < 0.05 ? Math.floor(Math.random() * 256) : byte));

const cpuMsOf = (pid: number): number => (usageOf(pid)?.cpuSeconds ?? Number.NaN) * 1000;

async function measure(kind: Kind): Promise<string[]> {
  const directory = mkdtempSync(path.join(tmpdir(), "parley-bench-"));
  const codec = kind === "no video" ? undefined : kind === "VP8" ? "VP8" : "H264";
  const pool = await startMediaWorkers({
    ...{ clock: systemClock, log: silentLogger, workers: 1, logLevel: "silent" },
    rtp: { portMin: 23_200, portMax: 23_599 },
    runtimeDirectory: path.join(directory, "run"),
    promptsPath: path.join(directory, "no-prompts"),
  });
  const worker = pool.workers[0] as MediaWorker;
  const { pid } = await worker.request("hello", { protocolVersion });
  await worker.request("room.open", { room, ...(codec && { video: size }) });
  const phones: Phone[] = [];
  for (let index = 0; index < legs; index += 1) {
    phones.push(await join(worker, index, index < cameras ? codec : undefined));
  }
  if (codec) {
    const cells = phones.slice(0, Math.min(cameras, 9)).map((_, index) => {
      return {
        leg: `leg${index}` as LegId,
        content: "main" as const,
        name: `Party ${index + 1}`,
        muted: false,
      };
    });
    await worker.request("room.scene", { room, layout: 9, cells });
  }
  const period = 1000 / size.framerate;
  const stops = [speak(phones)];
  phones.forEach((phone, index) => {
    if (!codec) return;
    const delay = (index * period) / cameras;
    stops.push(show(phone, { loop: loops[codec], codec, delay, spoiled: kind === "spoiled H264" }));
  });
  await wait(warmUpMs);
  const health: WorkerHealth[] = [];
  worker.notifications.on("worker.health", (told) => health.push(told));
  const [before, began] = [cpuMsOf(pid), performance.now()];
  await wait(seconds * 1000);
  const cores = (cpuMsOf(pid) - before) / (performance.now() - began);
  for (const stop of stops) stop();
  for (const { audio, video } of phones) {
    audio.close();
    video?.close();
  }
  await pool.close();
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  const last = health.at(-1)!;
  const figure = (name: "latenessP99Ms" | "tickCostP99Ms" | "latenessMaxMs") => {
    const all = health.map((told) => told[name]);
    return `${percentile(all, 50).toFixed(2)} / ${Math.max(...all).toFixed(2)}`;
  };
  return [
    ...[kind, cores.toFixed(3), figure("latenessP99Ms"), figure("latenessMaxMs"), figure("tickCostP99Ms")],
    String(last.ticksSkipped - health[0]!.ticksSkipped),
    String(last.video.encoded - health[0]!.video.encoded),
    String(last.video.decodeErrors - health[0]!.video.decodeErrors),
  ];
}

Log.setLevel(AV_LOG_FATAL);
const loops = { H264: encodeLoop("H264"), VP8: encodeLoop("VP8") };
const rows = [
  [
    "video",
    "worker cores",
    "p99 late, median / worst second, ms",
    "most late, median / worst, ms",
    "p99 of a tick's cost, median / worst, ms",
    "skipped",
    "pictures",
    "decode errors",
  ],
];
for (let run = 0; run < runs; run += 1) for (const kind of kinds) rows.push(await measure(kind));
console.log(formatRows(rows));
