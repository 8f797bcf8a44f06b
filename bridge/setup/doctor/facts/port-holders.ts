// Which program has a port, as Linux tells in /proc: of other users' programs only root sees it.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const tables = { UDP: ["udp", "udp6"], TCP: ["tcp", "tcp6"] } as const;
const listening = "0A";

/** `asterisk (process 812)`; undefined where it cannot be seen. */
export function holderOfPort(protocol: "UDP" | "TCP", port: number): string | undefined {
  const sockets = new Set(
    tables[protocol].flatMap((table) => socketsOf(`/proc/net/${table}`, protocol, port)),
  );
  return sockets.size === 0 ? undefined : processWith(sockets);
}

/** The inodes of the sockets in a table of the kernel that have the port. */
export function socketsIn(text: string, protocol: "UDP" | "TCP", port: number): readonly string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return text
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${hex}`) && (protocol === "UDP" || state === listening))
    .flatMap((fields) => fields[9] ?? []);
}

function socketsOf(path: string, protocol: "UDP" | "TCP", port: number): readonly string[] {
  return orNone(() => socketsIn(readFileSync(path, "utf8"), protocol, port));
}

function processWith(sockets: ReadonlySet<string>): string | undefined {
  for (const pid of orNone(() => readdirSync("/proc").filter((name) => /^\d+$/.test(name)))) {
    const folder = `/proc/${pid}/fd`;
    for (const handle of orNone(() => readdirSync(folder))) {
      const [target = ""] = orNone(() => [readlinkSync(`${folder}/${handle}`)]);
      const [, inode] = /^socket:\[(\d+)\]$/.exec(target) ?? [];
      if (inode === undefined || !sockets.has(inode)) continue;
      const [name = "a program"] = orNone(() => [readFileSync(`/proc/${pid}/comm`, "utf8").trim()]);
      return `${name} (process ${pid})`;
    }
  }
  return undefined;
}

/** What is not there, or is not for this user's eyes, is left out. */
function orNone<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch {
    return [];
  }
}
