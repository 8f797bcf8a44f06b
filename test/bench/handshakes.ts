// What calls that are set up, with DTLS handshakes and without, do to the audio tick of the legs that are there: an engine with PCMU legs
// in one room, in which so many further legs a second are made, shake hands with a client and are closed again. Phones and clients
// are another process. Prints how late ticks were, what they cost, and what a call costs the worker.
//
//   chrt -r 1 node test/bench/handshakes.ts [--legs 100] [--rates 0,20,50,100] [--seconds 6] [--runs 3]
//
// `plain` are the same legs without a handshake, closed after one that takes as long.
import { type ChildProcess, fork } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { type LegId, type RoomId, silentLogger, systemClock } from "#common";
import { Ticker } from "../../media/clock/index.ts";
import { createEncoder } from "../../media/codec/index.ts";
import { Engine } from "../../media/mixer/index.ts";
import { createPolledSockets, emptyRtpHeader, PortPool, writeRtpHeader } from "../../media/rtp/index.ts";
import type { AudioPlan } from "../../media/sdp/types.ts";
import { loadSrtpCrypto } from "../../media/srtp/index.ts";
import { DtlsConnection } from "../../media/webrtc/dtls-connection.ts";
import { type DtlsIdentity, loadDtlsIdentity } from "../../media/webrtc/index.ts";
import { isDtls } from "../../media/webrtc/stun.ts";
import { percentile } from "./figures.ts";
import { formatRows } from "./table.ts";

const tickMs = 20;
const samples = 160;
const talkers = 3;
const warmUpMs = 4000;
const room = "bench" as RoomId;
const phonePort = (index: number) => 31_000 + 2 * index;
/** Clients by turns; more than there are handshakes at once. */
const clients = 400;
const clientPort = (index: number) => 32_000 + 2 * (index % clients);
/** How long a plain leg lives. */
const plainMs = 20;

interface Order {
  readonly client: number;
  readonly port: number;
}
type ToPhones = { readonly ports: readonly number[]; readonly fingerprint: string } | Order;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function planOf(port: number, more: Partial<AudioPlan> = {}): AudioPlan {
  return {
    codec: "PCMU",
    payloadType: 0,
    receive: new Map([[0, "PCMU"]]),
    ptimeMs: tickMs,
    telephoneEvent: 101,
    events: new Map([[101, 8000]]),
    opus: undefined,
    comfortNoise: 13,
    direction: "sendrecv",
    remote: { address: "127.0.0.1", port, rtcpPort: port + 1 },
    rtcpMux: true,
    ...more,
  };
}

async function identityOf(): Promise<DtlsIdentity> {
  const identity = await loadDtlsIdentity({ clock: systemClock, log: silentLogger });
  if (!identity) throw new Error("there is no DTLS on this machine");
  return identity;
}

class Bridge {
  readonly engine: Engine;
  readonly #late: number[] = [];
  readonly #costs: number[] = [];
  readonly #ticker: Ticker;
  readonly #phones: ChildProcess;
  readonly #theirs: string;
  readonly #began = new Map<string, number>();
  #took: number[] = [];
  #failed = 0;
  #calls = 0;

  static async create(phones: ChildProcess, theirs: string): Promise<Bridge> {
    const clock = systemClock;
    const [dtlsIdentity, sockets, srtpCrypto] = await Promise.all([
      identityOf(),
      createPolledSockets({ clock, log: silentLogger }),
      loadSrtpCrypto(silentLogger),
    ]);
    let bridge: Bridge | undefined;
    const engine = new Engine({
      ...{ clock, log: silentLogger, dtlsIdentity, srtpCrypto },
      ports: new PortPool({ clock, min: 20_000, max: 29_999 }),
      playback: { create: () => ({ read: () => false }) },
      openSocket: sockets.open,
      pollSockets: sockets.poll,
      notify: (name, data) => bridge?.hear(name, data as { leg: string }),
    });
    bridge = new Bridge(engine, phones, theirs);
    phones.send({ ports: await bridge.#fill(), fingerprint: dtlsIdentity.fingerprint } satisfies ToPhones);
    return bridge;
  }

  private constructor(engine: Engine, phones: ChildProcess, theirs: string) {
    this.engine = engine;
    this.#phones = phones;
    this.#theirs = theirs;
    const clock = systemClock;
    this.#ticker = new Ticker({
      ...{ clock, tickMs, maxCatchUp: 10 },
      tick: (at) => {
        const begun = clock.monotonic();
        this.#late.push(begun - at);
        engine.mixOnce(at);
        this.#costs.push(clock.monotonic() - begun);
      },
    });
    this.#ticker.start();
  }

  hear(name: string, { leg }: { readonly leg: string }): void {
    const began = this.#began.get(leg);
    if (began === undefined) return;
    if (name === "leg.failed") this.#failed += 1;
    else if (name === "leg.secured") this.#took.push(performance.now() - began);
    else return;
    this.#began.delete(leg);
    setTimeout(() => void this.engine.closeLeg(leg as LegId), plainMs);
  }

  async run(rate: number, dtls: boolean, seconds: number): Promise<string[]> {
    for (const list of [this.#late, this.#costs, this.#took]) list.length = 0;
    this.#failed = 0;
    const [cpu, startedAt, skipped] = [process.cpuUsage(), performance.now(), this.#ticker.skipped];
    let made = 0;
    const timer = setInterval(() => {
      const due = ((performance.now() - startedAt) / 1000) * rate;
      for (; made < due; made += 1) void this.#call(dtls);
    }, 5);
    await wait(seconds * 1000);
    clearInterval(timer);
    const used = process.cpuUsage(cpu);
    const cores = (used.user + used.system) / 1000 / (performance.now() - startedAt);
    const figures = (values: readonly number[]) =>
      [50, 99, 100].map((percent) => percentile(values, percent).toFixed(1)).join(" / ");
    const row = [
      ...[String(rate), rate === 0 ? "none" : dtls ? "DTLS" : "plain", cores.toFixed(3)],
      ...[figures(this.#late), figures(this.#costs), String(this.#ticker.skipped - skipped)],
      ...[dtls ? String(this.#took.length) : String(made), String(this.#failed)],
      this.#took.length > 0 ? figures(this.#took) : "–",
    ];
    await wait(500);
    return row;
  }

  async #call(dtls: boolean): Promise<void> {
    const client = this.#calls % clients;
    this.#calls += 1;
    const id = `call${this.#calls}` as LegId;
    const { port } = await this.engine.createLeg(id, "127.0.0.1");
    const fingerprints = [{ hash: "sha-256", value: this.#theirs }];
    const agreed: Partial<AudioPlan> = dtls ? { dtls: { role: "server", fingerprints } } : {};
    if (dtls) this.#began.set(id, performance.now());
    this.engine.configureLeg(id, planOf(clientPort(client), agreed));
    if (dtls) this.#phones.send({ client, port } satisfies ToPhones);
    else setTimeout(() => void this.engine.closeLeg(id), 2 * plainMs);
  }

  async #fill(): Promise<number[]> {
    const ports: number[] = [];
    this.engine.openRoom(room);
    for (let index = 0; index < legs; index += 1) {
      const id = `leg${index}` as LegId;
      ports.push((await this.engine.createLeg(id, "127.0.0.1")).port);
      this.engine.configureLeg(id, planOf(phonePort(index)));
      this.engine.joinLeg(id, room);
    }
    return ports;
  }
}

/** The other process: a packet of each phone every 20 ms, and the clients' sides of handshakes. */
async function runPhones(): Promise<void> {
  const identity = await identityOf();
  process.send!(identity.fingerprint);
  const [first] = (await once(process, "message")) as [Extract<ToPhones, { ports: unknown }>];
  const sockets = await Promise.all(
    Array.from({ length: clients }, async (_, index) => {
      const socket = createSocket("udp4");
      socket.bind(clientPort(index), "127.0.0.1");
      await once(socket, "listening");
      return socket;
    }),
  );
  const running: (DtlsConnection | undefined)[] = [];
  process.on("message", ({ client, port }: Order) => {
    running[client]?.close();
    running[client] = shakeHands(identity, sockets[client]!, port, first.fingerprint);
  });
  sockets.forEach((socket, index) => {
    socket.on("message", (packet) => {
      if (isDtls(packet)) running[index]?.receive(packet);
    });
  });
  sendVoices(first.ports);
}

function shakeHands(identity: DtlsIdentity, socket: Socket, port: number, value: string): DtlsConnection {
  const connection = new DtlsConnection({
    ...{ identity, clock: systemClock, role: "client" },
    fingerprints: [{ hash: "sha-256", value }],
    send: (datagram) => socket.send(datagram, port, "127.0.0.1"),
    onKeys: () => {},
    onFailed: () => {},
  });
  connection.start();
  return connection;
}

function sendVoices(ports: readonly number[]): void {
  const header = emptyRtpHeader();
  const phones = ports.map((port, index) => {
    const socket = createSocket("udp4");
    socket.bind(phonePort(index), "127.0.0.1");
    socket.on("message", () => {});
    const amplitude = index < talkers ? 6000 : 30;
    const packets = Array.from({ length: 50 }, (_, tick) => {
      const pcm = Int16Array.from({ length: samples }, (_, at) =>
        Math.round(
          amplitude * Math.sin((2 * Math.PI * (400 + 50 * (index % 30)) * (tick * samples + at)) / 8000),
        ),
      );
      const packet = new Uint8Array(12 + samples);
      createEncoder("PCMU").encode(pcm, packet.subarray(12));
      return packet;
    });
    return { socket, port, packets };
  });
  const startedAt = performance.now();
  let sent = 0;
  setInterval(() => {
    const due = ((performance.now() - startedAt) * phones.length) / tickMs;
    for (; sent < due; sent += 1) {
      const index = sent % phones.length;
      const tick = Math.floor(sent / phones.length);
      const { socket, port, packets } = phones[index]!;
      const packet = packets[tick % 50]!;
      Object.assign(header, { sequence: tick & 0xffff, timestamp: (tick * samples) >>> 0, ssrc: index + 1 });
      writeRtpHeader(packet, header);
      socket.send(packet, port, "127.0.0.1");
    }
  }, 1);
}

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    legs: { type: "string", default: "100" },
    rates: { type: "string", default: "0,20,50,100" },
    seconds: { type: "string", default: "6" },
    runs: { type: "string", default: "3" },
  },
});
const legs = Number(values.legs);
const rates = values.rates.split(",").map(Number);

if (process.argv[2] === "phones") await runPhones();
else {
  const phones = fork(import.meta.filename, ["phones"]);
  const [theirs] = (await once(phones, "message")) as [string];
  const bridge = await Bridge.create(phones, theirs);
  await wait(warmUpMs);
  const milliseconds = "p50 / p99 / max ms";
  const rows = [
    ["calls/s", "kind", "cores", `late ${milliseconds}`, `tick ${milliseconds}`, "skipped", "done", "failed"],
  ];
  rows[0]!.push(`handshake ${milliseconds}`);
  for (let run = 0; run < Number(values.runs); run += 1) {
    for (const rate of rates) {
      if (rate > 0) rows.push(await bridge.run(rate, false, Number(values.seconds)));
      rows.push(await bridge.run(rate, true, Number(values.seconds)));
    }
  }
  console.log(formatRows(rows));
  phones.kill();
  process.exit(0);
}
