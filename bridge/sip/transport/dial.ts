// Opens one connection within a limit, from the address that its listener has: TCP, and what lies above it.
import { connect, isIPv6, type Socket } from "node:net";
import { type Clock, ParleyError } from "#common";
import type { SocketAddress } from "./transport.ts";

export interface Dialing<Stream> extends SocketAddress {
  /** Our own address; with a wildcard the system chooses. */
  readonly from: string;
  readonly clock: Clock;
  /** For TCP and the layers above it together. */
  readonly limitMs: number;
  /** Contains the socket while it is being connected: the transport destroys it when it closes. */
  readonly dialing: Set<Socket>;
  /** Makes the stream of the TCP connection. */
  readonly open: (socket: Socket) => Promise<Stream>;
}

/** Rejects with the system's error, CONNECT_TIMEOUT, or what `open` rejects with. */
export async function dial<Stream>(options: Dialing<Stream>): Promise<Stream> {
  const { address, port, from, clock, limitMs, dialing, open } = options;
  const own = from === "0.0.0.0" || from === "::" ? {} : { localAddress: from };
  const socket = connect({ host: address, port, family: isIPv6(address) ? 6 : 4, ...own });
  const limit = clock.after(limitMs, () => {
    socket.destroy(new ParleyError("CONNECT_TIMEOUT", `no connection within ${limitMs} ms`));
  });
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  // Never removed: an error before the connection has its own listener must not be unhandled.
  socket.on("error", failed.reject);
  socket.once("close", () => failed.reject(new ParleyError("CONNECTION_CLOSED", "the peer has closed it")));
  dialing.add(socket);
  try {
    await Promise.race([new Promise<void>((resolve) => socket.once("connect", resolve)), failed.promise]);
    return await Promise.race([open(socket), failed.promise]);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    limit.cancel();
    dialing.delete(socket);
  }
}
