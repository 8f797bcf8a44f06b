// Real worker processes on loopback: started, called with real RTP, killed, and back again.
import { spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LegId, type RoomId, silentLogger, systemClock } from "#common";
import {
  createLeg,
  type MediaWorker,
  type MediaWorkers,
  type Recovery,
  startMediaWorkers,
} from "#media/client";
import { protocolVersion } from "#media/protocol";

const loopback = { bindAddress: "127.0.0.1", advertisedAddress: "127.0.0.1" };
const main = join(import.meta.dirname, "../../media/main.ts");

let directory: string;
let pool: MediaWorkers | undefined;
let phone: Socket;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "parley-media-"));
  phone = createSocket("udp4");
  phone.bind(0, "127.0.0.1");
  await once(phone, "listening");
});

afterEach(async () => {
  phone.close();
  await pool?.close();
  pool = undefined;
  rmSync(directory, { recursive: true });
});

async function start(workers: number): Promise<MediaWorker> {
  pool = await startMediaWorkers({
    clock: systemClock,
    log: silentLogger,
    workers,
    rtp: { portMin: 23_000, portMax: 23_199 },
    runtimeDirectory: join(directory, "run"),
    promptsPath: join(directory, "no-prompts"),
    logLevel: "silent",
  });
  return pool.workers[0] as MediaWorker;
}

const offer = (): string =>
  [
    "v=0",
    "o=phone 1 1 IN IP4 127.0.0.1",
    "s=-",
    "c=IN IP4 127.0.0.1",
    "t=0 0",
    `m=audio ${phone.address().port} RTP/AVP 0 101`,
    "a=rtpmap:101 telephone-event/8000",
    "",
  ].join("\r\n");

const rtpPort = (sdp: string): number => Number(/^m=audio (\d+) /m.exec(sdp)?.[1]);

/** A PCMU packet of 20 ms. */
function packet(sequence: number, sample: number): Buffer {
  const bytes = Buffer.alloc(172, sample);
  bytes.writeUInt16BE(0x80_00, 0);
  bytes.writeUInt16BE(sequence, 2);
  bytes.writeUInt32BE(sequence * 160, 4);
  bytes.writeUInt32BE(0x0a_0b_0c_0d, 8);
  return bytes;
}

/** Resolves with the first packet from `port` that `wanted` accepts. */
function packetFrom(port: number, wanted: (bytes: Buffer) => boolean): Promise<Buffer> {
  return new Promise((resolve) => {
    const listener = (bytes: Buffer, from: { port: number }): void => {
      if (from.port !== port || !wanted(bytes)) return;
      phone.off("message", listener);
      resolve(bytes);
    };
    phone.on("message", listener);
  });
}

/** sched(7), as /proc/PID/stat gives it in its 41st field; the name in the second may hold anything. */
const [timeSharing, roundRobin] = [0, 2];
const schedulingPolicy = (pid: number): number =>
  Number(
    readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ")[38],
  );

const payload = (bytes: Buffer): Buffer => bytes.subarray(12);
/** μ-law has two zeros; anything else is sound. */
const sounds = (bytes: Buffer): boolean => payload(bytes).some((sample) => (sample & 0x7f) < 0x60);

describe("media workers", () => {
  it("answer an offer, hear the phone and are heard by it", async () => {
    const worker = await start(1);
    const { leg, sdp } = await createLeg(worker, { id: "leg" as LegId, offer: offer(), ...loopback });
    const port = rtpPort(sdp);
    expect(port).toBeGreaterThanOrEqual(23_000);

    const latched = new Promise<string>((resolve) =>
      leg.events.on("latched", ({ remote }) => resolve(remote)),
    );
    const heard = packetFrom(port, sounds);
    for (let sequence = 0; sequence < 10; sequence += 1)
      phone.send(packet(sequence, 0xff), port, "127.0.0.1");
    expect(await latched).toContain(String(phone.address().port));

    await worker.request("room.open", { room: "room" as RoomId });
    await leg.join("room" as RoomId);
    const outcome = await leg.play([{ kind: "tone", name: "attention" }], { language: "en" });
    expect(outcome).toBe("finished");
    await heard;
    const stats = await leg.close();
    expect(stats).toMatchObject({ codec: "PCMU", packetsReceived: 10 });
    expect(stats?.packetsSent).toBeGreaterThan(10);
  });

  it("hear keys while something plays to them", async () => {
    const worker = await start(1);
    const { leg, sdp } = await createLeg(worker, { id: "leg" as LegId, offer: offer(), ...loopback });
    const port = rtpPort(sdp);
    const digit = new Promise<string>((resolve) => leg.events.on("dtmf", (event) => resolve(event.digit)));
    const played = leg.play([{ kind: "music" }], { language: "en", loop: true });
    const event = Buffer.concat([packet(1, 0).subarray(0, 12), Buffer.from([7, 0x8a, 0x03, 0x20])]);
    event.writeUInt8(0x80 | 101, 1);
    for (let sequence = 1; sequence <= 3; sequence += 1) {
      event.writeUInt16BE(sequence, 2);
      phone.send(Buffer.from(event), port, "127.0.0.1");
    }
    expect(await digit).toBe("7");
    await leg.stop();
    expect(await played).toBe("stopped");
  });

  it("run their tick at the priority that they say they have", async () => {
    const worker = await start(1);
    const { pid } = await worker.request("hello", { protocolVersion });
    const { realTime } = await new Promise<{ realTime: boolean }>((resolve) =>
      worker.notifications.on("worker.health", resolve),
    );
    expect(schedulingPolicy(pid)).toBe(realTime ? roundRobin : timeSharing);
  });

  it("may be killed: what waits is answered by another process, and a leg keeps its port and its stream", async () => {
    const worker = await start(2);
    const { leg, sdp } = await createLeg(worker, { id: "leg" as LegId, offer: offer(), ...loopback });
    const port = rtpPort(sdp);
    await worker.request("room.open", { room: "room" as RoomId });
    await leg.join("room" as RoomId);
    const before = await packetFrom(port, () => true);
    const { pid } = await worker.request("hello", { protocolVersion });
    const recovered = new Promise<Recovery>((resolve) => pool?.events.on("recovered", resolve));

    process.kill(pid, "SIGSTOP");
    const waiting = worker.request("leg.stats", { leg: leg.id });
    process.kill(pid, "SIGKILL");
    expect(await recovered).toMatchObject({ legs: 1, moved: 0, lost: 0 });
    expect((await waiting).codec).toBe("PCMU");
    expect((await worker.request("hello", { protocolVersion })).pid).not.toBe(pid);

    const after = await packetFrom(port, () => true);
    expect(after.readUInt32BE(8)).toBe(before.readUInt32BE(8));
    const ahead = (after.readUInt16BE(2) - before.readUInt16BE(2)) & 0xffff;
    expect([ahead > 0, ahead < 3000]).toEqual([true, true]);
  });

  it("keep their socket to themselves and leave nothing behind", async () => {
    await start(1);
    const socket = join(directory, "run", "media-0.sock");
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, "run")).mode & 0o777).toBe(0o700);
    await pool?.close();
    expect(existsSync(socket)).toBe(false);
  });

  it.each([
    [["--rtp-min", "20000"], "--rtp-max is missing"],
    [["--rtp-min", "20000", "--rtp-max", "high"], "--rtp-max must be a whole number"],
    [["--rtp-min", "20000", "--rtp-max", "21000"], "--socket is missing"],
    [["--louder"], "--louder"],
  ])("exit with code 2 and one sentence for %j", async (args, sentence) => {
    const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    const text: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => text.push(chunk));
    const [code] = await once(child, "close");
    expect(Buffer.concat(text).toString()).toContain(sentence);
    expect(code).toBe(2);
  });
});
