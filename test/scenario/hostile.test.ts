// Strangers and fools on the network do not disturb a call.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { damagedShare, levelDbov } from "../support/tones.ts";
import { join, newExtension, tones, useParley } from "./use-parley.ts";

const parley = useParley();

const junk = [
  "",
  "\r\n\r\n",
  "\0\0\0\0",
  "INVITE\r\n\r\n",
  "INVITE sip: SIP/2.0\r\n\r\n",
  "INVITE sip:7000@127.0.0.1 SIP/3.0\r\nVia: SIP/2.0/UDP x\r\n\r\n",
  "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKnone\r\nCSeq: 1 INVITE\r\n\r\n",
  "SIP/2.0 999999 ?\r\n\r\n",
  `OPTIONS sip:x SIP/2.0\r\n${"Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx\r\n".repeat(500)}\r\n`,
  `OPTIONS sip:x SIP/2.0\r\nX: ${"y".repeat(60_000)}\r\n\r\n`,
  "INVITE sip:7000@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx\r\nFrom: <sip:a@b>\r\n" +
    "To: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 99999999999999 INVITE\r\nContent-Length: -5\r\n\r\n",
  "BYE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKy\r\nFrom: <sip:a@b>;tag=1\r\n" +
    "To: <sip:c@d>;tag=2\r\nCall-ID: none\r\nCSeq: 1 BYE\r\nMax-Forwards: 70\r\n\r\n",
];

/** A neighbour of the phones, not one of them: what it does must not be held against them. */
const strangerAddress = "127.0.0.2";

/**
 * Sends each of the datagrams to the port `rounds` times, or until told to stop, a round a millisecond: what the
 * kernel drops proves nothing.
 */
async function flood(
  port: number,
  datagrams: readonly (string | Uint8Array)[],
  { rounds, until }: { readonly rounds: number; readonly until?: AbortSignal },
): Promise<void> {
  const socket = createSocket("udp4");
  socket.bind(0, strangerAddress);
  await once(socket, "listening");
  for (let round = 0; round < rounds && !until?.aborted; round += 1) {
    for (const datagram of datagrams) socket.send(datagram, port, "127.0.0.1");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await new Promise((resolve) => socket.send("", port, "127.0.0.1", resolve));
  socket.close();
}

async function call() {
  const extension = newExtension();
  const room = await parley().createRoom({ extension_number: extension });
  const alice = await join(parley(), "alice", extension);
  const bob = await join(parley(), "bob", extension);
  await Promise.all([alice.hears("bob"), bob.hears("alice")]);
  return { extension, room, alice, bob };
}

describe("a call during", () => {
  it("a flood of malformed SIP goes on, and others can call", async () => {
    const { extension, alice, bob } = await call();

    await flood(parley().sip.port, junk, { rounds: 200 });

    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
    const carol = await join(parley(), "carol", extension);
    await carol.hears("alice", "bob");
  });

  it("a flood of foreign RTP on its port sounds as before", async () => {
    const { alice, bob } = await call();
    bob.call.media.voice = [];
    await bob.hears("alice");
    const loud = new Uint8Array(172).fill(0x80);
    loud.set([0x80, 0x00, 0x12, 0x34, 0, 0, 0, 1, 0xde, 0xad, 0xbe, 0xef]);
    const noise = [
      loud,
      Uint8Array.of(),
      Uint8Array.of(0x80),
      loud.subarray(0, 11),
      Uint8Array.from(loud, (byte, index) => (index === 0 ? 0x8f : byte)),
      Uint8Array.from(loud, (byte, index) => (index === 1 ? 200 : byte)),
      new Uint8Array(1500).fill(0xff),
    ];
    const listening = new AbortController();
    const clean = bob.call.ear.hearsCleanly(tones.alice).finally(() => listening.abort());
    const floods = [0, 1].map((offset) =>
      flood(alice.call.remote!.port + offset, noise, { rounds: 5000, until: listening.signal }),
    );

    await clean;
    await Promise.all(floods);

    await bob.hears("alice");
  });

  it("malformed packets from its own phone goes on", async () => {
    const { alice, bob } = await call();
    for (let size = 0; size < 40; size += 1) alice.call.media.sendRaw(new Uint8Array(size).fill(0x80));
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
  });
});

describe("networks in between", () => {
  it("a phone that announces an address that cannot be reached is heard and hears", async () => {
    const extension = newExtension();
    await parley().createRoom({ extension_number: extension });
    const alice = await join(parley(), "alice", extension, {
      announce: { address: "192.0.2.77", port: 4000 },
    });
    const bob = await join(parley(), "bob", extension);
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
  });

  it("jitter of 40 ms is smoothed away", async () => {
    const extension = newExtension();
    await parley().createRoom({ extension_number: extension });
    await join(parley(), "alice", extension, { impairment: { jitterMs: 40 } });
    const bob = await join(parley(), "bob", extension);
    bob.call.media.voice = [];
    await bob.call.ear.hearsCleanly(tones.alice);
  });

  it("five lost packets in a hundred are hardly heard", async () => {
    const extension = newExtension();
    await parley().createRoom({ extension_number: extension });
    await join(parley(), "alice", extension, { impairment: { lossPercent: 5 } });
    const bob = await join(parley(), "bob", extension);
    bob.call.media.voice = [];
    await bob.hears("alice");
    // A busy machine may lose more by itself; what is wrong with the bridge is wrong each time.
    const windows: { readonly tooLoudDb: number; readonly damaged: number }[] = [];
    while (windows.length < 4) {
      const heard = await bob.call.ear.next(5000);
      const tooLoudDb = levelDbov(heard) - tones.alice.levelDbov;
      const damaged = damagedShare(heard, tones.alice.frequency);
      if (Math.abs(tooLoudDb) < 0.5 && damaged < 0.12) return;
      windows.push({ tooLoudDb, damaged });
    }
    expect(windows).toEqual([]);
  });
});
