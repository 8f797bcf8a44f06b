// Which kind of socket this machine gets: polled ones where the system calls are known, the library that makes them
// loads, and a datagram is seen to come through; node:dgram everywhere else. Decided once, at the start.
import { type Clock, delay, errorMessage, type Logger, ParleyError } from "#common";
import type { MediaSockets } from "../socket.ts";
import { DgramSockets } from "./dgram.ts";
import { type EpollEventLayout, epollEventHere } from "./layout.ts";
import { type Libc, loadLibc } from "./libc.ts";
import { PolledSockets } from "./polled.ts";

export interface ChooseOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** This platform's, and how its C library is loaded; tests stand in for both. */
  readonly layout?: EpollEventLayout | undefined;
  readonly load?: () => Promise<Libc>;
}

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
  const { clock, layout = epollEventHere(), load = loadLibc } = options;
  if (!layout) throw new ParleyError("NO_SYSTEM_CALLS", "this is not Linux on x86-64 or arm64");
  const sockets = new PolledSockets({ clock, libc: await load(), layout });
  try {
    await prove(sockets, clock);
    return sockets;
  } catch (error) {
    await sockets.close();
    throw error;
  }
}

/** A sandbox may forbid a call, and another C library may have other ideas: one datagram tells. */
async function prove(sockets: PolledSockets, clock: Clock): Promise<void> {
  const sent = Uint8Array.of(0x50, 0x61, 0x72, 0x6c, 0x65, 0x79);
  const sentAt = clock.monotonic();
  let came = false;
  const sender = await sockets.open({ address: "127.0.0.1", port: 0, onPacket() {} });
  const receiver = await sockets.open({
    address: "127.0.0.1",
    port: 0,
    onPacket(packet, from, at = 0) {
      came ||=
        Buffer.compare(packet, sent) === 0 && from.address === "127.0.0.1" && from.port === sender.port;
      if (at < sentAt - patienceMs || at > clock.monotonic()) came = false;
    },
  });
  sender.send(sent, receiver.port, "127.0.0.1");
  sockets.poll();
  for (let waitedMs = 0; !came && waitedMs < patienceMs; waitedMs += lookEveryMs) {
    await delay(clock, lookEveryMs);
    sockets.poll();
  }
  await sender.close();
  await receiver.close();
  if (!came) throw new ParleyError("NO_SYSTEM_CALLS", "no datagram came through");
}
