// Creates a leg: binds its pairs of ports, and puts SRTP, DTLS and ICE between the sockets and the leg.
import { noSocketErrors, withErrorCounts } from "../rtp/index.ts";
import { Leg } from "./leg.ts";
import { LegSecurity } from "./leg-security.ts";
import type { LegOptions } from "./options.ts";
import { bindPair } from "./ports.ts";

/** Binds the leg's ports; rejects with NO_PORTS, and nothing is bound then. */
export async function createLeg(options: LegOptions): Promise<Leg> {
  let leg: Leg | undefined;
  const {
    id,
    ports,
    openSocket,
    bindAddress,
    place,
    clock,
    notify,
    srtpCrypto: crypto,
    dtlsIdentity: identity,
    totals: refusals,
  } = options;
  const security = new LegSecurity({ id, clock, crypto, identity, notify, refusals });
  const errors = noSocketErrors();
  const sockets = await bindPair({
    ports,
    openRtp: withErrorCounts(security.rtpSockets(openSocket), errors),
    openRtcp: withErrorCounts(security.rtcpSockets(openSocket), errors),
    bindAddress,
    wanted: place?.port,
    onRtp: (packet, from, at) => leg?.onRtp(packet, from, at),
    onRtcp: (packet, from, at) => leg?.onRtcp(packet, from, at),
  });
  leg = new Leg(options, { ...sockets, security, errors });
  try {
    await leg.video?.bind(options.video?.pairs ?? 0);
    return leg;
  } catch (error) {
    await leg.close();
    throw error;
  }
}
