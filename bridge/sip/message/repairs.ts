// Deviations from the grammar or an RFC that the stack accepts, by kind, and how often they occurred. A
// repair never changes which identity is believed, nor the address that an answer goes to; each kind is a counter in /metrics.

export const repairKinds = [
  /** An address header (From, To, Contact, Record-Route …) whose display name, brackets or URI are malformed. */
  "address",
  /** A malformed header that the request does not need, or a line without a valid header name, left out. */
  "header",
  /** A list header without a value, left out: `Require:`. */
  "empty_header",
  /** A session description in a body without a Content-Type, or with a vague one. */
  "body_type",
  /** A 2xx without a description: the answer of an unreliable provisional response counts (RFC 3261 §13.2.1). */
  "early_answer",
  /** An ACK without the answer to our offer in the 2xx of a re-INVITE: the session stays as it was. */
  "unanswered_offer",
  /** The Via of a datagram from behind an address translator, without `rport`: the answer goes to its source address. */
  "via",
  /** An ACK, CANCEL or PRACK that names its INVITE wrongly: by another Via, without the To tag, or by another CSeq. */
  "transaction",
  /** A cause in a Reason that is no final SIP status and no Q.850 cause, left out. */
  "reason",
] as const;

export type Repair = (typeof repairKinds)[number];

export const noRepairs: readonly Repair[] = [];

/** Counted since the start, for metrics. */
export class RepairCounters {
  readonly counts: Record<Repair, number> = {
    address: 0,
    header: 0,
    empty_header: 0,
    body_type: 0,
    early_answer: 0,
    unanswered_offer: 0,
    via: 0,
    transaction: 0,
    reason: 0,
  };

  add(repair: Repair): void {
    this.counts[repair] += 1;
  }
}
