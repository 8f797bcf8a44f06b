// The state of the offer/answer exchange (RFC 3264, with the six exchanges of RFC 6337 table 1 and RFC 3311):
// a pure machine over the messages that may carry one. It never looks inside the SDP and sends nothing.
//
//   none / agreed ──offer──▶ offered ──answer──▶ agreed
//         ▲                     │  └──answer before the INVITE's final response──▶ settled ──2xx──▶ agreed
//         └─────withdrawn───────┘

/** The messages whose body can be a session description. `1xx` is unreliable, `1xx-reliable` has an RSeq. */
export type Carrier =
  | "INVITE"
  | "1xx"
  | "1xx-reliable"
  | "2xx"
  | "ACK"
  | "PRACK"
  | "PRACK-2xx"
  | "UPDATE"
  | "UPDATE-2xx";

export type Side = "us" | "them";

type Resting = "none" | "agreed" | "settled";

export type Negotiation =
  | { readonly phase: Resting }
  | {
      readonly phase: "offered";
      readonly by: Side;
      readonly carrier: Carrier;
      /** The phase to return to when the offer is refused. */
      readonly before: Resting;
    };

/** What a description means in its place; `preview` is the answer shown early in an unreliable 1xx. */
export type DescriptionRole = "offer" | "answer" | "preview" | "repeated";

/**
 * `glare`: both sides have offered (491). `too-soon`: the sender has an offer open already (500).
 * `misplaced`: this message cannot carry a description now.
 */
export type Violation = "glare" | "too-soon" | "misplaced";

export type Step =
  | { readonly ok: true; readonly meaning: DescriptionRole; readonly next: Negotiation }
  | { readonly ok: false; readonly violation: Violation };

export const noNegotiation: Negotiation = { phase: "none" };

/** The messages that may carry the answer to an offer. An offer in any other message is misplaced. */
const answeredIn: Partial<Record<Carrier, readonly Carrier[]>> = {
  INVITE: ["2xx", "1xx-reliable"],
  "2xx": ["ACK"],
  "1xx-reliable": ["PRACK"],
  PRACK: ["PRACK-2xx"],
  UPDATE: ["UPDATE-2xx"],
};

/** The step when `sender` puts a description into `carrier`. */
export function describe(state: Negotiation, sender: Side, carrier: Carrier): Step {
  if (state.phase !== "offered") {
    // An answer that was settled early may be repeated up to the 2xx (RFC 3261 §13.2.1, RFC 6337 §3.1.1).
    if (state.phase === "settled" && (carrier === "1xx" || carrier === "1xx-reliable"))
      return step("repeated", state);
    if (state.phase === "settled" && carrier === "2xx") return step("repeated", { phase: "agreed" });
    if (!answeredIn[carrier]) return { ok: false, violation: "misplaced" };
    return step("offer", { phase: "offered", by: sender, carrier, before: state.phase });
  }
  if (sender === state.by)
    return { ok: false, violation: beginsExchange(carrier) ? "too-soon" : "misplaced" };
  if (answeredIn[state.carrier]?.includes(carrier))
    return step("answer", { phase: afterAnswer(state, carrier) });
  if (state.carrier === "INVITE" && carrier === "1xx") return step("preview", state);
  return { ok: false, violation: beginsExchange(carrier) ? "glare" : "misplaced" };
}

/** The open offer was refused, or its transaction failed: the session stays as it was (RFC 3261 §14.1). */
export function rollBackOffer(state: Negotiation): Negotiation {
  return state.phase === "offered" ? { phase: state.before } : state;
}

/** The INVITE has had its final response: the next one may begin a new exchange. */
export function conclude(state: Negotiation): Negotiation {
  return state.phase === "settled" ? { phase: "agreed" } : state;
}

function afterAnswer(state: Negotiation & { phase: "offered" }, carrier: Carrier): Resting {
  switch (carrier) {
    case "1xx-reliable":
    case "PRACK":
      return "settled";
    case "PRACK-2xx":
    case "UPDATE-2xx":
      return state.before === "none" ? "agreed" : state.before;
    default:
      return "agreed";
  }
}

function step(meaning: DescriptionRole, next: Negotiation): Step {
  return { ok: true, meaning, next };
}

/** Requests that can begin an exchange: their senders get a status; a misplaced description elsewhere is ignored. */
function beginsExchange(carrier: Carrier): boolean {
  return carrier === "INVITE" || carrier === "UPDATE" || carrier === "PRACK";
}
