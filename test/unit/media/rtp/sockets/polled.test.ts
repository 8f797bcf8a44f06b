// What is true of polled sockets alone: floods, marks, refusals by the system, and the choice between the kinds.
import { readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Clock, type Logger, silentLogger, systemClock } from "#common";
import { chooseMediaSockets } from "../../../../../media/rtp/index.ts";
import {
  AF_INET,
  AF_INET6,
  cmsghdr,
  EAGAIN,
  epollEventLayout,
  iovec,
  msghdr,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
} from "../../../../../media/rtp/sockets/layout.ts";
import { type Libc, loadLibc } from "../../../../../media/rtp/sockets/libc.ts";
import { Memory } from "../../../../../media/rtp/sockets/memory.ts";
import { maxRounds, PolledSockets } from "../../../../../media/rtp/sockets/polled.ts";
import { AddressCodec } from "../../../../../media/rtp/sockets/socket-address.ts";
import { Mailbox, until } from "./loopback.ts";

const v4 = "127.0.0.1";
const layout = epollEventLayout(process)!;
const libc = await loadLibc();
const refused = (): number => -1;
const refusal = (): number => 1;
const EPERM = 1;
const ENOBUFS = 105;
const ECONNREFUSED = 111;

async function open(sockets: PolledSockets, address = v4) {
  const mail = new Mailbox();
  const socket = await sockets.open({ address, port: 0, onPacket: mail.onPacket });
  return { socket, mail, port: socket.port };
}

describe("polled sockets", () => {
  let sockets: PolledSockets;
  beforeEach(() => {
    sockets = new PolledSockets({ clock: systemClock, libc, layout });
  });
  afterEach(() => sockets.close());

  it("hand over nothing before they are polled, and all of it at once then, in order", async () => {
    const [alice, bob] = [await open(sockets), await open(sockets)];

    for (let packet = 1; packet <= 5; packet += 1)
      alice.socket.send(Buffer.from([48 + packet]), bob.port, v4);
    await new Promise((resolve) => setImmediate(resolve));
    expect(bob.mail.letters).toEqual([]);
    await until(sockets, () => bob.mail.letters.length === 5);

    expect(bob.mail.texts).toEqual(["1", "2", "3", "4", "5"]);
  });

  it("read a flooded port no further than the bound, and the others all the same", async () => {
    const [flood, victim, other] = [await open(sockets), await open(sockets), await open(sockets)];

    for (let packet = 0; packet < 5 * maxRounds; packet += 1)
      flood.socket.send(Buffer.alloc(40), victim.port, v4);
    flood.socket.send(Buffer.from("voice"), other.port, v4);
    sockets.poll();

    expect(victim.mail.letters).toHaveLength(maxRounds);
    expect(other.mail.texts).toEqual(["voice"]);
  });

  it("keep what comes for a whole tick beside a flood of large datagrams", async () => {
    const [flood, victim] = [await open(sockets), await open(sockets)];

    for (let packet = 1; packet < maxRounds; packet += 1)
      flood.socket.send(Buffer.alloc(1472), victim.port, v4);
    flood.socket.send(Buffer.from("voice"), victim.port, v4);
    sockets.poll();

    expect(victim.mail.letters).toHaveLength(maxRounds);
    expect(victim.mail.texts.at(-1)).toBe("voice");
  });

  it("are not polled again by what they hand over", async () => {
    const heard: string[] = [];
    const alice = await open(sockets);
    const bob = await sockets.open({
      ...{ address: v4, port: 0 },
      onPacket(packet) {
        sockets.poll();
        heard.push(Buffer.from(packet).toString());
      },
    });

    alice.socket.send(Buffer.from("one"), bob.port, v4);
    alice.socket.send(Buffer.from("two"), bob.port, v4);
    await until(sockets, () => heard.length === 2);

    expect(heard).toEqual(["one", "two"]);
  });

  it("serve hundreds of sockets in one poll", async () => {
    const alice = await open(sockets);
    const phones = await Promise.all(Array.from({ length: 700 }, () => open(sockets)));

    for (const { port } of phones) alice.socket.send(Buffer.from("all"), port, v4);
    sockets.poll();

    expect(phones.filter(({ mail }) => mail.letters.length === 1)).toHaveLength(700);
  });

  it("give the closed one's place to the next without a mix-up", async () => {
    const [alice, bob] = [await open(sockets), await open(sockets)];

    alice.socket.send(Buffer.from("for bob"), bob.port, v4);
    await bob.socket.close();
    const carol = await open(sockets);
    alice.socket.send(Buffer.from("for carol"), carol.port, v4);
    await until(sockets, () => carol.mail.letters.length > 0);

    expect(carol.mail.texts).toEqual(["for carol"]);
    expect(bob.mail.letters).toEqual([]);
  });

  it.each([
    { family: AF_INET, address: v4, level: 0, ask: 13 },
    { family: AF_INET6, address: "::1", level: 41, ask: 66 },
  ])("mark what they send to $address for expedited forwarding", async ({ family, address, level, ask }) => {
    const alice = await open(sockets, address);
    const receiver = trafficClassReceiver(family, address, level, ask);

    alice.socket.send(Buffer.from("urgent"), receiver.port, address);

    expect(receiver.read()).toBe(46 << 2);
  });
});

it("mark what they send as they are told", async () => {
  const marked = new PolledSockets({ clock: systemClock, libc, layout, codePoint: 34 });
  try {
    const alice = await open(marked, v4);
    const receiver = trafficClassReceiver(AF_INET, v4, 0, 13);
    alice.socket.send(Buffer.from("a picture"), receiver.port, v4);
    expect(receiver.read()).toBe(34 << 2);
  } finally {
    await marked.close();
  }
});

describe("polled sockets that the system refuses", () => {
  const failing = (overrides: Partial<Libc>): PolledSockets =>
    new PolledSockets({ clock: systemClock, libc: { ...libc, ...overrides }, layout });

  it.each([
    [EPERM, "EPERM"],
    [ENOBUFS, "ENOBUFS"],
    [EAGAIN, "EAGAIN"],
    [ECONNREFUSED, "ECONNREFUSED"],
  ])("count a packet that errno %i keeps from being sent, and say why", async (errno, unsentReason) => {
    const sockets = failing({ sendto: () => -1, errno: () => errno });
    const alice = await open(sockets);

    alice.socket.send(Buffer.from("lost"), 9, v4);

    expect(alice.socket.errors).toEqual({ unsent: 1, unsentReason, unreceived: 0 });
    await sockets.close();
  });

  it("count what cannot be received, within the bound, and read on at the next poll", async () => {
    let refuse = true;
    const sockets = failing({
      recvmsg: (...call) => (refuse ? -1 : libc.recvmsg(...call)),
      errno: () => (refuse ? ECONNREFUSED : libc.errno()),
    });
    const [alice, bob] = [await open(sockets), await open(sockets)];

    alice.socket.send(Buffer.from("well"), bob.port, v4);
    sockets.poll();
    const { unreceived } = bob.socket.errors;
    refuse = false;
    await until(sockets, () => bob.mail.letters.length > 0);

    expect(unreceived).toBe(maxRounds);
    expect(bob.mail.texts).toEqual(["well"]);
    await sockets.close();
  });

  it("give the descriptor back when the last step of opening fails", async () => {
    const sockets = failing({ epoll_ctl: () => -1, errno: () => 28 });
    const before = readdirSync("/proc/self/fd").length;

    await expect(open(sockets)).rejects.toMatchObject({ code: "ENOSPC" });

    expect(readdirSync("/proc/self/fd").length).toBe(before);
    await sockets.close();
  });
});

describe("the choice of sockets", () => {
  /** Time passes with the turns of the event loop: no test waits for a datagram that does not come. */
  const hasty: Clock = {
    ...systemClock,
    after(_, callback) {
      const turn = setImmediate(callback);
      return { cancel: () => clearImmediate(turn) };
    },
  };

  /** The kind that was chosen, and why it was not the other. */
  async function choose(options: object) {
    const warnings: unknown[] = [];
    const log = {
      ...silentLogger,
      debug() {},
      warn: (data: object) => void warnings.push(data),
    } as unknown as Logger;
    const sockets = await chooseMediaSockets({ clock: hasty, log, ...options });
    await sockets.close();
    return { kind: sockets.kind, warnings };
  }

  it("is for polled ones where they work", async () => {
    expect(await choose({})).toEqual({ kind: "polled", warnings: [] });
  });

  it.each([
    ["the platform is another", { machine: { platform: "darwin", arch: "arm64" } }],
    ["the library does not load", { load: () => Promise.reject(new Error("no binary")) }],
    ["a sandbox forbids epoll", { load: async () => ({ ...libc, epoll_create1: refused, errno: refusal }) }],
    ["a sandbox forbids sending", { load: async () => ({ ...libc, sendto: refused, errno: refusal }) }],
  ])("is for node:dgram, and says so, where %s", async (_, options) => {
    const before = readdirSync("/proc/self/fd").length;

    const { kind, warnings } = await choose(options);

    expect(kind).toBe("dgram");
    expect(warnings).toEqual([{ why: expect.stringMatching(/./) }]);
    expect(readdirSync("/proc/self/fd").length).toBe(before);
  });
});

/** A bare socket that asks the kernel for the traffic class of what it receives. */
function trafficClassReceiver(family: number, address: string, level: number, ask: number) {
  const memory = new Memory(libc, 512);
  const [header, vector, control, data] = [0, 64, 128, 256];
  const fd = libc.socket(family, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  memory.view.setInt32(data, 1, true);
  libc.setsockopt(fd, level, ask, memory.at(data), 4);
  const length = new AddressCodec(libc).write(memory, family, 0, address);
  libc.bind(fd, memory.at(0), length);
  memory.view.setUint32(data, length, true);
  libc.getsockname(fd, memory.at(0), memory.at(data));
  const port = memory.view.getUint16(2);
  return {
    port,
    read(): number {
      memory.bytes.fill(0);
      memory.point(header + msghdr.vector, vector);
      memory.view.setBigUint64(header + msghdr.vectorLength, 1n, true);
      memory.point(header + msghdr.control, control);
      memory.view.setBigUint64(header + msghdr.controlLength, 64n, true);
      memory.point(vector + iovec.base, data);
      memory.view.setBigUint64(vector + iovec.length, 100n, true);
      libc.recvmsg(fd, memory.at(header), 0);
      libc.close(fd);
      return memory.bytes[control + cmsghdr.size]!;
    },
  };
}
