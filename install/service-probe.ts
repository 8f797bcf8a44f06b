// Asks the service that systemd runs as process PID, on the port of its own configuration, so that no other program
// on that port can answer for it. Run by root from a version that may be newer than the service.
//
//   node install/service-probe.ts PID health   exit code 0 once it is up
//   node install/service-probe.ts PID calls    prints "CALLS DRAIN_SECONDS"; CALLS is "?" when it does not say
//
// The calls are asked for over the socket for administrators of this machine; a version without that socket shows its
// metrics to local clients.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { resolve } from "node:path";
import { type Config, loadConfig } from "#config";
import { callsIn, environmentOf, listeningInodes, localAddress } from "./service-reading.ts";

const [pid = "", question = "health"] = process.argv.slice(2);
const answerLimitMs = 3000;

const read = (path: string): string => readFileSync(path, "utf8");

/** Whether the process itself listens on the port. */
function listensOn(port: number): boolean {
  const inodes = ["tcp", "tcp6"].flatMap((table) => listeningInodes(read(`/proc/${pid}/net/${table}`), port));
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`));
  return readdirSync(`/proc/${pid}/fd`).some((fd) => {
    try {
      return sockets.has(readlinkSync(`/proc/${pid}/fd/${fd}`));
    } catch {
      return false; // Closed since the folder was read.
    }
  });
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

type Door = { readonly socketPath: string } | { readonly host: string; readonly port: number };

/** Rejects when there is no answer in time. */
function get(door: Door, path: string, isEncrypted: boolean): Promise<Answer> {
  const { promise, resolve: settle, reject } = Promise.withResolvers<Answer>();
  const options = { ...door, path, agent: false as const, signal: AbortSignal.timeout(answerLimitMs) };
  const onResponse = (response: IncomingMessage) => {
    let text = "";
    response.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    response.on("end", () => settle({ status: response.statusCode ?? 0, text })).on("error", reject);
  };
  const request = isEncrypted
    ? httpsRequest({ ...options, rejectUnauthorized: false }, onResponse)
    : httpRequest(options, onResponse);
  request.on("error", reject).end();
  return promise;
}

const overTcp = ({ api }: Config, path: string): Promise<Answer> =>
  get({ host: localAddress(api.listen_address), port: api.port }, path, api.tls.mode !== "off");

function overSocket(config: Config, path: string): Promise<Answer> {
  const folder = config.runtime_dir || `${config.data_dir}/run`;
  const socketPath = resolve(readlinkSync(`/proc/${pid}/cwd`), folder, "admin.sock");
  return get({ socketPath }, path, false);
}

async function isUp(config: Config): Promise<boolean> {
  if (!listensOn(config.api.port)) return false;
  return (await overTcp(config, "/healthz")).status === 200;
}

async function calls(config: Config): Promise<string> {
  const count = await overSocket(config, "/metrics")
    .catch(() => overTcp(config, "/metrics"))
    .then(
      ({ text }) => callsIn(text),
      () => undefined,
    );
  return `${count ?? "?"} ${config.node.drain_seconds}`;
}

try {
  const env = environmentOf(read(`/proc/${pid}/environ`));
  const config = loadConfig({ argv: [], env, readFile: read });
  if (question === "calls") process.stdout.write(`${await calls(config)}\n`);
  else if (!(await isUp(config))) process.exitCode = 1;
} catch {
  // No such process, no answer yet, or an invalid configuration: the service is not up.
  process.exitCode = 1;
}
