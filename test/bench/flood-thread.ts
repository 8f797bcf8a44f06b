// The flood of flood.ts, in a thread of its own so that it disturbs no phone: INVITEs for numbers that are not there, each a
// call of its own, in bursts of ten milliseconds. Tells when it begins (Unix
// milliseconds) and how many it sent, and reads what comes back without looking.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { Address } from "../support/phone/index.ts";

export interface FloodOrder {
  readonly sources: readonly string[];
  /** INVITEs, the same of a scanner, or what is no SIP. */
  readonly kind: "invite" | "scanner" | "garbage";
  readonly to: Address;
  readonly seconds: number;
  /** Messages a second. */
  readonly rate: number;
}

const burstMs = 10;

const { sources, kind, to, seconds, rate } = workerData as FloodOrder;
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
      socket.send(message(sent, { address, port }), to.port, to.address);
    }
    await sleep(burstMs);
  }
  return sent;
}

function message(count: number, from: Address): string {
  if (kind === "garbage") return `${count} is no SIP ${"x".repeat(400)}\r\n\r\n`;
  const text = invite(count, from);
  return kind === "scanner"
    ? text.replace("Content-Length", "User-Agent: friendly-scanner\r\nContent-Length")
    : text;
}

function invite(count: number, { address, port }: Address): string {
  const uri = `sip:99${count}@${to.address}:${to.port}`;
  return [
    `INVITE ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${address}:${port};branch=z9hG4bK-flood-${count};rport`,
    "Max-Forwards: 70",
    `From: <sip:${count}@${address}>;tag=${count}`,
    `To: <${uri}>`,
    `Call-ID: flood-${count}@${address}`,
    "CSeq: 1 INVITE",
    `Contact: <sip:${count}@${address}:${port}>`,
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
}
