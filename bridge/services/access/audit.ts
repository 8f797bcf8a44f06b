// The audit log: every change over the API and every refused attempt on operations that only administrators may use. Entries are
// queued in the order in which they happened and written after the requests were answered, many at once. Denied attempts
// are bounded on their own, so that a flood of them cannot push the changes out.
import { type Clock, type ListQuery, type Logger, type Page, SerialQueue, type Timer } from "#common";
import type { AuditEntry, AuditListField, AuditRepository, NewAuditEntry } from "./types.ts";

export interface AuditLimits {
  /** Of each outcome. */
  readonly entries: number;
  readonly days: number;
}

export interface AuditOptions {
  readonly repository: AuditRepository;
  readonly limits: AuditLimits | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

const usualLimits: AuditLimits = { entries: 100_000, days: 365 };
const maxWaiting = 10_000;
const pruneEvery = 1000;
const retryMs = 5000;
const dayMs = 24 * 60 * 60 * 1000;

export class Audit {
  readonly #options: AuditOptions;
  readonly #writes = new SerialQueue();
  #waiting: NewAuditEntry[] = [];
  /** Entries written since the old ones were last removed. */
  #sincePruned = pruneEvery;
  #writing = false;
  #retry: Timer | undefined;
  #lost = 0;
  #closed = false;

  constructor(options: AuditOptions) {
    this.#options = options;
  }

  /** Entries that were given up because the database took none. */
  get lost(): number {
    return this.#lost;
  }

  /** Never throws and never waits. */
  record(entry: Omit<NewAuditEntry, "at">): void {
    if (this.#closed || this.#waiting.length >= maxWaiting) {
      this.#lost += 1;
      this.#options.log.error({ operation: entry.operation, lost: this.#lost }, "audit entry lost");
      return;
    }
    this.#waiting.push({ ...entry, at: new Date(this.#options.clock.now()).toISOString() });
    this.#flush();
  }

  /** Includes all entries recorded before the call. */
  async list(query: ListQuery<AuditListField>): Promise<Page<AuditEntry>> {
    await this.#writes.idle();
    return this.#options.repository.list(query);
  }

  /** Writes the entries that wait. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#flush();
    await this.#writes.idle();
  }

  #flush(): void {
    if (this.#writing || this.#retry || this.#waiting.length === 0) return;
    this.#writing = true;
    void this.#writes.run(() => this.#writeAll());
  }

  async #writeAll(): Promise<void> {
    const { repository, clock, log, limits = usualLimits } = this.#options;
    let failed = false;
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.slice();
        await repository.append(batch);
        this.#waiting = this.#waiting.slice(batch.length);
        this.#sincePruned += batch.length;
      }
      if (this.#sincePruned >= pruneEvery) {
        this.#sincePruned = 0;
        const before = new Date(clock.now() - limits.days * dayMs).toISOString();
        await repository.prune({ before, entries: limits.entries });
      }
    } catch (err) {
      failed = true;
      log.error({ err, waiting: this.#waiting.length }, "the audit log cannot be written");
      if (!this.#closed) {
        this.#retry = clock.after(retryMs, () => {
          this.#retry = undefined;
          this.#flush();
        });
      }
    } finally {
      this.#writing = false;
      if (!failed) this.#flush();
    }
  }
}
