// What the engine may rely on, whichever kind of socket it was given.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger, systemClock } from "#common";
import {
  createPolledSockets,
  DgramSockets,
  type MediaSockets,
  noSocketErrors,
} from "../../../../../media/rtp/index.ts";
import { maxDatagramBytes } from "../../../../../media/rtp/socket.ts";
import { freePort, Mailbox, until } from "./loopback.ts";

const kinds: Record<MediaSockets["kind"], () => Promise<MediaSockets>> = {
  dgram: async () => new DgramSockets(systemClock),
  polled: () => createPolledSockets({ clock: systemClock, log: silentLogger }),
};
const v4 = "127.0.0.1";
const v6 = "::1";
const text = (value: string) => Buffer.from(value, "latin1");

describe.each(Object.entries(kinds))("%s sockets", (kind, create) => {
  let sockets: MediaSockets;
  beforeEach(async () => {
    sockets = await create();
  });
  afterEach(() => sockets.close());

  /** A socket of ours with what it was handed, at a port that was free. */
  async function open(address = v4) {
    const mail = new Mailbox();
    const port = await freePort(address);
    const errors = noSocketErrors();
    const socket = await sockets.open({ address, port, errors, onPacket: mail.onPacket });
    return { socket, mail, port, errors, at: { address, port } };
  }

  it("say which kind they are", () => {
    expect(sockets.kind).toBe(kind);
  });

  it.each([v4, v6])("carry datagrams between two sockets on %s and tell the sender", async (address) => {
    const [alice, bob] = [await open(address), await open(address)];

    alice.socket.send(text("hello"), bob.port, address);
    await until(sockets, () => bob.mail.letters.length > 0);
    bob.socket.send(text("hello to you"), alice.port, address);
    await until(sockets, () => alice.mail.letters.length > 0);

    expect(bob.mail.letters).toMatchObject([{ text: "hello", from: alice.at }]);
    expect(alice.mail.letters).toMatchObject([{ text: "hello to you", from: bob.at }]);
    expect([alice.errors, bob.errors]).toEqual([noSocketErrors(), noSocketErrors()]);
  });

  it("tell senders apart who take turns, and follow a destination that changes", async () => {
    const [alice, bob, carol] = [await open(), await open(), await open()];

    for (const round of ["1", "2"]) {
      alice.socket.send(text(`a${round}`), carol.port, v4);
      bob.socket.send(text(`b${round}`), carol.port, v4);
    }
    await until(sockets, () => carol.mail.letters.length === 4);
    for (const { text: answer, from } of carol.mail.letters) carol.socket.send(text(answer), from.port, v4);
    await until(sockets, () => alice.mail.letters.length + bob.mail.letters.length === 4);

    expect(carol.mail.letters.map(({ from }) => from.port)).toEqual([
      alice.port,
      bob.port,
      alice.port,
      bob.port,
    ]);
    expect(alice.mail.texts).toEqual(["a1", "a2"]);
    expect(bob.mail.texts).toEqual(["b1", "b2"]);
  });

  it("have sent a packet when send returns: its bytes are the caller's again", async () => {
    const [alice, bob] = [await open(), await open()];
    const packet = text("first");

    alice.socket.send(packet, bob.port, v4);
    packet.write("other", "latin1");
    alice.socket.send(packet, bob.port, v4);
    await until(sockets, () => bob.mail.letters.length === 2);

    expect(bob.mail.texts).toEqual(["first", "other"]);
  });

  it("say when a packet arrived, on the monotonic scale", async () => {
    const [alice, bob] = [await open(), await open()];

    const before = systemClock.monotonic();
    alice.socket.send(text("now"), bob.port, v4);
    await until(sockets, () => bob.mail.letters.length > 0);

    const [{ at } = { at: Number.NaN }] = bob.mail.letters;
    expect(at).toBeGreaterThan(before - 1);
    expect(at).toBeLessThanOrEqual(systemClock.monotonic());
  });

  it("are IPv4 to an IPv4 peer, although bound to all of IPv6", async () => {
    const [both, phone] = [await open("::"), await open(v4)];

    phone.socket.send(text("hello"), both.port, v4);
    await until(sockets, () => both.mail.letters.length > 0);
    both.socket.send(text("answer"), phone.port, v4);
    await until(sockets, () => phone.mail.letters.length > 0);

    expect(both.mail.letters).toMatchObject([{ from: phone.at }]);
    expect(phone.mail.letters).toMatchObject([{ text: "answer", from: { address: v4, port: both.port } }]);
  });

  it("hand over an empty datagram", async () => {
    const [alice, bob] = [await open(), await open()];

    alice.socket.send(new Uint8Array(0), bob.port, v4);
    await until(sockets, () => bob.mail.letters.length > 0);

    expect(bob.mail.texts).toEqual([""]);
  });

  it("carry the longest datagram, and count a longer one instead of sending it", async () => {
    const [alice, bob] = [await open(), await open()];

    alice.socket.send(Buffer.alloc(maxDatagramBytes + 1, "x"), bob.port, v4);
    alice.socket.send(Buffer.alloc(maxDatagramBytes, "y"), bob.port, v4);
    await until(sockets, () => bob.mail.letters.length > 0);

    expect(bob.mail.texts).toEqual(["y".repeat(maxDatagramBytes)]);
    expect(alice.errors).toEqual({ unsent: 1, unsentReason: "EMSGSIZE", unreceived: 0 });
  });

  it("drop and count what comes in too long, and hear what comes after it", async () => {
    const bob = await open();
    const stranger = createSocket("udp4");

    stranger.send(Buffer.alloc(maxDatagramBytes + 1), bob.port, v4);
    stranger.send("short", bob.port, v4);
    await until(sockets, () => bob.mail.letters.length > 0);
    stranger.close();

    expect(bob.mail.texts).toEqual(["short"]);
    expect(bob.errors).toEqual({ unsent: 0, unsentReason: null, unreceived: 1 });
  });

  it("count what cannot be sent and stay of use", async () => {
    const [alice, bob] = [await open(), await open()];

    alice.socket.send(text("no port"), 0, v4);
    alice.socket.send(text("another family"), bob.port, v6);
    alice.socket.send(text("no address"), bob.port, "phone.example");
    await until(sockets, () => alice.errors.unsent === 3);
    alice.socket.send(text("well"), bob.port, v4);
    await until(sockets, () => bob.mail.letters.length > 0);

    expect(alice.errors).toMatchObject({ unsent: 3, unsentReason: expect.stringMatching(/^E[A-Z]+$/) });
    expect(bob.mail.texts).toEqual(["well"]);
  });

  it("outlive a far end that refuses", async () => {
    const [alice, bob] = [await open(), await open()];
    const closed = await freePort();

    for (let packet = 0; packet < 20; packet += 1) alice.socket.send(text("?"), closed, v4);
    bob.socket.send(text("still there"), alice.port, v4);
    await until(sockets, () => alice.mail.letters.length > 0);

    expect(alice.mail.texts).toEqual(["still there"]);
  });

  it("refuse a port that is taken by its code, and one that is free again not", async () => {
    const alice = await open();
    const options = { ...alice.at, onPacket() {} };

    await expect(sockets.open(options)).rejects.toMatchObject({ code: "EADDRINUSE" });
    await alice.socket.close();
    await expect(sockets.open(options)).resolves.toBeDefined();
  });

  it("refuse an address that is not ours", async () => {
    const port = await freePort();
    const opening = sockets.open({ address: "192.0.2.1", port, onPacket() {} });

    await expect(opening).rejects.toMatchObject({ code: "EADDRNOTAVAIL" });
  });

  it("hand nothing over after close, whatever waits, and send nothing", async () => {
    const [alice, bob, carol] = [await open(), await open(), await open()];

    alice.socket.send(text("too late"), bob.port, v4);
    await bob.socket.close();
    await bob.socket.close();
    bob.socket.send(text("from the dead"), alice.port, v4);
    alice.socket.send(text("in time"), carol.port, v4);
    await until(sockets, () => carol.mail.letters.length > 0);

    expect(bob.mail.letters).toEqual([]);
    expect(alice.mail.letters).toEqual([]);
    expect(bob.errors).toEqual(noSocketErrors());
  });

  it("may be closed by the packet that they hand over", async () => {
    const alice = await open();
    const heard: string[] = [];
    const port = await freePort();
    const bob = await sockets.open({
      ...{ address: v4, port },
      onPacket(packet) {
        heard.push(Buffer.from(packet).toString());
        void bob.close();
      },
    });

    alice.socket.send(text("goodbye"), port, v4);
    alice.socket.send(text("anybody there?"), port, v4);
    alice.socket.send(text("myself"), alice.port, v4);
    await until(sockets, () => alice.mail.letters.length > 0 && heard.length > 0);

    expect(heard).toEqual(["goodbye"]);
  });

  it("leave no descriptor behind, however often a socket was opened, refused and closed", async () => {
    const port = await freePort();
    const taken = await open();
    const openDescriptors = () => readdirSync("/proc/self/fd").length;
    const before = openDescriptors();

    for (let round = 0; round < 1000; round += 1) {
      const socket = await sockets.open({ address: v4, port, onPacket() {} });
      await expect(sockets.open({ ...taken.at, onPacket() {} })).rejects.toThrow("EADDRINUSE");
      await socket.close();
    }

    expect(openDescriptors()).toBe(before);
  });

  it("close all at once, and open none after it", async () => {
    const alice = await open();

    await sockets.close();
    await sockets.close();

    await expect(sockets.open({ ...alice.at, onPacket() {} })).rejects.toMatchObject({ code: "WRONG_STATE" });
    const next = createSocket("udp4").bind(alice.port, v4);
    await once(next, "listening");
    next.close();
  });
});
