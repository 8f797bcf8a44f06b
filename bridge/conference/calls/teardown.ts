// How a call ends: once, with the first cause; all parts, even if closing one fails; then its record and the summary
// in the log. All waits of the call end by the abort signal.

import type { Clock, Logger } from "#common";
import type { LegStats } from "#media/protocol";
import type { CallEntry, EndedBy } from "#services/call-records";
import type { CallFailure, Rejection } from "#sip";
import type { CallDiagnosis } from "./call-diagnosis.ts";
import { CallEndedError } from "./call-ended-error.ts";
import type { CallLine } from "./call-line.ts";
import type { CallMedia } from "./call-media.ts";
import type { CallRoom } from "./call-room.ts";
import { summaryOf } from "./call-summary.ts";
import type { Digits } from "./digits.ts";

export interface CallParts {
  readonly line: CallLine;
  readonly media: CallMedia;
  readonly diagnosis: CallDiagnosis;
  readonly room: CallRoom;
  readonly digits: Digits;
  readonly record: CallEntry;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Why a call ends; `sipReason` as the far end wrote it. */
export type EndCause = Rejection & Pick<CallFailure, "sipReason">;

/** The abort reason of every call's signal. */
const callEnded = new CallEndedError();

export class Teardown {
  /** Resolves when all parts of the call are closed. */
  readonly closed: Promise<void>;
  readonly #resolveClosed: () => void;
  readonly #controller = new AbortController();
  readonly #arrivedAt: number;
  #cause: EndCause | undefined;
  #by: EndedBy | undefined;

  constructor(clock: Clock) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    this.#arrivedAt = clock.monotonic();
  }

  /** Undefined before the end. */
  get cause(): EndCause | undefined {
    return this.#cause;
  }

  /** The side that ended it; undefined before. */
  get by(): EndedBy | undefined {
    return this.#by;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Idempotent. */
  begin(cause: EndCause, by: EndedBy, parts: CallParts): void {
    if (this.#cause) return;
    this.#cause = cause;
    this.#by = by;
    this.#release(cause, by, parts).then(this.#resolveClosed);
  }

  async #release(cause: EndCause, by: EndedBy, parts: CallParts): Promise<void> {
    const { line, media, room, digits, clock, log } = parts;
    // From now on no event reaches the call, so that it cannot be ended a second time.
    line.stopListening();
    media.stopListening();
    digits.events.clear();
    this.#controller.abort(callEnded);
    const [left, hungUp, closed] = await Promise.allSettled([
      room.leave(cause.text),
      line.hangUp(cause),
      closeMedia(cause, by, parts),
    ]);
    for (const result of [left, hungUp, closed]) {
      if (result.status === "rejected") log.error({ err: result.reason }, "a part of the call did not end");
    }
    const figures = closed.status === "fulfilled" ? closed.value : undefined;
    const lastedMs = clock.monotonic() - this.#arrivedAt;
    const { findings } = parts.diagnosis.verdict;
    const summary = summaryOf({ status: cause.status, text: cause.text, lastedMs, media: figures });
    log.info({ ...summary, ...(findings !== null && { findings }) }, "call ended");
  }
}

/** Also ends the record: the media figures are known then, and an unanswered BYE is not awaited. */
async function closeMedia(
  { status, text, sipReason }: EndCause,
  by: EndedBy,
  { media, diagnosis, record }: CallParts,
): Promise<LegStats | undefined> {
  let figures: LegStats | undefined;
  try {
    figures = await media.close();
    if (figures && media.leg) diagnosis.conclude(media.leg, figures);
    return figures;
  } finally {
    const ending = { by, status, text, ...(sipReason !== undefined && { sipReason }) };
    record.end(ending, figures, diagnosis.verdict);
  }
}
