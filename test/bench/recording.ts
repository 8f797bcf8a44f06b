// What recording costs the thread that mixes: a room of a hundred phones, three of them talking, without a recording,
// with one of the mix, and with a track for each participant beside it. Ticks come every 20 ms as they do in life. The ways take
// turns and medians are compared, so that a busy machine does not decide.
//
//   node test/bench/recording.ts [--legs 100] [--seconds 5] [--rounds 3] [--codec PCMU]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type LegId, type RecordingId, type RoomId, randomToken, silentLogger, systemClock } from "#common";
import type { Notification } from "#media/protocol";
import { Engine } from "../../media/mixer/index.ts";
import type { RecordingFormat } from "../../media/record/index.ts";
import {
  emptyRtpHeader,
  type MediaAddress,
  PortPool,
  rtpHeaderBytes,
  writeRtpHeader,
} from "../../media/rtp/index.ts";
import { percentile } from "./figures.ts";
import { type Beat, type BenchCodec, benchCodecs, prepareRepertoire } from "./payloads.ts";

const { values } = parseArgs({
  options: {
    legs: { type: "string", default: "100" },
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
    codec: { type: "string", default: "PCMU" },
  },
});
const [legs, seconds] = [Number(values.legs), Number(values.seconds)];
const codec: BenchCodec = benchCodecs.find((each) => each === values.codec) ?? "PCMU";
const talkers = 3;
const tickMs = 20;
const payloadTypes = { PCMU: 0, G722: 9, opus: 107 } as const;
const unitsPerPacket = { PCMU: 160, G722: 160, opus: 960 } as const;
const room = "bench" as RoomId;
const repertoire = await prepareRepertoire(codec, talkers);
const folder = mkdtempSync(join(tmpdir(), "parley-bench-"));

interface Mode {
  readonly name: string;
  readonly format?: RecordingFormat;
  readonly separate?: boolean;
}
const modes: readonly Mode[] = [
  { name: "not recorded" },
  { name: "mix, MP3", format: "mp3", separate: false },
  { name: "mix and tracks, MP3", format: "mp3", separate: true },
  { name: "mix and tracks, WAV", format: "wav", separate: true },
];

class Stream {
  readonly #header = emptyRtpHeader();
  readonly #packet = new Uint8Array(1500);
  readonly #beat: Beat;
  #next = 0;

  constructor(index: number) {
    this.#header.ssrc = index + 1;
    this.#header.payloadType = payloadTypes[codec];
    this.#beat = index < talkers ? repertoire.voices[index]!.plain : repertoire.roomNoise;
  }

  next(): Uint8Array {
    const payload = this.#beat[this.#next % this.#beat.length]!;
    this.#next += 1;
    this.#header.sequence = (this.#header.sequence + 1) & 0xffff;
    this.#header.timestamp += unitsPerPacket[codec];
    writeRtpHeader(this.#packet, this.#header);
    this.#packet.set(payload, rtpHeaderBytes);
    return this.#packet.subarray(0, rtpHeaderBytes + payload.length);
  }
}

interface Figures {
  readonly costsMs: number[];
  readonly lateMs: number[];
  otherUs: number;
  missingMs: number;
}

async function measure({ format, separate = false }: Mode, figures: Figures): Promise<void> {
  const receivers = new Map<number, (packet: Uint8Array, from: MediaAddress) => void>();
  const engine = new Engine({
    clock: systemClock,
    log: silentLogger,
    ports: new PortPool({ clock: systemClock, min: 20_000, max: 29_999 }),
    playback: { create: () => ({ read: () => false }) },
    notify: (name, data) => {
      if (name === "recording.ended")
        figures.missingMs += (data as Notification<"recording.ended">).missingMs;
    },
    openSocket: async ({ port, onPacket }) => {
      receivers.set(port, onPacket);
      return { send() {}, async close() {} };
    },
  });
  engine.openRoom(room);
  const phones: { port: number; at: MediaAddress; stream: Stream }[] = [];
  for (let index = 0; index < legs; index += 1) {
    const leg = `leg${index}` as LegId;
    const { port } = await engine.createLeg(leg, "127.0.0.1");
    const at = { address: "127.0.0.1", port: 30_000 + 2 * index };
    engine.configureLeg(leg, {
      codec,
      payloadType: payloadTypes[codec],
      receive: new Map([[payloadTypes[codec], codec]]),
      ptimeMs: tickMs,
      telephoneEvent: 101,
      events: new Map([[101, 8000]]),
      opus: { maxAverageBitrate: undefined, useInbandFec: true },
      comfortNoise: 13,
      direction: "sendrecv",
      remote: { ...at, rtcpPort: at.port + 1 },
      rtcpMux: false,
    });
    engine.joinLeg(leg, room);
    phones.push({ port, at, stream: new Stream(index) });
  }
  const recording = "bench" as RecordingId;
  let due = performance.now();
  const tick = async (kept: boolean) => {
    due += tickMs;
    const wait = due - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, wait)));
    const late = performance.now() - due;
    for (const { port, at, stream } of phones) receivers.get(port)!(stream.next(), at);
    const before = performance.now();
    engine.mixOnce(due);
    const costMs = performance.now() - before;
    if (!kept) return;
    figures.costsMs.push(costMs);
    figures.lateMs.push(late);
  };
  const run = async (ms: number, kept: boolean) => {
    for (let elapsed = 0; elapsed < ms; elapsed += tickMs) await tick(kept);
  };
  await run(2000, false);
  if (format) {
    const path = join(folder, `${format}-${separate}-${randomToken(4)}`);
    await engine.startRecording(room, { recording, path, format, rate: 48_000, kbps: 64, separate });
    due = performance.now();
    await run(1000, false);
  }
  const [all, own] = [process.cpuUsage(), process.threadCpuUsage()];
  await run(seconds * 1000, true);
  const [allUsed, ownUsed] = [process.cpuUsage(all), process.threadCpuUsage(own)];
  figures.otherUs += allUsed.user + allUsed.system - ownUsed.user - ownUsed.system;
  await engine.close();
}

const rounds = Number(values.rounds);
const results = modes.map((mode) => ({
  mode,
  figures: { costsMs: [], lateMs: [], otherUs: 0, missingMs: 0 } as Figures,
}));
for (let round = 0; round <= rounds; round += 1) {
  for (const { mode, figures } of results) {
    await measure(mode, figures);
    // The first round warms up.
    if (round === 0) Object.assign(figures, { costsMs: [], lateMs: [], otherUs: 0, missingMs: 0 });
  }
}
for (const { mode, figures } of results) {
  const cost = (percent: number) => percentile(figures.costsMs, percent).toFixed(3);
  const late = (percent: number) => percentile(figures.lateMs, percent).toFixed(1);
  const others = (figures.otherUs / 1e4 / (seconds * rounds)).toFixed(1);
  console.log(
    `${codec} ${legs} legs, ${mode.name.padEnd(20)} tick p50 ${cost(50)} p90 ${cost(90)} ms, late p50 ${late(50)} p90 ${late(90)} ms, ` +
      `other threads ${others} % of a core, ${figures.missingMs} ms missing`,
  );
}
rmSync(folder, { recursive: true, force: true });
