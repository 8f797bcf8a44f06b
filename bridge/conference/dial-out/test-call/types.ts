// The facts that a test call collects, and the findings from them.
import type { Cause } from "#sip";

export type TestCheck =
  | ("trunk" | "options" | "large-requests" | "call" | "codec" | "encryption")
  | ("audio-in" | "audio-out" | "keys" | "re-invite" | "hold");

export interface TestFinding {
  readonly check: TestCheck;
  /** `skip`: the call did not get this far, or the far end gives no information. */
  readonly verdict: "pass" | "warn" | "fail" | "skip";
  /** One sentence. */
  readonly detail: string;
  /** A recommendation; absent where none is needed. */
  readonly remedy?: string;
}

export interface TestReport {
  readonly trunk: string;
  /** In the trunk's spelling. */
  readonly dialled: string;
  readonly findings: readonly TestFinding[];
}

/** The answer to an OPTIONS to the trunk, and the `protocol` that it went over. Undefined: none came in time. */
export interface OptionsFact {
  readonly bytes: number;
  readonly answer: (Cause & { readonly protocol: string | undefined }) | undefined;
}

export interface MediaFact {
  readonly codec: string | null;
  /** The suite of SRTP; null: in the clear. */
  readonly encryption: string | null;
  /** Telephone-event (RFC 4733) was agreed. */
  readonly keyEvents: boolean;
  readonly packetsReceived: number;
  readonly lossPercent: number;
  /** The loudest level received while the tone was sent, and while nothing was, dBov. */
  readonly loudDbov: number;
  readonly quietDbov: number;
  /** RTCP reports of the far end, those that came when it had been sent the tone for seconds, and those that show our packets to have arrived. */
  readonly reports: number;
  readonly lateReports: number;
  readonly reportsOfAudio: number;
  readonly remoteLossPercent: number | null;
}

/** `undefined`: it was not tried. */
export interface TestCallFacts {
  readonly trunk: { readonly status: "connecting" | "up" | "down" | "unwatched"; readonly detail: string };
  readonly options: OptionsFact;
  readonly large: OptionsFact | undefined;
  /** `cause`: why it was not answered. */
  readonly call: { readonly answered: true } | { readonly answered: false; readonly cause: Cause };
  readonly media: MediaFact | undefined;
  /** Why the far end refused the hold and the resumption; null: it accepted. */
  readonly hold: Cause | null | undefined;
  readonly resume: Cause | null | undefined;
}
