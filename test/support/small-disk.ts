// A file system that is full soon, for a Parley that is started through it. Where a mount namespace of one's own may be
// had, as root or in a user namespace, it is a tmpfs in there: it ends with the process that holds the namespace, and
// that one with us, whatever happens. Elsewhere the media workers get a limit on the size of their files (EFBIG instead
// of ENOSPC). Which of the two it is, is said on standard error.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { ParleyProcess } from "./parley.ts";
import { exitOf } from "./processes.ts";

const repository = resolve(import.meta.dirname, "../..");

interface Namespace {
  readonly unshare: readonly string[];
  readonly nsenter: readonly string[];
}

const asRoot: Namespace = { unshare: ["-m"], nsenter: ["-m"] };
const asUser: Namespace = { unshare: ["-rm"], nsenter: ["-U", "-m", "--preserve-credentials"] };
/** Says that it is mounted, and holds it until its standard input ends. */
const hold = 'mount -t tmpfs -o size="$1",mode=755 parley "$2" && echo mounted && exec cat';

export class SmallDisk {
  /** Where it is; only what was started through it sees it there. */
  readonly path: string;
  readonly means: "tmpfs" | "file size limit";
  /** To be put in front of a command. */
  readonly through: readonly string[];
  readonly #bytes: number;
  readonly #holder: ChildProcess | undefined;

  static async open(bytes: number): Promise<SmallDisk> {
    const path = await mkdtemp(join(tmpdir(), "parley-small-disk-"));
    for (const namespace of [asRoot, asUser]) {
      const holder = await mounted(namespace, path, bytes);
      if (holder) return new SmallDisk(path, bytes, { holder, namespace });
    }
    return new SmallDisk(path, bytes);
  }

  private constructor(
    path: string,
    bytes: number,
    mount?: { readonly holder: ChildProcess; readonly namespace: Namespace },
  ) {
    this.path = path;
    this.#bytes = bytes;
    this.#holder = mount?.holder;
    this.means = mount ? "tmpfs" : "file size limit";
    this.through = mount
      ? ["nsenter", "-t", String(mount.holder.pid), ...mount.namespace.nsenter, "env", "-C", repository]
      : [];
    process.stderr.write(`a disk of ${bytes} bytes: ${this.means}\n`);
  }

  /** Makes it small for this Parley where it is not so by itself. */
  confine(parley: ParleyProcess): void {
    if (this.#holder) return;
    for (const pid of parley.workers) {
      execFileSync("prlimit", ["--pid", String(pid), `--fsize=${this.#bytes}`]);
    }
  }

  async close(): Promise<void> {
    if (this.#holder) {
      const gone = exitOf(this.#holder);
      this.#holder.stdin?.end();
      await gone;
    }
    await rm(this.path, { recursive: true, force: true });
  }
}

/** Undefined where that is not allowed. */
async function mounted(
  { unshare }: Namespace,
  path: string,
  bytes: number,
): Promise<ChildProcess | undefined> {
  const holder = spawn("unshare", [...unshare, "sh", "-c", hold, "sh", String(bytes), path], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const gone = exitOf(holder).then(() => false);
  const ready = new Promise<boolean>((resolve) => holder.stdout.once("data", () => resolve(true)));
  return (await Promise.race([ready, gone])) ? holder : undefined;
}
