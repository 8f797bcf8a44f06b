// coturn of the distribution, as an administrator sets it up for browsers: one shared secret, credentials that end.
import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "./phone/index.ts";
import { stopProcess } from "./processes.ts";

const startLimitMs = 20_000;
const stopLimitMs = 5_000;
const relayPorts = { min: 40_000, max: 40_099 } as const;

export interface TurnOptions {
  readonly folder: string;
  /** Where it listens, and relays from. */
  readonly address: string;
  readonly port: number;
  readonly secret: string;
  /** PEM. With one it speaks TLS too, on the port above. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

export class TurnServer {
  readonly port: number;
  readonly #child: ChildProcess;
  #output = "";

  static async start({ folder, address, port, secret, certificate }: TurnOptions): Promise<TurnServer> {
    const [file, cert, key] = ["turnserver.conf", "turn-cert.pem", "turn-key.pem"].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    if (certificate) {
      await writeFile(cert, certificate.cert);
      await writeFile(key, certificate.key, { mode: 0o600 });
    }
    const tls = certificate ? [`tls-listening-port=${port + 1}`, `cert=${cert}`, `pkey=${key}`] : ["no-tls"];
    const settings = [
      ...[`listening-ip=${address}`, `relay-ip=${address}`, `listening-port=${port}`],
      ...[`min-port=${relayPorts.min}`, `max-port=${relayPorts.max}`],
      ...["realm=parley.test", "use-auth-secret", `static-auth-secret=${secret}`, "fingerprint"],
      ...[...tls, "no-dtls", "no-cli", "log-file=stdout", "verbose"],
      ...[`pidfile=${join(folder, "turnserver.pid")}`, `userdb=${join(folder, "turnserver.db")}`],
    ];
    await writeFile(file, `${settings.join("\n")}\n`);
    const child = spawn("turnserver", ["-c", file], { stdio: ["ignore", "pipe", "pipe"] });
    const server = new TurnServer(child, port);
    const last = certificate ? port + 1 : port;
    await eventually(
      () => {
        if (child.exitCode !== null) throw new Error(`coturn ended: ${server.#output}`);
        return server.#output.includes(`TCP listener opened on : ${address}:${last}`) || undefined;
      },
      () => `coturn that listens: ${server.#output}`,
      { limitMs: startLimitMs },
    );
    return server;
  }

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).slice(-50_000);
      });
    }
    child.once("error", (error) => {
      this.#output += String(error);
    });
  }

  /** The last it has said. */
  get output(): string {
    return this.#output;
  }

  async stop(): Promise<void> {
    await stopProcess(this.#child, stopLimitMs);
  }
}
