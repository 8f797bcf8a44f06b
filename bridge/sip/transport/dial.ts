// Opens one TCP connection within a limit, from the address that its listener has.
import { connect, isIPv6, type Socket } from "node:net";
import { type Clock, ParleyError } from "#common";
import type { SocketAddress } from "./transport.ts";

export interface Dialing extends SocketAddress {
  /** Our own address; a wildcard leaves the choice to the system. */
  readonly from: string;
  readonly clock: Clock;
  readonly limitMs: number;
  /** Holds the socket while it is being connected: the transport destroys it when it closes. */
  readonly dialing: Set<Socket>;
}

/** Rejects with the system's error or CONNECT_TIMEOUT. */
export async function dial({ address, port, from, clock, limitMs, dialing }: Dialing): Promise<Socket> {
  const own = from === "0.0.0.0" || from === "::" ? {} : { localAddress: from };
  const socket = connect({ host: address, port, family: isIPv6(address) ? 6 : 4, ...own });
  const limit = clock.after(limitMs, () => {
    socket.destroy(new ParleyError("CONNECT_TIMEOUT", `no connection within ${limitMs} ms`));
  });
  dialing.add(socket);
  try {
    await new Promise<void>((resolve, reject) => {
      // Never removed: an error before the connection has its own listener must not be unhandled.
      socket.on("error", reject);
      socket.once("connect", () => resolve());
    });
    return socket;
  } finally {
    limit.cancel();
    dialing.delete(socket);
  }
}
