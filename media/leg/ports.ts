// Binds the pair of sockets of a leg: RTP on an even port, RTCP on the next. Ports that another process uses
// are skipped; after a bounded number of attempts it fails with NO_PORTS.
import { errorCode, errorMessage, ParleyError } from "#common";
import type { MediaSocket, PortPool, SocketFactory, SocketOptions } from "../rtp/index.ts";

/** Another Parley on this machine may use many successive pairs, one for each of its calls. */
const maxAttempts = 200;

export interface PairOptions {
  readonly ports: PortPool;
  readonly openRtp: SocketFactory;
  readonly openRtcp: SocketFactory;
  readonly bindAddress: string;
  /** The preferred even port; any when undefined. */
  readonly wanted?: number | undefined;
  readonly onRtp: SocketOptions["onPacket"];
  readonly onRtcp: SocketOptions["onPacket"];
}

export interface SocketPair {
  /** The even port of RTP; RTCP is on the next. */
  readonly port: number;
  readonly rtp: MediaSocket;
  readonly rtcp: MediaSocket;
}

/** Rejects with NO_PORTS; sockets that were bound by then are closed. */
export async function bindPair(options: PairOptions): Promise<SocketPair> {
  const { ports, wanted } = options;
  if (wanted !== undefined && ports.claim(wanted)) {
    try {
      return await bindAt(wanted, options);
    } catch {
      ports.release(wanted);
    }
  }
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const port = ports.take();
    if (port === undefined) break;
    try {
      return await bindAt(port, options);
    } catch (error) {
      ports.release(port);
      if (errorCode(error) === "EADDRINUSE") continue;
      throw new ParleyError("NO_PORTS", `cannot bind ${options.bindAddress}: ${errorMessage(error)}`);
    }
  }
  throw new ParleyError("NO_PORTS", "no pair of RTP ports is free");
}

async function bindAt(port: number, options: PairOptions): Promise<SocketPair> {
  const { bindAddress: address, openRtp, openRtcp, onRtp, onRtcp } = options;
  const rtp = await openRtp({ address, port, onPacket: onRtp });
  try {
    const rtcp = await openRtcp({ address, port: port + 1, onPacket: onRtcp });
    return { port, rtp, rtcp };
  } catch (error) {
    await rtp.close();
    throw error;
  }
}
