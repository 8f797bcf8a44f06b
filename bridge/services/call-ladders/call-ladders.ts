// Keeps the ladders of calls that last and of those that ended of late, in memory and bounded in bytes: each call's, and all
// together. The messages of a call come before it is known as one: an INVITE with a new Call-ID is kept aside until a call
// takes its messages over, a little of them, so that a flood of INVITEs pushes out no call.
//
//   INVITE ─▶ aside (few, small) ─ began, named ─▶ live ─ ended ─▶ recent ─▶ forgotten, the oldest first

import { BoundedMap, type CallId, type Clock, RateLimiter, sourceOf } from "#common";
import type { CallObserver, CallOccurrence, CdrStart, EndReason } from "#services/call-records";
import type { TappedMessage } from "#sip";
import { summariseSession } from "./session-summary.ts";
import type { Ladder, LadderEntry, LadderMessage } from "./types.ts";

export interface CallLaddersOptions {
  readonly clock: Clock;
  /** Of all calls together; 0: nothing is kept. */
  readonly maxBytes: number;
}

/** The limit of one call: entries beyond it are left out in the middle. */
const maxBytesOfCall = 256 * 1024;
/** Entries at its beginning that stay. */
const keptAtFirst = 20;
const maxBytesOfMessage = 16 * 1024;
const maxCallIds = 16;
/** Call-IDs that are no call's yet, and messages of each. */
const maxUnassignedCallIds = 200;
const maxUnassignedMessages = 8;
/** New ones among them, of one source. */
const newAside = { perSecond: 100, burst: 200, sources: 1000 };
/** The memory of an entry beside its text. */
const entryBytes = 400;
const maxDetail = 200;

interface Kept {
  readonly callIds: string[];
  readonly entries: LadderEntry[];
  ended: boolean;
  left: number;
  bytes: number;
}

export interface CallLaddersState {
  readonly live: number;
  readonly recent: number;
  readonly bytes: number;
}

export class CallLadders implements CallObserver {
  readonly #clock: Clock;
  readonly #maxBytes: number;
  readonly #live = new Map<CallId, Kept>();
  /** In the order in which they ended. */
  readonly #recent = new Map<CallId, Kept>();
  readonly #byCallId = new Map<string, Kept>();
  readonly #aside = new BoundedMap<string, LadderMessage[]>({ most: maxUnassignedCallIds });
  readonly #newAside: RateLimiter;
  #bytes = 0;

  constructor({ clock, maxBytes }: CallLaddersOptions) {
    this.#clock = clock;
    this.#maxBytes = maxBytes;
    this.#newAside = new RateLimiter(clock, newAside);
  }

  get state(): CallLaddersState {
    return { live: this.#live.size, recent: this.#recent.size, bytes: this.#bytes };
  }

  /** By the id of the call, or by the Call-ID header of one of its messages. */
  find(id: string): Ladder | undefined {
    return this.#live.get(id as CallId) ?? this.#recent.get(id as CallId) ?? this.#byCallId.get(id);
  }

  /** A message has passed. */
  readonly take = (passing: TappedMessage): void => {
    if (this.#maxBytes === 0) return;
    const { message } = passing;
    const { callId } = message;
    const kept = this.#byCallId.get(callId);
    if (kept) {
      this.#add(kept, messageOf(passing, this.#clock.now()));
      this.#shrink();
      return;
    }
    const aside = this.#aside.get(callId);
    if (aside) {
      if (aside.length < maxUnassignedMessages) aside.push(messageOf(passing, this.#clock.now()));
    } else if (message.kind === "request" && message.method === "INVITE" && this.#mayBegin(passing)) {
      this.#aside.set(callId, [messageOf(passing, this.#clock.now())]);
    }
  };

  began(id: CallId, { sipCallId }: CdrStart): void {
    if (this.#maxBytes === 0) return;
    this.#live.set(id, { callIds: [], entries: [], ended: false, left: 0, bytes: 0 });
    if (sipCallId) this.named(id, sipCallId);
  }

  named(id: CallId, sipCallId: string): void {
    const kept = this.#live.get(id);
    if (!kept || kept.callIds.includes(sipCallId) || kept.callIds.length >= maxCallIds) return;
    kept.callIds.push(sipCallId);
    this.#byCallId.set(sipCallId, kept);
    const aside = this.#aside.get(sipCallId) ?? [];
    this.#aside.delete(sipCallId);
    for (const message of aside) this.#add(kept, message);
    kept.entries.sort((left, right) => left.at - right.at);
    this.#shrink();
  }

  happened(id: CallId, { what, detail }: CallOccurrence): void {
    const kept = this.#live.get(id);
    if (!kept) return;
    const last = kept.entries.at(-1);
    const repeats = last?.kind === "media" && last.what === what && last.detail === detail;
    const fact = { kind: "media" as const, at: this.#clock.now(), what, detail: detail.slice(0, maxDetail) };
    if (repeats) kept.entries[kept.entries.length - 1] = { ...last, count: last.count + 1 };
    else this.#add(kept, { ...fact, count: 1 });
    this.#shrink();
  }

  ended(id: CallId, { by, status, text }: EndReason): void {
    const kept = this.#live.get(id);
    if (!kept) return;
    this.happened(id, { what: "ended", detail: `by ${by}: ${status} ${text}` });
    kept.ended = true;
    this.#live.delete(id);
    this.#recent.set(id, kept);
    this.#shrink();
  }

  #mayBegin({ direction, flow }: TappedMessage): boolean {
    return direction === "out" || this.#newAside.allows(sourceOf(flow.remote.address));
  }

  #add(kept: Kept, entry: LadderEntry): void {
    kept.entries.push(entry);
    this.#count(kept, bytesOf(entry));
    while (kept.bytes > maxBytesOfCall && kept.entries.length > keptAtFirst + 1) {
      const [out] = kept.entries.splice(keptAtFirst, 1);
      kept.left += 1;
      if (out) this.#count(kept, -bytesOf(out));
    }
  }

  #count(kept: Kept, bytes: number): void {
    kept.bytes += bytes;
    this.#bytes += bytes;
  }

  /** Forgets calls until the rest fits: those that are over first. */
  #shrink(): void {
    while (this.#bytes > this.#maxBytes) {
      const [from, id] =
        this.#recent.size > 0 ? [this.#recent, first(this.#recent)] : [this.#live, first(this.#live)];
      const kept = id === undefined ? undefined : from.get(id);
      if (id === undefined || !kept) return;
      from.delete(id);
      this.#bytes -= kept.bytes;
      for (const callId of kept.callIds)
        if (this.#byCallId.get(callId) === kept) this.#byCallId.delete(callId);
    }
  }
}

const first = <Key>(map: ReadonlyMap<Key, unknown>): Key | undefined => map.keys().next().value;

const bytesOf = (entry: LadderEntry): number =>
  entryBytes + 2 * (entry.kind === "sip" ? entry.text.length + entry.media.length : entry.detail.length);

function messageOf({ direction, message, flow, text }: TappedMessage, at: number): LadderMessage {
  const { protocol, local, remote } = flow;
  const title = message.kind === "request" ? message.method : `${message.status} ${message.reason}`;
  const all = text();
  const body = all.slice(all.search(/\r?\n\r?\n/)).trimStart();
  return {
    ...{ kind: "sip", at, direction, protocol, local, remote, callId: message.callId },
    ...{ title: title.slice(0, maxDetail), cseq: `${message.cseq.number} ${message.cseq.method}` },
    media: summariseSession(body),
    text: all.length > maxBytesOfMessage ? `${all.slice(0, maxBytesOfMessage)}…` : all,
  };
}
