// Makes a leg: binds its pair of ports, puts SRTP in front of them, and gives them to it.
import { SrtpSession, secureSockets } from "../srtp/index.ts";
import { Leg } from "./leg.ts";
import type { LegOptions } from "./options.ts";
import { bindPair } from "./ports.ts";

/** Binds the leg's ports; rejects with NO_PORTS. */
export async function createLeg(options: LegOptions): Promise<Leg> {
  let leg: Leg | undefined;
  const { ports, openSocket, bindAddress, clock } = options;
  const srtp = new SrtpSession(options.srtpCrypto);
  const sockets = await bindPair({
    ports,
    openSocket: secureSockets(openSocket, srtp, clock),
    bindAddress,
    onRtp: (packet, from, at) => leg?.onRtp(packet, from, at),
    onRtcp: (packet, from, at) => leg?.onRtcp(packet, from, at),
  });
  leg = new Leg(options, { ...sockets, srtp });
  return leg;
}
