// The product as a test sees it from outside: a process with a data directory and free ports of its own, a
// small HTTP client, its logs, and an end that is always reached.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ParleyApi } from "./parley-api.ts";
import { type Address, eventually, Phone, type PhoneOptions } from "./phone/index.ts";
import { freePort } from "./ports.ts";
import { type Exit, exitOf, isAlive, processesWith, stopProcess } from "./processes.ts";

const repository = resolve(import.meta.dirname, "../..");
const adminKey = "a-key-for-tests-only";
/** Of a machine that has far more to do than it can. */
export const startLimitMs = 90_000;
const stopLimitMs = 20_000;
const keptLines = 5000;

export interface ParleyOptions {
  /** Configuration keys as environment variables, without `PARLEY_`; they win over the defaults here. */
  readonly env?: Readonly<Record<string, string>>;
  /** Kept when it is given, removed at the end when it is not. */
  readonly dataDir?: string;
  /** A command in front of ours, which it must become: the process that is started is the daemon. */
  readonly through?: readonly string[];
  /** Where its sources are, when not here. */
  readonly sources?: string;
  /** Arguments of the daemon. */
  readonly args?: readonly string[];
}

export class ParleyProcess extends ParleyApi {
  readonly sip: Address;
  readonly sipTls: Address;
  /** Lines of standard output; the last ones. */
  readonly logs: string[] = [];
  stderr = "";
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #phones: Phone[] = [];
  readonly #settings: Readonly<Record<string, string>>;
  /** Removed at the end. */
  readonly #temporary: string | undefined;

  /** Spawns without waiting: for processes that are expected to refuse to start. */
  static async spawn(options: ParleyOptions = {}): Promise<ParleyProcess> {
    const temporary =
      options.dataDir === undefined ? await mkdtemp(join(tmpdir(), "parley-test-")) : undefined;
    const rtpMin = 20_000 + 2 * Math.floor(Math.random() * 5000);
    const settings: Record<string, string> = {
      // Not the configuration of a Parley that may be installed on this machine.
      CONFIG: "/dev/null",
      DATA_DIR: options.dataDir ?? temporary!,
      SIP_LISTEN_ADDRESS: "127.0.0.1",
      SIP_PORT: String(await freePort()),
      SIP_TLS_PORT: String(await freePort()),
      API_LISTEN_ADDRESS: "127.0.0.1",
      API_PORT: String(await freePort()),
      API_ADMIN_KEY: adminKey,
      API_TLS_MODE: "off",
      API_RATE_LIMIT_PER_KEY: "0",
      API_RATE_LIMIT_PER_ADDRESS: "0",
      RTP_PORT_MIN: String(rtpMin),
      RTP_PORT_MAX: String(rtpMin + 999),
      MEDIA_WORKERS: "1",
      // Many tests share few processors.
      VIDEO_DEGRADE_UNDER_LOAD: "false",
      OVERLOAD_REFUSE: "false",
      LOG_LEVEL: "info",
      ...options.env,
    };
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("PARLEY_"));
    const own = Object.entries(settings).map(([key, value]) => [`PARLEY_${key}`, value]);
    const [command = process.execPath, ...parts] = [
      ...(options.through ?? []),
      ...[process.execPath, "bridge/start.ts", ...(options.args ?? [])],
    ];
    const child = spawn(command, parts, {
      cwd: options.sources ?? repository,
      env: Object.fromEntries([...inherited, ...own]),
      stdio: ["ignore", "pipe", "pipe"],
    });
    return new ParleyProcess(child, settings, temporary);
  }

  /** Spawns and waits until it is ready. */
  static async start(options: ParleyOptions = {}): Promise<ParleyProcess> {
    const parley = await ParleyProcess.spawn(options);
    try {
      await parley.ready();
      return parley;
    } catch (error) {
      await parley.stop();
      throw error;
    }
  }

  private constructor(child: ChildProcess, settings: Record<string, string>, temporary: string | undefined) {
    super(`http://127.0.0.1:${settings["API_PORT"]}`, settings["API_ADMIN_KEY"]!);
    this.#child = child;
    this.#settings = settings;
    this.#temporary = temporary;
    this.sip = { address: "127.0.0.1", port: Number(settings["SIP_PORT"]) };
    this.sipTls = { address: "127.0.0.1", port: Number(settings["SIP_TLS_PORT"]) };
    this.exited = exitOf(child);
    let rest = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      this.logs.push(...lines);
      if (this.logs.length > keptLines) this.logs.splice(0, this.logs.length - keptLines);
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      if (this.stderr.length < 100_000) this.stderr += text;
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** What starts another process in the place of this one, once it has ended. */
  get sameAgain(): ParleyOptions {
    return { env: this.#settings, dataDir: this.#settings["DATA_DIR"]! };
  }

  /** The media workers' process ids; they may have been started by a process before this one. */
  get workers(): readonly number[] {
    return processesWith(join(this.#runtimeFolder, "media-"));
  }

  get #runtimeFolder(): string {
    return this.#settings["RUNTIME_DIR"] ?? join(this.#settings["DATA_DIR"]!, "run");
  }

  /** Whether a process of it still runs. */
  isRunning(pid: number): boolean {
    return isAlive(pid);
  }

  async ready(): Promise<void> {
    let gone: Exit | undefined;
    void this.exited.then((exit) => {
      gone = exit;
    });
    await eventually(
      async () => {
        if (gone) throw new Error(`ended with code ${gone.code} before it was ready: ${this.stderr}`);
        const answer = await fetch(`${this.url}/healthz`).catch(() => undefined);
        await answer?.arrayBuffer();
        return answer?.status === 200 ? true : undefined;
      },
      () => `ready Parley (${this.stderr || this.logs.at(-1)})`,
      { limitMs: startLimitMs },
    );
  }

  /** A phone that dials this Parley; closed with it. */
  async phone(name: string, options: PhoneOptions = {}): Promise<Phone> {
    const phone = await Phone.open(name, this.sip, options);
    this.#phones.push(phone);
    return phone;
  }

  /** Ends at once with its workers, and leaves nothing to the next process: that finds what is in its database. */
  async lose(): Promise<void> {
    const { workers } = this;
    this.signal("SIGKILL");
    for (const pid of workers.filter(isAlive)) process.kill(pid, "SIGKILL");
    await this.exited;
    for (const suffix of ["", "-wal", "-shm"]) {
      await rm(join(this.#runtimeFolder, `live.db${suffix}`), { force: true });
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Does something while the media workers stand still, so that no call can be answered in the meantime. */
  async whileWorkersPause<T>(act: () => Promise<T>): Promise<T> {
    const { workers } = this;
    for (const pid of workers) process.kill(pid, "SIGSTOP");
    try {
      return await act();
    } finally {
      for (const pid of workers) process.kill(pid, "SIGCONT");
    }
  }

  /** Ends every call of every phone and forgets the phones. */
  async hangUpAll(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    const bridgeRuns = exitCode === null && signalCode === null;
    await Promise.all(this.#phones.splice(0).map((phone) => phone.close({ bridgeRuns })));
  }

  /** Hangs up all phones, then ends the process within a limit; answers how it ended. */
  async stop(): Promise<Exit> {
    await this.hangUpAll();
    const exit = await stopProcess(this.#child, stopLimitMs);
    // Workers end with their master, unless it was killed; nothing of a failed test may survive it. One that was refused has none.
    const mayLeaveWorkers = exit.code !== 0 && exit.code !== 2;
    if (mayLeaveWorkers) for (const pid of this.workers.filter(isAlive)) process.kill(pid, "SIGKILL");
    if (this.#temporary) await rm(this.#temporary, { recursive: true, force: true, maxRetries: 5 });
    return exit;
  }
}
