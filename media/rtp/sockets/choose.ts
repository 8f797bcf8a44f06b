// Which kind of socket this machine gets: polled ones where the system calls are known, the library that makes them
// loads, and a datagram is seen to come through; node:dgram everywhere else. Decided once, at the start.
import { type Clock, delay, errorMessage, type Logger, ParleyError } from "#common";
import type { MediaSockets, SocketOptions } from "../socket.ts";
import { DgramSockets } from "./dgram.ts";
import { epollEventLayout } from "./layout.ts";
import { type Libc, loadLibc } from "./libc.ts";
import { PolledSockets } from "./polled.ts";

export interface ChooseOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** The machine, and how its C library is loaded; tests stand in for both. */
  readonly machine?: { readonly platform: string; readonly arch: string };
  readonly load?: () => Promise<Libc>;
  /** As for `PolledSockets`. */
  readonly codePoint?: number;
}

const loopback = "127.0.0.1";
/** A datagram on loopback is there at once; on a machine that starts everything at the same time, nearly. */
const patienceMs = 1000;
const lookEveryMs = 5;

export async function chooseMediaSockets(options: ChooseOptions): Promise<MediaSockets> {
  const { clock, log } = options;
  try {
    const sockets = await createPolledSockets(options);
    log.debug("media sockets are polled");
    return sockets;
  } catch (error) {
    const why = errorMessage(error);
    log.warn(
      { why },
      "media sockets are not polled: they cost more, and packets are not marked for priority",
    );
    return new DgramSockets(clock);
  }
}

/** Rejects where they would not work. */
export async function createPolledSockets(options: ChooseOptions): Promise<PolledSockets> {
  const { clock, machine = process, load = loadLibc, codePoint } = options;
  const layout = epollEventLayout(machine);
  if (!layout) throw new ParleyError("NO_SYSTEM_CALLS", "this is not Linux on x86-64 or arm64");
  const sockets = new PolledSockets({ clock, libc: await load(), layout, codePoint });
  try {
    await prove(sockets, clock);
    return sockets;
  } catch (error) {
    await sockets.close();
    throw error;
  }
}

/** A sandbox may forbid a call, and another C library have other ideas: two sockets greet each other. */
async function prove(sockets: PolledSockets, clock: Clock): Promise<void> {
  const greeting = Uint8Array.of(0x50, 0x61, 0x72, 0x6c, 0x65, 0x79);
  const begunAt = clock.monotonic();
  const greeted = new Set<number>();
  const onPacket: SocketOptions["onPacket"] = (packet, from, at = Number.NaN) => {
    const arrivalIsTrue = at > begunAt - patienceMs && at <= clock.monotonic();
    if (arrivalIsTrue && from.address === loopback && Buffer.compare(packet, greeting) === 0) {
      greeted.add(from.port);
    }
  };
  const one = await sockets.open({ address: loopback, port: 0, onPacket });
  const other = await sockets.open({ address: loopback, port: 0, onPacket });
  one.send(greeting, other.port, loopback);
  other.send(greeting, one.port, loopback);
  sockets.poll();
  const done = () => greeted.has(one.port) && greeted.has(other.port);
  for (let waitedMs = 0; !done() && waitedMs < patienceMs; waitedMs += lookEveryMs) {
    await delay(clock, lookEveryMs);
    sockets.poll();
  }
  if (!done()) throw new ParleyError("NO_SYSTEM_CALLS", "no datagram came through");
  await one.close();
  await other.close();
}
