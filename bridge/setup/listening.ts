// Listening on the ports of SIP and of the API: tried before anything in the data folder is touched, and then in
// earnest. What the operator must change to make it possible is one sentence, which names the key at fault.
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { errorCode, errorMessage, StartError } from "#common";
import { type Config, listenAddresses } from "#config";

export interface Listener {
  /** The section of the configuration that has `listen_address`. */
  readonly section: "sip" | "api";
  /** The key there that has the port. */
  readonly key: "port" | "tls_port";
  readonly protocol: "UDP" | "TCP";
  readonly address: string;
  readonly port: number;
  /** `::` is IPv6 alone, because another socket listens for IPv4. */
  readonly ipv6Only: boolean;
}

/** Every socket that the daemon listens on with this configuration. */
export function listenersOf({ sip, api }: Pick<Config, "sip" | "api">): readonly Listener[] {
  const addresses = listenAddresses("sip.listen_address", sip.listen_address);
  return [
    ...addresses.flatMap((address): Listener[] => {
      const place = {
        section: "sip",
        address,
        ipv6Only: addresses.length > 1 && address.includes(":"),
      } as const;
      const { port, tls_port: tlsPort } = sip;
      return [
        { ...place, key: "port", protocol: "UDP", port },
        { ...place, key: "port", protocol: "TCP", port },
        ...(tlsPort === 0 ? [] : [{ ...place, key: "tls_port", protocol: "TCP", port: tlsPort } as const]),
      ];
    }),
    {
      ...{ section: "api", key: "port", protocol: "TCP" },
      ...{ address: api.listen_address, port: api.port, ipv6Only: false },
    },
  ];
}

/** Binds each of them once and lets it go. Throws a StartError that names the first that cannot be had. */
export async function tryListeners(
  listeners: readonly Listener[],
  bind: (listener: Listener) => Promise<void> = bindOnce,
): Promise<void> {
  for (const listener of listeners) {
    try {
      await bind(listener);
    } catch (error) {
      throw refusal(listener, error);
    }
  }
}

/** `listeners` are those that are opened. Throws a StartError that names the key which is at fault. */
export async function listening<T>(listeners: readonly Listener[], listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (error) {
    const { port } = error as { readonly port?: unknown };
    const listener = listeners.find((one) => one.port === port) ?? listeners[0]!;
    throw new StartError(`${keyAtFault(listener, error)}: ${errorMessage(error)}`, { cause: error });
  }
}

const addressFaults = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL"]);

function keyAtFault({ section, key }: Pick<Listener, "section" | "key">, error: unknown): string {
  return `${section}.${addressFaults.has(errorCode(error) ?? "") ? "listen_address" : key}`;
}

function refusal({ section, key: portKey, protocol, address, port }: Listener, error: unknown): StartError {
  const key = keyAtFault({ section, key: portKey }, error);
  const what = `${protocol} port ${port} on ${address}`;
  const sentence: Record<string, string> = {
    EADDRINUSE: `${what} is in use by another program${portKey === "tls_port" ? "; 0 does without TLS" : ""}`,
    EADDRNOTAVAIL: `${address} is not an address of this machine`,
    EAFNOSUPPORT: `${address} cannot be used: this machine has no ${address.includes(":") ? "IPv6" : "IPv4"}`,
    EACCES: `${what} is not allowed for this user`,
  };
  const reason = sentence[errorCode(error) ?? ""] ?? `${what} cannot be used: ${errorMessage(error)}`;
  return new StartError(`${key}: ${reason}`, { cause: error });
}

function bindOnce({ protocol, address, port, ipv6Only }: Listener): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  if (protocol === "UDP") {
    const socket = createSocket({ type: address.includes(":") ? "udp6" : "udp4", ipv6Only });
    socket.once("error", (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ address, port }, () => socket.close(resolve));
  } else {
    const server = createServer((connection) => connection.destroy());
    server.once("error", reject);
    server.listen({ host: address, port, ipv6Only }, () => server.close(() => resolve()));
  }
  return promise;
}
