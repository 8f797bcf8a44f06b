// What the tests of real sockets share: a free port, a mailbox, and waiting for the thing itself.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import type { MediaAddress, MediaSockets } from "../../../../../media/rtp/index.ts";

const turns = 100_000;

export async function freePort(address = "127.0.0.1"): Promise<number> {
  const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
  socket.bind(0, address);
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}

/** Lets the event loop turn and the sockets be read until it is so; the test's own limit ends a longer wait. */
export async function until(sockets: MediaSockets, isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < turns && !isSo(); turn += 1) {
    sockets.poll();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export interface Letter {
  readonly text: string;
  readonly from: MediaAddress;
  readonly at: number;
}

/** Keeps a copy of everything that a socket hands over. */
export class Mailbox {
  readonly letters: Letter[] = [];
  readonly onPacket = (packet: Uint8Array, from: MediaAddress, at = Number.NaN): void => {
    const { address, port } = from;
    this.letters.push({ text: Buffer.from(packet).toString("latin1"), from: { address, port }, at });
  };

  get texts(): string[] {
    return this.letters.map(({ text }) => text);
  }
}
