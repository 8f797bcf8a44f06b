// The flood of flood.ts and media-flood.ts, in a thread of its own so that it disturbs no phone: messages of one kind, in
// bursts of ten milliseconds, from its sources by turns. Tells when it begins (Unix milliseconds) and how many it sent, and reads what
// comes back without looking.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { Address } from "../support/phone/index.ts";
import { floods } from "./flood-messages.ts";

export interface FloodOrder {
  readonly sources: readonly string[];
  readonly kind: keyof typeof floods;
  readonly to: Address;
  readonly seconds: number;
  /** Messages a second. */
  readonly rate: number;
}

const burstMs = 10;

const { sources, kind, to, seconds, rate } = workerData as FloodOrder;
const write = floods[kind];
const sockets = await Promise.all(sources.map(open));
parentPort!.postMessage(Date.now());
parentPort!.postMessage(await flood());
for (const socket of sockets) socket.close();

async function open(address: string): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.on("error", () => {});
  socket.bind(0, address);
  await once(socket, "listening");
  return socket;
}

async function flood(): Promise<number> {
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  let sent = 0;
  while (elapsed() < seconds) {
    for (const due = Math.floor(elapsed() * rate); sent < due; sent += 1) {
      const socket = sockets[sent % sockets.length]!;
      const { address, port } = socket.address();
      socket.send(write(sent, { address, port }, to), to.port, to.address);
    }
    await sleep(burstMs);
  }
  return sent;
}
