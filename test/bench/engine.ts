// What one tick costs: legs of one codec in one room, three of them talking, the rest silent, every leg
// receiving a packet and being sent one. `--sockets memory` (default) measures the engine alone; `--sockets udp` measures the
// whole process over loopback, with the phones in another process, as a share of one core.
//
//   node test/bench/engine.ts [--sockets udp] [--codec PCMU,G722,opus] [--legs 10,200]

import { fork } from "node:child_process";
import { createSocket } from "node:dgram";
import { Application, createEncoder as createOpusEncoder, Signal } from "libopus-wasm";
import { type Clock, type LegId, type RoomId, silentLogger, systemClock } from "#common";
import { type AudioCodecName, createEncoder, formatOf } from "../../media/codec/index.ts";
import { Engine } from "../../media/mixer/index.ts";
import {
  emptyRtpHeader,
  type MediaAddress,
  openUdpSocket,
  PortPool,
  rtpHeaderBytes,
  type SocketFactory,
  writeRtpHeader,
} from "../../media/rtp/index.ts";
import type { AudioPlan } from "../../media/sdp/types.ts";

const codecs = list("--codec", ["PCMU", "G722", "opus"]) as AudioCodecName[];
const sizes = list("--legs", ["10", "50", "100", "200"]).map(Number);
const talkers = 3;
const tickMs = 20;
const payloadTypes: Record<AudioCodecName, number> = { PCMU: 0, PCMA: 8, G722: 9, opus: 107 };
/** Opus as browsers encode a microphone: for voice, so that its packets tell whether there is one. */
const opusVoice = await createOpusEncoder({
  channels: 1,
  application: Application.Voip,
  signal: Signal.Voice,
  bitrate: 32_000,
});
const voiceEncoder = {
  encode(pcm: Int16Array, out: Uint8Array): number {
    const packet = opusVoice.encode(pcm);
    out.set(packet);
    return packet.length;
  },
};
/** Every packet of a phone differs from those before it for this long. */
const packetsMade = 50;
/** Of those, how many hold a voice; then all who talk take a breath. */
const syllablePackets = 40;
const room = "bench" as RoomId;
const phonePort = (index: number) => 30_000 + 2 * index;

interface Size {
  readonly codec: AudioCodecName;
  readonly count: number;
}

/** A phone's stream: a broken tone for a talker, faint noise for the others; one second of it, made beforehand. */
class Stream {
  readonly #packets: readonly Uint8Array[];
  readonly #header = emptyRtpHeader();
  readonly #unitsPerPacket: number;
  #next = 0;

  constructor(index: number, codec: AudioCodecName) {
    const { rate, clockRate } = formatOf(codec);
    const samples = (rate * tickMs) / 1000;
    this.#header.ssrc = index + 1;
    this.#header.payloadType = payloadTypes[codec];
    this.#unitsPerPacket = (clockRate * tickMs) / 1000;
    const hertz = 400 + 50 * (index % 50);
    const encoder = codec === "opus" ? voiceEncoder : createEncoder(codec);
    // Before the first packet the encoder hears some of the same, so that it has forgotten the phone before.
    const made = Array.from({ length: 2 * packetsMade }, (_, tick) => {
      const pcm = Int16Array.from({ length: samples }, (_, at) => {
        const angle = (2 * Math.PI * hertz * (tick * samples + at)) / rate;
        const speaks = index < talkers && tick % packetsMade < syllablePackets;
        return speaks ? 6000 * Math.sin(angle) : 8 * Math.sin(angle * 1.3) + 20 * Math.random() - 10;
      });
      const packet = new Uint8Array(rtpHeaderBytes + 1500);
      const length = encoder.encode(pcm, packet.subarray(rtpHeaderBytes));
      return packet.slice(0, rtpHeaderBytes + length);
    });
    this.#packets = made.slice(packetsMade);
  }

  next(): Uint8Array {
    const packet = this.#packets[this.#next % packetsMade]!;
    this.#next += 1;
    this.#header.sequence = (this.#header.sequence + 1) & 0xffff;
    this.#header.timestamp += this.#unitsPerPacket;
    writeRtpHeader(packet, this.#header);
    return packet;
  }
}

const streamsOf = (count: number, codec: AudioCodecName): Stream[] =>
  Array.from({ length: count }, (_, index) => new Stream(index, codec));

function plan(index: number, codec: AudioCodecName): AudioPlan {
  return {
    codec,
    payloadType: payloadTypes[codec],
    receive: new Map([[payloadTypes[codec], codec]]),
    ptimeMs: 20,
    telephoneEvent: 101,
    events: new Map([[101, formatOf(codec).clockRate]]),
    opus: { maxAverageBitrate: undefined, useInbandFec: true },
    comfortNoise: 13,
    direction: "sendrecv",
    remote: { address: "127.0.0.1", port: phonePort(index), rtcpPort: phonePort(index) + 1 },
    rtcpMux: false,
  };
}

async function createEngine({ count, codec }: Size, clock: Clock, openSocket: SocketFactory) {
  const ports = new PortPool({ clock, min: 20_000, max: 29_999 });
  const engine = new Engine({
    clock,
    log: silentLogger,
    ports,
    playback: { create: () => ({ read: () => false }) },
    notify: () => {},
    openSocket,
  });
  engine.openRoom(room);
  const legPorts: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const leg = `leg${index}` as LegId;
    legPorts.push((await engine.createLeg(leg, "127.0.0.1")).port);
    engine.configureLeg(leg, plan(index, codec));
    engine.joinLeg(leg, room);
  }
  return { engine, legPorts };
}

/** CPU time of a tick, and of taking in a tick's packets; media time is made up. */
async function measureInMemory(size: Size): Promise<void> {
  const receivers = new Map<number, (packet: Uint8Array, from: MediaAddress) => void>();
  let now = 0;
  const clock: Clock = { ...systemClock, monotonic: () => now };
  const { engine, legPorts } = await createEngine(size, clock, async ({ port, onPacket }) => {
    receivers.set(port, onPacket);
    return { send() {}, async close() {} };
  });
  const streams = streamsOf(size.count, size.codec);
  const ticks = 3000;
  const warmUp = 1000;
  let mixUs = 0;
  let receiveUs = 0;
  for (let tick = 0; tick < warmUp + ticks; tick += 1) {
    const packets = streams.map((stream) => stream.next());
    now += tickMs;
    const start = process.cpuUsage();
    legPorts.forEach((port, index) => {
      receivers.get(port)!(packets[index]!, { address: "127.0.0.1", port: phonePort(index) });
    });
    const received = process.cpuUsage(start);
    engine.mixOnce(now);
    const mixed = process.cpuUsage(start);
    if (tick < warmUp) continue;
    receiveUs += received.user + received.system;
    mixUs += mixed.user + mixed.system - received.user - received.system;
  }
  await engine.close();
  console.log(
    `${size.codec} ${String(size.count).padStart(4)} legs: ${(mixUs / ticks / 1000).toFixed(3)} ms a tick to mix, ` +
      `${(receiveUs / ticks / 1000).toFixed(3)} ms to receive, ` +
      `${((mixUs + receiveUs) / ticks / 1000 / tickMs).toFixed(4)} of a core`,
  );
}

async function measureOverUdp(size: Size): Promise<void> {
  const { engine, legPorts } = await createEngine(size, systemClock, openUdpSocket);
  const phones = fork(import.meta.filename, ["phones"]);
  phones.send({ legPorts, codec: size.codec });
  engine.start();
  await wait(4000);
  const seconds = 10;
  const before = process.cpuUsage();
  const healthBefore = engine.health();
  await wait(seconds * 1000);
  const used = process.cpuUsage(before);
  const health = engine.health();
  const core = (used.user + used.system) / 1e6 / seconds;
  console.log(
    `${size.codec} ${String(size.count).padStart(4)} legs over UDP: ${core.toFixed(3)} of a core, ` +
      `${(health.packetsReceived - healthBefore.packetsReceived) / seconds} packets/s in, ` +
      `${(health.packetsSent - healthBefore.packetsSent) / seconds} out, ` +
      `tick late p50 ${health.latenessP50Ms.toFixed(1)} p99 ${health.latenessP99Ms.toFixed(1)} ms, ` +
      `tick cost p99 ${health.tickCostP99Ms.toFixed(1)} ms, concealed ${(health.concealedMs - healthBefore.concealedMs).toFixed(0)} ms, ` +
      `heap ${(health.heapUsedBytes / 1e6).toFixed(0)} MB`,
  );
  phones.kill();
  await engine.close();
}

/** The other process: one socket a phone, one packet each every 20 ms. */
function runPhones(): void {
  process.once("message", (order: { legPorts: number[]; codec: AudioCodecName }) => {
    const made = streamsOf(order.legPorts.length, order.codec);
    const streams = order.legPorts.map((port, index) => {
      const socket = createSocket("udp4");
      socket.bind(phonePort(index), "127.0.0.1");
      socket.on("message", () => {});
      return { socket, port, stream: made[index]! };
    });
    let next = performance.now() + tickMs;
    const send = () => {
      while (performance.now() >= next) {
        for (const { socket, port, stream } of streams) socket.send(stream.next(), port, "127.0.0.1");
        next += tickMs;
      }
      setTimeout(send, Math.max(0, next - performance.now()));
    };
    setTimeout(send, tickMs);
  });
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function list(option: string, usual: readonly string[]): readonly string[] {
  const at = process.argv.indexOf(option);
  return at < 0 ? usual : (process.argv[at + 1] ?? "").split(",");
}

if (process.argv[2] === "phones") runPhones();
else {
  const measure = process.argv.includes("udp") ? measureOverUdp : measureInMemory;
  for (const codec of codecs) for (const count of sizes) await measure({ codec, count });
}
