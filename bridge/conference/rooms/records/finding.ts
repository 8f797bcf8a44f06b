// Findings: the faults of a call that its figures show, each with a sentence and advice.

/** In the order in which findings of one severity are named. */
export const findingCodes = [
  "MEDIA_NOT_DECRYPTED",
  "MEDIA_NOT_SENT",
  "NO_AUDIO_IN",
  "NO_AUDIO_OUT",
  "MEDIA_IGNORED",
  "MACHINE_OVERLOADED",
  "LOSS_IN",
  "LOSS_OUT",
  "JITTER_IN",
  "JITTER_OUT",
  "DELAY",
  "ECHO_SOURCE",
  "CLIPPING",
  "LOW_LEVEL",
  "CLOCK_SKEW",
  "WRONG_TIMESTAMPS",
  "DTMF_INBAND",
] as const;

export const findingSeverities = ["error", "warning", "info"] as const;

export type FindingCode = (typeof findingCodes)[number];
/** `error`: no conversation is possible. `warning`: the fault is heard. `info`: it is compensated, or concerns keys alone. */
export type FindingSeverity = (typeof findingSeverities)[number];

export interface Finding {
  readonly code: FindingCode;
  readonly severity: FindingSeverity;
  /** The fault, with the figure that shows it. */
  readonly sentence: string;
  /** What to check. */
  readonly advice: string;
  /** When it began: RFC 3339 in UTC. */
  readonly since: string;
}
