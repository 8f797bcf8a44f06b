// Every call, from its first message to its record: a row is made when a call begins, replaced when it ends, and
// closed as lost by the next start when the bridge died under it and the call does not go on. Knows nothing of SIP and
// carries no call.
import {
  type CallId,
  type Clock,
  compareRows,
  type Logger,
  matchesFilter,
  matchesSearch,
  newId,
  Quota,
  sourceOf,
} from "#common";
import { completeRecord } from "./ending.ts";
import { callSearchFields } from "./fields.ts";
import { MediaSummary, noMedia } from "./media.ts";
import { CallRecordRetention } from "./retention.ts";
import type {
  CallEnd,
  CallEntry,
  CallObserver,
  CallProgress,
  CallRecorder,
  CallRecords,
  CallRecordsRepository,
  CallResult,
  CallSnapshot,
  CdrStart,
  LiveCall,
  LiveCallQuery,
  LiveCalls,
  OpenCall,
  StoredCall,
} from "./types.ts";
import { callResults } from "./types.ts";
import { RecordWriter } from "./writer.ts";

export interface CallLogOptions {
  readonly repository: CallRecordsRepository;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long records are kept; 0: for ever. */
  readonly keepDays: number;
  readonly observer?: CallObserver;
  /** Calls of the previous process that may be resumed: not closed at the start. */
  readonly resumable?: ReadonlySet<CallId>;
}

export interface CallLogCounters {
  /** The number of ended calls by result. */
  readonly results: Readonly<Record<CallResult, number>>;
  /** Seconds that the answered ones lasted. */
  readonly seconds: number;
  /** Records that wait for the database, that were given up, and writes that failed. */
  readonly waiting: number;
  readonly dropped: number;
  readonly failures: number;
  /** Calls without a record: never answered, of sources with too many. */
  readonly unrecorded: number;
}

export interface CallLog extends CallRecorder {
  readonly live: LiveCalls;
  readonly records: CallRecords;
  readonly counters: CallLogCounters;
  /** Everything that goes on has been resumed: what else could have been is closed as lost. Never rejects. */
  closeUnresumed(): Promise<void>;
  /** Writes the records that wait. Idempotent. */
  close(): Promise<void>;
}

/** A source that calls more often in a minute gets records of its answered calls alone. */
const recordsPerMinute = 120;

interface Open {
  readonly call: OpenCall;
  readonly media: MediaSummary;
  record: StoredCall;
  /** Whether it is written down; if not, it will be when it is answered. */
  recorded: boolean;
}

const nowhere: CallProgress = {
  roomId: null,
  roomExtension: null,
  roomSubject: null,
  meetingId: null,
  participantId: null,
  answeredAt: null,
  joinedAt: null,
  rooms: null,
  connectedNumber: null,
  connectedName: null,
};

const notEnded = {
  endedAt: null,
  duration: null,
  result: null,
  endedBy: null,
  status: null,
  reason: null,
  sipReason: null,
} as const;

const hungUp = { status: 200, text: "Hung up by the API" };

/** Closes what an earlier run left open. Rejects when the database does not answer. */
export async function openCallLog(options: CallLogOptions): Promise<CallLog> {
  await closeLost(options, options.resumable ?? new Set());
  return new Calls(options);
}

/** What the last run left open, but for these. */
async function closeLost(
  { repository, clock, log }: Pick<CallLogOptions, "repository" | "clock" | "log">,
  except: ReadonlySet<CallId>,
): Promise<void> {
  const end: CallEnd = {
    ...{ endedAt: new Date(clock.now()).toISOString(), duration: 0, result: "lost", endedBy: "failure" },
    ...{ status: 500, reason: "The bridge stopped during the call", sipReason: null },
  };
  const lost = await repository.closeOpen(end, except);
  if (lost > 0) log.warn({ calls: lost }, "calls of the last run had no end");
}

class Calls implements CallLog, LiveCalls {
  readonly records: CallRecords;
  #open = new Map<CallId, Open>();
  /** The same by their Call-ID headers, of which two calls may have one. */
  readonly #bySipCallId = new Map<string, Open>();
  readonly #options: CallLogOptions;
  readonly #clock: Clock;
  readonly #writer: RecordWriter;
  readonly #retention: CallRecordRetention;
  readonly #quota: Quota;
  readonly #observer: CallObserver | undefined;
  readonly #results = Object.fromEntries(callResults.map((result) => [result, 0])) as Record<
    CallResult,
    number
  >;
  #seconds = 0;
  #unrecorded = 0;

  constructor(options: CallLogOptions) {
    const { repository, clock, log } = options;
    this.#options = options;
    this.#clock = clock;
    const writer = new RecordWriter(repository, clock, log);
    this.#writer = writer;
    this.#retention = new CallRecordRetention(options);
    this.#quota = new Quota(clock, recordsPerMinute);
    this.#observer = options.observer;
    /** A reader sees what was written before. */
    const afterWriting = async <T>(read: () => Promise<T>): Promise<T> => {
      await writer.flush();
      return read();
    };
    this.records = {
      list: (query) => afterWriting(() => repository.list(query)),
      get: (id) => afterWriting(() => repository.get(id)),
      ids: (selection, limit) => afterWriting(() => repository.ids(selection, limit)),
      read: (ids) => repository.read(ids),
    };
  }

  get live(): LiveCalls {
    return this;
  }

  get counters(): CallLogCounters {
    const { waiting, dropped, failures } = this.#writer;
    return {
      ...{ results: { ...this.#results }, seconds: this.#seconds },
      ...{ waiting, dropped, failures, unrecorded: this.#unrecorded },
    };
  }

  begin(start: CdrStart, call: OpenCall): CallEntry {
    const id = newId<CallId>();
    return this.#enter({
      call,
      media: new MediaSummary(),
      record: { id, startedAt: this.#instant(), ...start, ...nowhere, ...noMedia, ...notEnded },
      recorded: this.#mayRecord(start),
    });
  }

  /** The row is written once more: what was gathered when the process died has not been. */
  resume({ record, recorded, media }: CallSnapshot, call: OpenCall): CallEntry {
    return this.#enter({ call, media: new MediaSummary(media), record, recorded });
  }

  async closeUnresumed(): Promise<void> {
    const oldestFirst = [...this.#open].sort(([, one], [, other]) => compareStarts(one, other));
    this.#open = new Map(oldestFirst);
    try {
      await this.#writer.flush();
      await closeLost(this.#options, new Set(this.#open.keys()));
    } catch (error) {
      this.#options.log.error({ err: error }, "calls of the last run were not closed");
    }
  }

  #enter(open: Open): CallEntry {
    const { id, sipCallId } = open.record;
    this.#open.set(id, open);
    this.#bySipCallId.set(sipCallId, open);
    if (open.recorded) this.#writer.put(open.record);
    const observer = this.#observer;
    observer?.began(id, open.record);
    return {
      id,
      note: (facts) => {
        open.record = { ...open.record, ...facts };
        open.recorded ||= open.record.answeredAt !== null;
        if (observer) tellObserver(observer, open.record, facts);
        if (open.recorded && this.#open.has(id)) this.#writer.put(open.record);
      },
      happened: (occurrence) => observer?.happened(id, occurrence),
      measured: (stats, verdict) => open.media.take(stats, verdict),
      end: (ending, stats, verdict) => {
        if (!this.#open.delete(id)) return;
        if (this.#bySipCallId.get(sipCallId) === open) this.#bySipCallId.delete(sipCallId);
        if (stats) open.media.take(stats, verdict);
        const record = completeRecord({ ...open.record, ...open.media.figures }, ending, this.#instant());
        observer?.ended(id, ending);
        this.#results[record.result] += 1;
        this.#seconds += record.duration;
        if (open.recorded) this.#writer.put(record);
        else this.#unrecorded += 1;
      },
      snapshot: () => ({ record: open.record, recorded: open.recorded, media: open.media.snapshot() }),
    };
  }

  list({ skip, top, filter, search, orderBy = [] }: LiveCallQuery) {
    const newest = [...this.#open.values()].reverse();
    if (!filter && !search && orderBy.length === 0) {
      return { count: newest.length, items: newest.slice(skip, skip + top).map(toLiveCall) };
    }
    const all = newest.map(toLiveCall);
    const found = all
      .filter((call) => !filter || matchesFilter(filter, call))
      .filter((call) => !search || matchesSearch(search, call, callSearchFields));
    if (orderBy.length > 0) found.sort((left, right) => compareRows(orderBy, left, right));
    return { count: found.length, items: found.slice(skip, skip + top) };
  }

  get(id: CallId): LiveCall | undefined {
    const open = this.#open.get(id);
    return open && toLiveCall(open);
  }

  findBySipCallId(sipCallId: string): LiveCall | undefined {
    const open = this.#bySipCallId.get(sipCallId);
    return open && toLiveCall(open);
  }

  media(id: CallId) {
    const open = this.#open.get(id);
    return open && { leg: open.call.dumpable };
  }

  hangUp(id: CallId): boolean {
    const open = this.#open.get(id);
    void open?.call.end(hungUp);
    return open !== undefined;
  }

  async close(): Promise<void> {
    this.#retention.close();
    await this.#writer.close();
  }

  /** Our own calls always; those of others as far as their source leaves room. */
  #mayRecord({ direction, signallingAddress }: CdrStart): boolean {
    if (direction === "outbound") return true;
    const address = signallingAddress.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
    return this.#quota.allows(sourceOf(address));
  }

  #instant(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

const compareStarts = (one: Open, other: Open): number =>
  one.record.startedAt.localeCompare(other.record.startedAt);

function tellObserver(
  observer: CallObserver,
  { id, roomExtension }: StoredCall,
  { sipCallId, answeredAt, joinedAt }: Partial<CdrStart & CallProgress>,
): void {
  if (sipCallId) observer.named(id, sipCallId);
  if (answeredAt) observer.happened(id, { what: "answered", detail: "" });
  if (joinedAt)
    observer.happened(id, { what: "joined", detail: `the room ${roomExtension ?? ""}`.trimEnd() });
}

function toLiveCall({ call, media, record }: Open): LiveCall {
  const { endedAt, duration, result, endedBy, status, reason, sipReason, ...rest } = record;
  return { ...rest, ...media.figures, state: call.state };
}
