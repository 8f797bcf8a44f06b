// Real processes: the control process is killed while two phones talk through a media worker, and the next one goes on with it;
// then both are killed. What the phones are sent says whether anything was missing: packets are numbered.
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ControllerOrder, ControllerReport } from "../support/media-controller.ts";
import { eventually } from "../support/phone/index.ts";
import { isAlive } from "../support/processes.ts";

const program = join(import.meta.dirname, "../support/media-controller.ts");
const limitMs = 60_000;

let folder: string;
const phones: TestPhone[] = [];
const started: ChildProcess[] = [];
const workers = new Set<number>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-restart-"));
});

afterEach(() => {
  for (const phone of phones.splice(0)) phone.close();
  for (const child of started.splice(0)) child.kill("SIGKILL");
  for (const pid of workers) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Sends a packet of PCMU every 20 ms, as well as a busy machine can, and notes what comes back. */
class TestPhone {
  readonly #socket: Socket;
  readonly #timer: NodeJS.Timeout;
  readonly heard: { readonly port: number; readonly sequence: number; readonly ssrc: number }[] = [];
  port = 0;
  #sequence = 0;

  static async open(): Promise<TestPhone> {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    const phone = new TestPhone(socket);
    phones.push(phone);
    return phone;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#timer = setInterval(() => this.#send(0, Buffer.alloc(160, 0x10 + 0x80 * (this.#sequence % 2))), 20);
    socket.on("message", (bytes, { port }) =>
      this.heard.push({ port, sequence: bytes.readUInt16BE(2), ssrc: bytes.readUInt32BE(8) }),
    );
  }

  get offer(): string {
    const media = `m=audio ${this.#socket.address().port} RTP/AVP 0 101`;
    const lines = ["v=0", "o=phone 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", media];
    return [...lines, "a=rtpmap:101 telephone-event/8000", ""].join("\r\n");
  }

  /** The end of a press of seven (RFC 4733), as often as phones send it. */
  press(): void {
    for (let time = 0; time < 3; time += 1) this.#send(101, Buffer.from([7, 0x8a, 0x03, 0x20]));
  }

  /** Resolves once so many packets more have been heard of our port. */
  async hears(packets: number): Promise<void> {
    const before = this.heard.length;
    await eventually(
      () => this.heard.length >= before + packets || undefined,
      () => `${packets} packets at a phone`,
      { limitMs },
    );
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }

  #send(type: number, payload: Buffer): void {
    if (this.port === 0) return;
    this.#sequence += 1;
    const header = Buffer.alloc(12);
    header.writeUInt16BE(0x80_00 | type, 0);
    header.writeUInt16BE(this.#sequence & 0xffff, 2);
    header.writeUInt32BE(this.#sequence * 160, 4);
    header.writeUInt32BE(0x0a_0b_0c_0d, 8);
    this.#socket.send(Buffer.concat([header, payload]), this.port, "127.0.0.1");
  }
}

async function controller() {
  const child = spawn(process.execPath, [program, folder, "24000"], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  started.push(child);
  const reports: ControllerReport[] = [];
  child.on("message", (report) => reports.push(report as ControllerReport));
  child.stdout?.resume();
  const next = <Key extends string>(key: Key) =>
    eventually(
      () => {
        const at = reports.findIndex((report) => key in report);
        return at < 0
          ? undefined
          : (reports.splice(at, 1)[0] as Extract<ControllerReport, Record<Key, unknown>>);
      },
      () => `the controller's ${key}`,
      { limitMs },
    );
  const { ready } = await next("ready");
  workers.add(ready.pid);
  return {
    ...ready,
    next,
    order: (order: ControllerOrder) => void child.send(order),
    /** With its output: whoever writes to that now writes to a pipe that nobody reads. */
    async kill(): Promise<void> {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      child.stdout?.destroy();
      await gone;
    },
  };
}

async function call(on: Awaited<ReturnType<typeof controller>>, leg: string): Promise<TestPhone> {
  const phone = await TestPhone.open();
  on.order({ do: "call", leg, offer: phone.offer });
  const { sdp } = await on.next("sdp");
  phone.port = Number(/^m=audio (\d+) /m.exec(sdp)?.[1]);
  return phone;
}

/** How many packets of the stream that the phone is sent have not come; all of them are of one source. */
function missing({ heard }: TestPhone): number {
  const sources = new Set(heard.map(({ port, ssrc }) => `${port} ${ssrc}`));
  expect(sources.size).toBe(1);
  const steps = heard.slice(1).map(({ sequence }, at) => (sequence - heard[at]!.sequence) & 0xffff);
  return steps.reduce((sum, step) => sum + step - 1, 0);
}

it("goes on with the calls of a control process that was killed, and of one that was killed with its worker", async () => {
  const first = await controller();
  const anna = await call(first, "anna");
  const ben = await call(first, "ben");
  await ben.hears(25);
  await first.kill();
  await ben.hears(10);
  anna.press();
  await ben.hears(10);

  const second = await controller();
  expect([second.pid, second.resumed]).toEqual([first.pid, ["anna", "ben"]]);
  expect(await second.next("digit")).toEqual({ digit: "7", leg: "anna" });
  await Promise.all([anna.hears(25), ben.hears(25)]);
  // Fewer than a tenth of a second, though a busy machine may lose a packet by itself.
  for (const phone of [anna, ben]) expect(missing(phone)).toBeLessThan(5);

  process.kill(second.pid, "SIGKILL");
  await second.kill();
  const third = await controller();
  expect(third.pid).not.toBe(first.pid);
  expect(third.resumed).toEqual(["anna", "ben"]);
  await Promise.all([anna.hears(25), ben.hears(25)]);
  // One source at one port still.
  for (const phone of [anna, ben]) expect(missing(phone)).toBeLessThan(3000);
  ben.press();
  expect(await third.next("digit")).toEqual({ digit: "7", leg: "ben" });

  third.order({ do: "close" });
  await third.next("closed");
  await eventually(
    () => ![...workers].some(isAlive) || undefined,
    () => "the end of the workers",
    { limitMs },
  );
}, 240_000);
