// The certificate in use, and the looking for a newer one: when a folder of its files changes, every minute in any case
// (not every file system tells), and when asked. A certificate that cannot be used is logged once and changes nothing.
import { type FSWatcher, watch } from "node:fs";
import { type Clock, errorMessage, type Logger, SerialQueue, type Timer } from "#common";
import { type CertificatePair, datesProblem } from "./pair.ts";

export interface KeeperOptions {
  /** Reads, checks, and makes where that is its business. Throws an Error that says what is wrong. */
  readonly load: () => Promise<CertificatePair>;
  /** Folders whose changes are a reason to look. */
  readonly folders: readonly string[];
  /** Whose certificate it is, for the log. */
  readonly owner: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Certificate and key are two files, written one after the other. */
const settleMs = 500;
const lookEveryMs = 60_000;

export class CertificateKeeper {
  readonly #options: KeeperOptions;
  readonly #looks = new SerialQueue();
  readonly #watchers: FSWatcher[] = [];
  #current: CertificatePair;
  #problem: string | undefined;
  readonly #users: ((pair: CertificatePair) => void)[] = [];
  #settling: Timer | undefined;
  #next: Timer | undefined;
  #closed = false;

  private constructor(options: KeeperOptions, current: CertificatePair) {
    this.#options = options;
    this.#current = current;
    for (const folder of new Set(options.folders)) this.#watch(folder);
    this.#schedule();
  }

  /** Throws what `load` throws. A certificate whose dates are wrong is used: an old one is better than no API. */
  static async create(options: KeeperOptions): Promise<CertificateKeeper> {
    const pair = await options.load();
    const { fingerprint, names, notAfter } = pair;
    const until = new Date(notAfter).toISOString();
    options.log.info({ fingerprint, names, until }, `certificate of ${options.owner}`);
    const problem = datesProblem(pair, options.clock.now());
    if (problem !== undefined)
      options.log.error({ fingerprint }, `the certificate of ${options.owner}: ${problem}`);
    return new CertificateKeeper(options, pair);
  }

  get current(): CertificatePair {
    return this.#current;
  }

  /** Whether the files hold a pair that is not used because something is wrong with it. */
  get rejecting(): boolean {
    return this.#problem !== undefined;
  }

  /** Called with every later pair; one for each who uses it. */
  onChange(apply: (pair: CertificatePair) => void): void {
    this.#users.push(apply);
  }

  /** Resolves once the files have been looked at. */
  async reload(): Promise<void> {
    if (this.#closed) return;
    await this.#looks.run(() => this.#look());
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#settling?.cancel();
    this.#next?.cancel();
    for (const watcher of this.#watchers.splice(0)) watcher.close();
    await this.#looks.idle();
  }

  async #look(): Promise<void> {
    const { load, owner, clock, log } = this.#options;
    try {
      const pair = await load();
      if (this.#closed) return;
      const same = pair.cert === this.#current.cert && pair.key === this.#current.key;
      const problem = same ? undefined : datesProblem(pair, clock.now());
      if (problem !== undefined) throw new Error(problem);
      this.#problem = undefined;
      if (same) return;
      for (const apply of this.#users) apply(pair);
      this.#current = pair;
      const { fingerprint, names, notAfter } = pair;
      log.info(
        { fingerprint, names, until: new Date(notAfter).toISOString() },
        `the certificate of ${owner} was replaced`,
      );
    } catch (error) {
      this.#reject(errorMessage(error));
    }
  }

  #reject(problem: string): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    const { fingerprint, notAfter } = this.#current;
    this.#options.log.error(
      { problem, fingerprint, until: new Date(notAfter).toISOString() },
      `the new certificate of ${this.#options.owner} is not used; the earlier one stays`,
    );
  }

  #watch(folder: string): void {
    const { clock, log } = this.#options;
    try {
      const watcher = watch(folder, { persistent: false }, () => {
        this.#settling?.cancel();
        this.#settling = clock.after(settleMs, () => void this.reload());
      });
      watcher.on("error", (err) => log.warn({ err, folder }, "the folder of the certificate is not watched"));
      this.#watchers.push(watcher);
    } catch (err) {
      log.warn({ err, folder }, "the folder of the certificate is not watched");
    }
  }

  #schedule(): void {
    this.#next = this.#options.clock.after(lookEveryMs, () => {
      void this.reload().finally(() => {
        if (!this.#closed) this.#schedule();
      });
    });
  }
}
