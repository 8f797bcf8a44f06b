// What the kinds of media socket cost in the real engine: one room of G.711 legs over loopback, phones in a process of
// their own and at phases of their own. The kinds take turns, each run in fresh processes; medians are printed.
//
//   node test/bench/sockets.ts [--legs 50,200] [--seconds 8] [--runs 5] [--kinds bare,dgram,polled]
//
// `bare` is the floor under them all on this machine: polled sockets that are read every tick and answered with one packet,
// and no engine between.
//
// Every packet carries in a header extension when it was sent. `handed over`: from then until the leg has it;
// `tick`: until the tick that can play it begins, which is what a listener could hear.
import { type ChildProcess, fork } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { type LegId, type RoomId, silentLogger, systemClock } from "#common";
import { Ticker } from "../../media/clock/index.ts";
import { createEncoder } from "../../media/codec/index.ts";
import { Engine } from "../../media/mixer/index.ts";
import {
  createPolledSockets,
  DgramSockets,
  emptyRtpHeader,
  type MediaSocket,
  type MediaSockets,
  PortPool,
  rtpHeaderBytes,
  type SocketFactory,
  writeRtpHeader,
} from "../../media/rtp/index.ts";
import { percentile } from "./figures.ts";

type Kind = MediaSockets["kind"] | "bare";
interface Figures {
  readonly userCores: number;
  readonly systemCores: number;
  readonly handedOverP50Ms: number;
  readonly handedOverP99Ms: number;
  readonly tickP50Ms: number;
  readonly tickP99Ms: number;
  readonly lostToBridge: number;
  readonly lostToPhones: number;
  readonly concealedMs: number;
}

const tickMs = 20;
const samples = 160;
const talkers = 3;
const warmUpMs = 3000;
/** Below those that the system gives away. */
const phonePort = (index: number) => 30_000 + 2 * index;
const extensionBytes = 12;
/** One packet in so many is timed: the clock costs as much as a system call. */
const timedEvery = 16;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const nowNs = () => process.hrtime.bigint();
const answer = async <Answer>(child: ChildProcess): Promise<Answer> =>
  (await once(child, "message"))[0] as Answer;

async function compare(): Promise<void> {
  const { values } = parseArgs({
    options: {
      legs: { type: "string", default: "50,200" },
      seconds: { type: "string", default: "8" },
      runs: { type: "string", default: "5" },
      kinds: { type: "string", default: "bare,dgram,polled" },
    },
  });
  const [sizes, kinds] = [values.legs.split(",").map(Number), values.kinds.split(",") as Kind[]];
  const [seconds, runs] = [Number(values.seconds), Number(values.runs)];
  const results: { legs: number; kind: Kind; figures: Figures }[] = [];
  for (const legs of sizes) {
    const measured = new Map<Kind, Figures[]>(kinds.map((kind) => [kind, []]));
    for (let run = 0; run < runs; run += 1) {
      for (const kind of kinds) measured.get(kind)!.push(await measure(kind, legs, seconds));
    }
    for (const [kind, figures] of measured) results.push({ legs, kind, figures: medians(figures) });
  }
  for (const { legs, kind, figures: f } of results) {
    console.log(
      `${String(legs).padStart(4)} legs ${kind.padEnd(6)} ${(f.userCores + f.systemCores).toFixed(4)} of a core ` +
        `(user ${f.userCores.toFixed(4)}, system ${f.systemCores.toFixed(4)}), handed over p50/p99 ` +
        `${f.handedOverP50Ms.toFixed(2)}/${f.handedOverP99Ms.toFixed(2)} ms, tick p50/p99 ` +
        `${f.tickP50Ms.toFixed(2)}/${f.tickP99Ms.toFixed(2)} ms, lost ${f.lostToBridge} in ${f.lostToPhones} out, ` +
        `concealed ${f.concealedMs.toFixed(0)} ms`,
    );
  }
  const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.version };
  console.log(JSON.stringify({ machine, codec: "PCMU", seconds, runs, results }));
}

function medians(runs: readonly Figures[]): Figures {
  const names = Object.keys(runs[0]!) as (keyof Figures)[];
  const middle = (name: keyof Figures) => percentile(runs.map((run) => run[name]).sort(), 50);
  return Object.fromEntries(names.map((name) => [name, middle(name)])) as unknown as Figures;
}

async function measure(kind: Kind, legs: number, seconds: number): Promise<Figures> {
  const bridge = fork(import.meta.filename, ["bridge", kind, String(legs), String(seconds)]);
  const phones = fork(import.meta.filename, ["phones"]);
  try {
    phones.send(await answer<number[]>(bridge));
    const figures = await answer<Omit<Figures, "lostToPhones">>(bridge);
    phones.send("count");
    return { ...figures, lostToPhones: await answer<number>(phones) };
  } finally {
    bridge.kill();
    phones.kill();
    await Promise.all(
      [bridge, phones].map((child) => child.exitCode ?? child.signalCode ?? once(child, "exit")),
    );
  }
}

/** The measured process, at its barest: what comes is read and thrown away, and every phone is sent a packet. */
async function runBare(legs: number, seconds: number): Promise<void> {
  const clock = systemClock;
  const sockets = await createPolledSockets({ clock, log: silentLogger });
  let received = 0;
  const onPacket = () => {
    received += 1;
  };
  const opening = Array.from({ length: legs }, () =>
    sockets.open({ address: "127.0.0.1", port: 0, onPacket }),
  );
  const open = (await Promise.all(opening)) as readonly (MediaSocket & { readonly port: number })[];
  process.send!(open.map(({ port }) => port));
  const packet = new Uint8Array(rtpHeaderBytes + samples);
  const header = emptyRtpHeader();
  const tick = (): void => {
    sockets.poll();
    header.sequence = (header.sequence + 1) & 0xffff;
    writeRtpHeader(packet, header);
    for (const [index, socket] of open.entries()) socket.send(packet, phonePort(index), "127.0.0.1");
  };
  const ticker = new Ticker({ clock, tickMs, maxCatchUp: 10, tick });
  ticker.start();
  await wait(warmUpMs);
  const [cpu, startedAt, before] = [process.cpuUsage(), performance.now(), received];
  await wait(seconds * 1000);
  const [used, elapsedUs] = [process.cpuUsage(cpu), (performance.now() - startedAt) * 1000];
  const expected = (legs * elapsedUs) / 1000 / tickMs;
  process.send!({
    userCores: used.user / elapsedUs,
    systemCores: used.system / elapsedUs,
    ...{ handedOverP50Ms: 0, handedOverP99Ms: 0, tickP50Ms: 0, tickP99Ms: 0, concealedMs: 0 },
    lostToBridge: Math.max(0, Math.round(expected - (received - before))),
  });
}

/** The measured process: nothing but an engine and the sockets. */
async function runBridge(kind: Kind, legs: number, seconds: number): Promise<void> {
  const clock = systemClock;
  const sockets =
    kind === "polled" ? await createPolledSockets({ clock, log: silentLogger }) : new DgramSockets(clock);
  const [handedOver, atTick, waiting]: number[][] = [[], [], []];
  let seen = 0;
  const openSocket: SocketFactory = ({ onPacket, ...options }) =>
    sockets.open({
      ...options,
      onPacket(packet, from, at) {
        onPacket(packet, from, at);
        seen += 1;
        if (seen % timedEvery !== 0 || packet.length <= rtpHeaderBytes + extensionBytes) return;
        const sentNs = Buffer.from(packet.buffer, packet.byteOffset).readBigUInt64BE(rtpHeaderBytes + 4);
        handedOver!.push(Number(nowNs() - sentNs) / 1e6);
        waiting!.push(Number(sentNs));
      },
    });
  const pollSockets = () => {
    sockets.poll();
    const now = Number(nowNs());
    for (const sentNs of waiting!) atTick!.push((now - sentNs) / 1e6);
    waiting!.length = 0;
  };
  const ports = new PortPool({ clock, min: 20_000, max: 29_999 });
  const playback = { create: () => ({ read: () => false }) };
  const engine = new Engine({
    ...{ clock, log: silentLogger, ports, playback, openSocket, pollSockets },
    notify: () => {},
  });
  process.send!(await fillRoom(engine, legs));
  engine.start();
  await wait(warmUpMs);
  handedOver!.length = 0;
  atTick!.length = 0;
  const [cpu, startedAt, health] = [process.cpuUsage(), performance.now(), engine.health()];
  await wait(seconds * 1000);
  const [used, elapsedUs, after] = [
    process.cpuUsage(cpu),
    (performance.now() - startedAt) * 1000,
    engine.health(),
  ];
  process.send!({
    userCores: used.user / elapsedUs,
    systemCores: used.system / elapsedUs,
    handedOverP50Ms: percentile(handedOver!, 50),
    handedOverP99Ms: percentile(handedOver!, 99),
    tickP50Ms: percentile(atTick!, 50),
    tickP99Ms: percentile(atTick!, 99),
    lostToBridge: after.packetsLost - health.packetsLost,
    concealedMs: after.concealedMs - health.concealedMs,
  });
}

async function fillRoom(engine: Engine, legs: number): Promise<number[]> {
  const room = "bench" as RoomId;
  const legPorts: number[] = [];
  engine.openRoom(room);
  for (let index = 0; index < legs; index += 1) {
    const leg = `leg${index}` as LegId;
    legPorts.push((await engine.createLeg(leg, "127.0.0.1")).port);
    engine.configureLeg(leg, {
      codec: "PCMU",
      payloadType: 0,
      receive: new Map([[0, "PCMU"]]),
      ptimeMs: tickMs,
      telephoneEvent: 101,
      events: new Map([[101, 8000]]),
      opus: undefined,
      comfortNoise: 13,
      direction: "sendrecv",
      remote: { address: "127.0.0.1", port: phonePort(index), rtcpPort: phonePort(index) + 1 },
      rtcpMux: false,
    });
    engine.joinLeg(leg, room);
  }
  return legPorts;
}

/** The other process: one socket a phone, one packet each every 20 ms, all at different phases. */
async function runPhones(): Promise<void> {
  const [legPorts] = (await once(process, "message")) as [number[]];
  const phones = legPorts.map((port, index) => new Phone(port, index));
  const stepMs = tickMs / phones.length;
  const startedAt = performance.now();
  let sent = 0;
  const send = () => {
    const due = Math.floor((performance.now() - startedAt) / stepMs);
    for (; sent <= due; sent += 1) phones[sent % phones.length]!.send();
    setTimeout(send, 1);
  };
  send();
  await wait(warmUpMs);
  for (const phone of phones) phone.lost = 0;
  await once(process, "message");
  process.send!(phones.reduce((sum, phone) => sum + phone.lost, 0));
}

class Phone {
  lost = 0;
  readonly #port: number;
  readonly #socket = createSocket("udp4");
  readonly #header = emptyRtpHeader();
  readonly #packets: readonly Buffer[];
  #expected = -1;

  constructor(port: number, index: number) {
    this.#port = port;
    this.#header.ssrc = index + 1;
    this.#packets = Array.from({ length: 50 }, (_, tick) => {
      const amplitude = index < talkers ? 6000 : 30;
      const pcm = Int16Array.from(
        { length: samples },
        (_, at) => amplitude * Math.sin((2 * Math.PI * (400 + 50 * index) * (tick * samples + at)) / 8000),
      );
      const packet = Buffer.alloc(rtpHeaderBytes + extensionBytes + samples);
      packet.writeUInt16BE(2, rtpHeaderBytes + 2);
      createEncoder("PCMU").encode(pcm, packet.subarray(rtpHeaderBytes + extensionBytes));
      return packet;
    });
    this.#socket.bind(phonePort(index), "127.0.0.1");
    this.#socket.on("message", (packet) => {
      const sequence = packet.readUInt16BE(2);
      if (this.#expected >= 0) this.lost += (sequence - this.#expected) & 0xffff;
      this.#expected = (sequence + 1) & 0xffff;
    });
  }

  send(): void {
    const packet = this.#packets[this.#header.sequence % 50]!;
    this.#header.sequence = (this.#header.sequence + 1) & 0xffff;
    this.#header.timestamp += samples;
    writeRtpHeader(packet, this.#header);
    packet[0]! |= 0x10;
    packet.writeBigUInt64BE(nowNs(), rtpHeaderBytes + 4);
    this.#socket.send(packet, this.#port, "127.0.0.1");
  }
}

const [role, ...order] = process.argv.slice(2);
if (role === "bridge" && order[0] === "bare") await runBare(Number(order[1]), Number(order[2]));
else if (role === "bridge") await runBridge(order[0] as Kind, Number(order[1]), Number(order[2]));
else if (role === "phones") await runPhones();
else await compare();
