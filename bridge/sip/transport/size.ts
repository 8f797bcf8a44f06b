// A request that might not fit into one packet goes over a transport with congestion control (RFC 3261 §18.1.1).
import type { Logger } from "#common";
import { errorMessage } from "#common";
import { formatMessage } from "../format.ts";
import type { SipRequest } from "../message.ts";
import type { Destination, Flow, TransportLayer } from "./transport.ts";

/** Bytes; 200 less than the smallest usual path MTU. */
const largestDatagram = 1300;
/** What our Via will add. */
const viaBytes = 150;

/**
 * The flow for a request without our Via. A large one that was meant for UDP takes TCP instead, and UDP all the
 * same when the peer does not take TCP.
 */
export async function connectFor(
  request: SipRequest,
  destination: Destination,
  { transport, logger }: { readonly transport: TransportLayer; readonly logger: Logger },
): Promise<Flow> {
  const large = formatMessage(request).length + viaBytes > largestDatagram;
  if (destination.protocol !== "UDP" || !large) return transport.connect(destination);
  try {
    return await transport.connect({ ...destination, protocol: "TCP" });
  } catch (error) {
    logger.debug({ err: errorMessage(error) }, "a large request goes over UDP: there is no TCP");
    return transport.connect(destination);
  }
}
