// Detects port conflicts: two listeners on one port, or media on the port of a listener.
import { StartError } from "#common";
import { listenAddresses } from "./addresses.ts";
import type { Config } from "./schema.ts";

/** Throws StartError. */
export function checkPorts({ sip, api, rtp }: Pick<Config, "sip" | "api" | "rtp">): void {
  const ports = { "sip.port": sip.port, "sip.tls_port": sip.tls_port, "api.port": api.port };
  if (sip.port === sip.tls_port) throw new StartError(`sip.port and sip.tls_port are both ${sip.port}`);
  const sipAddresses = listenAddresses("sip.listen_address", sip.listen_address);
  if (sipAddresses.some((address) => overlap(address, api.listen_address))) {
    for (const key of ["sip.port", "sip.tls_port"] as const) {
      if (ports[key] === api.port) throw new StartError(`${key} and api.port are both ${api.port}`);
    }
  }
  for (const [key, port] of Object.entries(ports)) {
    if (port >= rtp.port_min && port <= rtp.port_max) {
      throw new StartError(
        `${key} ${port} lies among the media ports, rtp.port_min ${rtp.port_min} to rtp.port_max ${rtp.port_max}`,
      );
    }
  }
}

const wildcards = new Set(["0.0.0.0", "::"]);

/** Whether sockets on the two addresses would conflict; `::` includes IPv4. */
function overlap(one: string, other: string): boolean {
  if (one === other || one === "::" || other === "::") return true;
  const sameFamily = one.includes(":") === other.includes(":");
  return sameFamily && (wildcards.has(one) || wildcards.has(other));
}
