// Makes a leg: binds its pair of ports, and gives it to them.
import { Leg } from "./leg.ts";
import type { LegOptions } from "./options.ts";
import { bindPair } from "./ports.ts";

/** Binds the leg's ports; rejects with NO_PORTS. */
export async function createLeg(options: LegOptions): Promise<Leg> {
  let leg: Leg | undefined;
  const { ports, openSocket, bindAddress } = options;
  const sockets = await bindPair({
    ports,
    openSocket,
    bindAddress,
    onRtp: (packet, from, at) => leg?.onRtp(packet, from, at),
    onRtcp: (packet, from, at) => leg?.onRtcp(packet, from, at),
  });
  leg = new Leg(options, sockets);
  return leg;
}
