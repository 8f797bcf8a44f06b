// Call records kept in memory, the newest first; and a pen that writes nothing down.

import { type CallId, compareRows, matchesFilter, matchesSearch, newId } from "#common";
import {
  type CallEnd,
  type CallEntry,
  type CallRecord,
  type CallRecorder,
  type CallRecordQuery,
  type CallRecordSelection,
  type CallRecordsRepository,
  type CallSnapshot,
  callSearchFields,
  type StoredCall,
} from "#services/call-records";

export class FakeCallRecordsRepository implements CallRecordsRepository {
  readonly records = new Map<CallId, StoredCall>();
  /** How many were written together, each time. */
  readonly writes: number[] = [];
  failure: Error | undefined;

  async put(records: readonly StoredCall[]): Promise<void> {
    if (this.failure) throw this.failure;
    this.writes.push(records.length);
    for (const record of records) this.records.set(record.id, record);
  }

  async closeOpen(end: CallEnd, except: ReadonlySet<CallId>): Promise<number> {
    const open = [...this.records.values()].filter(({ endedAt, id }) => endedAt === null && !except.has(id));
    for (const record of open) this.records.set(record.id, { ...record, ...end });
    return open.length;
  }

  async forgetBefore(instant: string, limit: number): Promise<number> {
    const old = this.#over()
      .filter(({ startedAt }) => startedAt < instant)
      .slice(0, limit);
    for (const { id } of old) this.records.delete(id);
    return old.length;
  }

  async list({ skip, top, ...selection }: CallRecordQuery) {
    const found = this.#matching(selection);
    return { count: found.length, items: found.slice(skip, skip + top) };
  }

  async get(id: CallId): Promise<CallRecord | undefined> {
    return this.#over().find((record) => record.id === id);
  }

  async ids(selection: CallRecordSelection, limit: number): Promise<readonly CallId[]> {
    return this.#matching(selection)
      .slice(0, limit)
      .map(({ id }) => id);
  }

  async read(ids: readonly CallId[]): Promise<readonly CallRecord[]> {
    return ids.flatMap((id) => this.#over().find((record) => record.id === id) ?? []);
  }

  #over(): CallRecord[] {
    return [...this.records.values()].filter((record) => record.endedAt !== null).reverse();
  }

  #matching({ filter, search, orderBy = [] }: CallRecordSelection): CallRecord[] {
    return this.#over()
      .filter((record) => !filter || matchesFilter(filter, record))
      .filter((record) => !search || matchesSearch(search, record, callSearchFields))
      .sort((left, right) => compareRows(orderBy, left, right));
  }
}

/** What is told of a call is forgotten. */
export function noEntry(): CallEntry {
  const id = newId<CallId>();
  const snapshot = { record: { id }, recorded: false, media: {} } as CallSnapshot;
  return { id, note() {}, happened() {}, measured() {}, end() {}, snapshot: () => snapshot };
}

export const noRecords: CallRecorder = { begin: noEntry, resume: noEntry };
