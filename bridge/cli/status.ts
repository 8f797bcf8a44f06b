// parley status: whether the daemon runs, how it is, and how busy.

import { statfsSync } from "node:fs";
import { formatHostPort, systemClock } from "#common";
import { type Command, type Invocation, readArguments } from "./command.ts";
import type { Page } from "./daemon-client.ts";
import { exitCodes } from "./exit.ts";
import { findDaemon, type RunningDaemon } from "./installation.ts";
import { duration, table, withoutControls } from "./table.ts";

interface Health {
  readonly status: string;
  readonly checks: Readonly<Record<string, { readonly up: boolean; readonly detail?: string }>>;
}

interface Listener {
  readonly protocol: string;
  /** Null: a path of the API. */
  readonly address: string | null;
  readonly port: number;
  readonly connections: number;
}

interface Trunk {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
}

export const status: Command = {
  name: "status",
  usage: "[--json]",
  summary: "whether Parley runs, how it is and how busy; exit code 3 when it does not run",
  async run({ args, output, installation }: Invocation) {
    const { flags } = readArguments(args, { flags: ["json"] });
    const { folders } = installation();
    const daemon = findDaemon(installation());
    const data = { path: folders.data, free_bytes: freeBytes(folders.data) };
    if (!daemon) {
      if (flags.json) output.print(JSON.stringify({ running: false, data }));
      else output.print(`Parley does not run with ${folders.data}`);
      return exitCodes.notRunning;
    }
    const report = { ...(await ask(daemon)), data };
    output.print(flags.json ? JSON.stringify(report) : describe(report));
    return report.health.status === "ok" ? exitCodes.done : exitCodes.failed;
  },
};

async function ask({ holder, client }: RunningDaemon) {
  const { body } = await client.read("/healthz");
  const calls = await client.get<Page<unknown>>("/api/calls?top=1");
  const rooms = await client.get<Page<unknown>>("/api/conference_rooms?top=1");
  const { items: trunks } = await client.get<{ readonly items: readonly Trunk[] }>("/api/trunks");
  const { sip } = await client.get<{ readonly sip: { readonly listeners?: readonly Listener[] } }>(
    "/api/debug/state",
  );
  const { pid, started_at, version } = holder;
  return {
    ...{ running: true, version, pid, started_at },
    ...{ health: body as Health, calls: calls.count, rooms: rooms.count },
    // A daemon of an earlier version does not report it.
    listeners: sip.listeners ?? [],
    trunks: trunks.map(({ name, status, detail }) => ({ name, status, detail })),
  };
}

type Report = Awaited<ReturnType<typeof ask>> & {
  readonly data: { readonly path: string; readonly free_bytes: number | null };
};

function describe({
  version,
  pid,
  started_at,
  health,
  calls,
  rooms,
  listeners,
  trunks,
  data,
}: Report): string {
  const up = duration((systemClock.now() - Date.parse(started_at)) / 1000);
  const wrong = Object.entries(health.checks)
    .filter(([, check]) => !check.up)
    .map(([name, { detail = "not up" }]) => `${name}: ${detail}`);
  const free = data.free_bytes === null ? "" : ` (${(data.free_bytes / 1e9).toFixed(1)} GB free)`;
  return table([
    [`Parley ${version}`, `runs for ${up}, process ${pid}`],
    ["health", [health.status, ...wrong].join("; ")],
    ["calls", String(calls)],
    ["rooms", String(rooms)],
    ...listeners.map((listener) => [`SIP ${listener.protocol}`, describeListener(listener)]),
    ...trunks.map(({ name, status, detail }) => [`trunk ${name}`, withoutControls(`${status}: ${detail}`)]),
    ["data", `${data.path}${free}`],
  ]);
}

function describeListener({ address, port, connections }: Listener): string {
  const where = address === null ? `/sip on port ${port}` : formatHostPort(address, port);
  return connections === 0 ? where : `${where}, ${connections} connections`;
}

function freeBytes(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
