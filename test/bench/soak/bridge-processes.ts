// The processes of a bridge as /proc shows them: which there are, their memory, open files and UDP ports.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { childrenOf, usageOf } from "../../support/processes.ts";

export type Role = "control" | "worker" | "video" | "other";

export interface BridgeProcess {
  readonly pid: number;
  readonly role: Role;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  /** Its share of what it has in common with others. */
  readonly pssBytes: number;
  /** Its memory without what is mapped from files (programs, libraries), which depends on who else maps them. */
  readonly ownBytes: number;
  readonly files: number;
  readonly udpPorts: number;
}

/** The process and all below it; what ends in the meantime is left out. */
export function readBridge(pid: number): readonly BridgeProcess[] {
  const udp = udpSockets();
  const read = (each: number, role: Role): BridgeProcess[] => [
    ...readOne(each, role, udp),
    ...childrenOf(each).flatMap((child) => read(child, roleOf(child))),
  ];
  return read(pid, "control");
}

function readOne(pid: number, role: Role, udp: ReadonlySet<string>): BridgeProcess[] {
  try {
    const usage = usageOf(pid);
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    const bytesOf = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(rollup)?.[1]) * 1024;
    const pssBytes = bytesOf("Pss");
    const ownBytes = pssBytes - bytesOf("Pss_File");
    const files = readdirSync(`/proc/${pid}/fd`);
    const inodes = files.map((file) => inodeOf(`/proc/${pid}/fd/${file}`));
    const udpPorts = inodes.filter((inode) => inode !== undefined && udp.has(inode)).length;
    return usage ? [{ pid, role, ...usage, pssBytes, ownBytes, files: files.length, udpPorts }] : [];
  } catch {
    return [];
  }
}

function roleOf(pid: number): Role {
  const command = commandOf(pid);
  if (command.includes("media/video/")) return "video";
  return command.includes("media/main") ? "worker" : "other";
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

function inodeOf(path: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1];
  } catch {
    return undefined;
  }
}

/** Inodes of the UDP sockets of this network. */
function udpSockets(): ReadonlySet<string> {
  const inodes = ["udp", "udp6"].flatMap((name) =>
    readFileSync(`/proc/net/${name}`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/)[9] ?? ""),
  );
  return new Set(inodes);
}
