// A SIP endpoint on a real UDP socket: the one call that the wiring makes. Values come in plain; where they come
// from is the configuration's business.
import { createSipEndpoint, type SipEndpointOptions } from "./endpoint.ts";
import type { SipEndpoint } from "./session/session.ts";
import { createTransportLayer, createUdpTransport, networkSet } from "./transport/index.ts";

export interface UdpSipEndpointOptions extends Omit<SipEndpointOptions, "transport" | "trusted"> {
  /** An address of ours, `0.0.0.0`, or `::` for both families. */
  readonly address: string;
  readonly port: number;
  /** What peers outside `localNetworks` are told; empty or absent: the true local address. */
  readonly publicIpv4?: string;
  readonly publicIpv6?: string;
  /** CIDR. */
  readonly localNetworks: readonly string[];
  /** CIDR: who is listened to. Everybody else gets no answer at all. */
  readonly trustedNetworks: readonly string[];
}

/** Throws INVALID_NETWORK; `listen` rejects with the system error when the port cannot be bound. */
export function createUdpSipEndpoint(options: UdpSipEndpointOptions): SipEndpoint {
  const { clock, log: logger, address, port } = options;
  const trusted = networkSet(options.trustedNetworks);
  const transport = createTransportLayer({
    clock,
    logger,
    publicIpv4: options.publicIpv4 || undefined,
    publicIpv6: options.publicIpv6 || undefined,
    localNetworks: options.localNetworks,
    accept: (flow) => trusted(flow.remote.address),
    transports: [(receive) => createUdpTransport({ clock, logger, receive, address, port })],
  });
  return createSipEndpoint({ ...options, transport, trusted });
}
