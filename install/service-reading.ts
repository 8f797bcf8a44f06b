// Pure functions of the service probe: they parse Linux's files about a process and its sockets, and the metrics.

/** State `TCP_LISTEN` in /proc/net/tcp. */
const listening = "0A";

/** Inodes of the sockets that listen on `port`, from the text of /proc/PID/net/tcp or tcp6. */
export function listeningInodes(table: string, port: number): string[] {
  const inodes: string[] = [];
  for (const line of table.split("\n").slice(1)) {
    const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
    const localPort = Number.parseInt(local.split(":").at(-1) ?? "", 16);
    if (state === listening && localPort === port && inode !== undefined) inodes.push(inode);
  }
  return inodes;
}

/** The settings of Parley in the text of /proc/PID/environ. */
export function environmentOf(text: string): Record<string, string> {
  const pairs = text.split("\0").map((entry): [string, string] => {
    const equals = entry.indexOf("=");
    return [entry.slice(0, equals), entry.slice(equals + 1)];
  });
  return Object.fromEntries(pairs.filter(([name]) => name.startsWith("PARLEY_")));
}

/** The address by which this machine reaches a server that listens on `address`. */
export function localAddress(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}

/** The number of calls in Prometheus text, or undefined. */
export function callsIn(metrics: string): number | undefined {
  const value = /^parley_calls (\d+)$/m.exec(metrics)?.[1];
  return value === undefined ? undefined : Number(value);
}
