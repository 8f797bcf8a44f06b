// A machine on which nothing is installed but git and ca-certificates: the smallest Debian in a folder, with a clone of
// this checkout in it. Its commands run in namespaces of their own (mounts, processes) and share this machine's network.
// A mount lives as long as its namespace, so nothing is left to unmount, however a test ends.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { appendFile, chmod, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { eventually, within } from "../support/phone/index.ts";
import { childrenOf, type Exit, exitOf } from "../support/processes.ts";
import { aptFetching, environment, mirrors, npmUserSettings, settingsFiles } from "./host-settings.ts";

const repository = resolve(import.meta.dirname, "../..");
/** Of the bare system from the mirror: a busy machine takes ten times as long as a quiet one. */
const bootstrapLimitMs = 600_000;
const bootLimitMs = 60_000;
const keptOutput = 200_000;

/** Where the clone is, as the machine sees it. */
export const checkout = "/root/parley";

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly limitMs?: number;
}

export interface Finished {
  readonly code: number | null;
  /** Standard output and error. */
  readonly output: string;
}

/** The machine cannot be made here, for a reason that is not the installer's. */
export class NoBareMachine extends Error {}

/** A command that runs in the machine, as its process 1. */
export class Running {
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  #output = "";

  constructor(child: ChildProcess) {
    this.#child = child;
    this.exited = exitOf(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).slice(-keptOutput);
      });
    }
  }

  get output(): string {
    return this.#output;
  }

  /** Its process id outside. */
  get pid(): number | undefined {
    return this.#child.pid === undefined ? undefined : childrenOf(this.#child.pid)[0];
  }

  /** Waits until it has said something. */
  async says(words: string | RegExp, limitMs: number): Promise<void> {
    const matches = () =>
      typeof words === "string" ? this.#output.includes(words) : words.test(this.#output);
    await eventually(
      () => (matches() ? true : undefined),
      () => `"${words}" (${this.#output.slice(-2000)})`,
      { limitMs },
    );
  }

  signal(signal: NodeJS.Signals): void {
    const { pid } = this;
    if (pid !== undefined) process.kill(pid, signal);
  }

  /** Ends it and everything that it has started. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited;
  }
}

/** What every command finds mounted. `$1` is the machine's folder; what follows it is executed there. */
const enter = `
set -e
root=$1; shift
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
ln -s /proc/self/fd "$root/dev/fd"
cd "$root"
`;

const enterCommand = `${enter}
exec chroot . "$@"`;

/** systemd wants a cgroup tree and a /run of its own, and to be at the real root. */
const enterInit = `${enter}
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mkdir -p .outside
pivot_root . .outside
umount -l /.outside
exec env -i container=bare-machine PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init`;

export class BareMachine {
  readonly root: string;
  readonly #running = new Set<Running>();
  #system: Running | undefined;

  /** Throws NoBareMachine where it cannot be made. */
  static async create(suite: string): Promise<BareMachine> {
    if (process.getuid?.() !== 0) throw new NoBareMachine("only root can make one");
    const root = await mkdtemp(join(tmpdir(), `parley-bare-${suite}-`));
    // It is the / of all users there.
    await chmod(root, 0o755);
    const machine = new BareMachine(root);
    try {
      await machine.#bootstrap(suite);
      await machine.#clone();
      return machine;
    } catch (error) {
      await machine.remove();
      throw error;
    }
  }

  private constructor(root: string) {
    this.root = root;
  }

  /** A path of the machine as this one sees it. */
  path(path: string): string {
    return join(this.root, path);
  }

  /** Runs a line of shell in the clone, to its end. */
  async run(line: string, options: RunOptions = {}): Promise<Finished> {
    return this.#finish(this.start(line, options), line, options);
  }

  start(line: string, { env = {} }: RunOptions = {}): Running {
    const script = `cd ${checkout} && exec ${line}`;
    const command = ["/usr/bin/env", "-i", ...this.#variables(env), "/bin/sh", "-c", script];
    return this.#track(this.#unshare(enterCommand, command, ["--mount", "--pid"]));
  }

  /** Starts the machine's systemd. */
  async boot(): Promise<void> {
    const spaces = ["--mount", "--pid", "--uts", "--ipc", "--cgroup"];
    this.#system = this.#track(this.#unshare(enterInit, [], spaces));
    const system = this.#system;
    await eventually(
      async () => {
        const { output } = await this.runBooted("systemctl is-system-running", { limitMs: 10_000 });
        return /running|degraded/.test(output) ? true : undefined;
      },
      () => `systemd in ${this.root} (${system.output.slice(-2000)})`,
      { limitMs: bootLimitMs, everyMs: 500 },
    );
  }

  /** Runs a line of shell in the clone, on the machine that was booted. */
  async runBooted(line: string, options: RunOptions = {}): Promise<Finished> {
    return this.#finish(this.startBooted(line, options), line, options);
  }

  startBooted(line: string, { env = {} }: RunOptions = {}): Running {
    const script = `cd ${checkout} && exec ${line}`;
    const pid = this.#system?.pid ?? 0;
    const command = ["env", "-i", ...this.#variables(env), "/bin/sh", "-c", script];
    return this.#track(
      spawn("nsenter", ["--target", String(pid), "--all", ...command], { stdio: ["ignore", "pipe", "pipe"] }),
    );
  }

  /** Ends what runs there and removes the machine. */
  async remove(): Promise<void> {
    await Promise.all([...this.#running].map((running) => running.kill()));
    await rm(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  async #finish(running: Running, line: string, { limitMs = 60_000 }: RunOptions): Promise<Finished> {
    try {
      const { code } = await within(
        running.exited,
        limitMs,
        () => `end of ${line} (${running.output.slice(-3000)})`,
      );
      return { code, output: running.output };
    } finally {
      await running.kill();
    }
  }

  #variables(env: Readonly<Record<string, string>>): string[] {
    const all = {
      ...{ PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root" },
      ...{ ...environment(), ...env },
    };
    return Object.entries(all).map(([name, value]) => `${name}=${value}`);
  }

  #unshare(script: string, command: readonly string[], spaces: readonly string[]): ChildProcess {
    const apart = [...spaces, "--propagation", "private", "--fork", "--kill-child"];
    return spawn("unshare", [...apart, "bash", "-c", script, "bash", this.root, ...command], {
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  #track(child: ChildProcess): Running {
    const running = new Running(child);
    this.#running.add(running);
    void running.exited.then(() => this.#running.delete(running));
    return running;
  }

  async #bootstrap(suite: string): Promise<void> {
    const { debian, security } = mirrors();
    const options = ["--variant=minbase", "--include=git,ca-certificates", suite, this.root, debian];
    const running = this.#track(
      spawn("unshare", ["--mount", "--pid", "--fork", "--kill-child", "debootstrap", ...options], {
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
    const { code, output } = await this.#finish(running, "debootstrap", { limitMs: bootstrapLimitMs }).catch(
      (error: Error) => ({ code: null, output: error.message }),
    );
    if (code !== 0) throw new NoBareMachine(`debootstrap: ${output.trim().split("\n").slice(-3).join("; ")}`);
    const components = `deb ${debian} ${suite} main\ndeb ${debian} ${suite}-updates main\n`;
    await writeFile(
      this.path("etc/apt/sources.list"),
      `${components}deb ${security} ${suite}-security main\n`,
    );
    await writeFile(this.path("etc/apt/apt.conf.d/90fetching"), aptFetching());
    for (const file of settingsFiles()) {
      await cp(file, this.path(file), { recursive: true, dereference: true, force: true });
    }
    await cp(npmUserSettings(), this.path("root/.npmrc")).catch(() => {});
    const { code: certificates, output: why } = await this.#finish(
      this.#track(this.#unshare(enterCommand, ["update-ca-certificates"], ["--mount", "--pid"])),
      "update-ca-certificates",
      {},
    );
    if (certificates !== 0) throw new NoBareMachine(`update-ca-certificates: ${why}`);
  }

  /** The checkout's last commit, and over it what is not committed yet. */
  async #clone(): Promise<void> {
    const target = this.path(checkout);
    const git = (...parts: string[]) =>
      execFileSync("git", ["-c", "safe.directory=*", ...parts], { cwd: repository, maxBuffer: 100_000_000 });
    await mkdir(this.path("root"), { recursive: true });
    git("clone", "--quiet", "--depth", "1", `file://${repository}`, target);
    const changed = git("ls-files", "-z", "--modified", "--others", "--exclude-standard").toString();
    for (const file of new Set(changed.split("\0").filter((name) => name !== ""))) {
      await cp(join(repository, file), join(target, file)).catch(() =>
        rm(join(target, file), { force: true }),
      );
    }
  }

  /** Adds to a file of the machine, which is made when it is not there. */
  async append(file: string, text: string): Promise<void> {
    await mkdir(resolve(this.path(file), ".."), { recursive: true });
    await appendFile(this.path(file), text);
  }
}
