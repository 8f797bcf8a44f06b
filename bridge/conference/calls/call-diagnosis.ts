// What is and was wrong with one call: takes the figures of its leg, keeps the current findings, and sums up
// all findings for the record. The rules themselves are in `rooms/policy`.

import type { Clock } from "#common";
import {
  bySeverity,
  type Diagnosis,
  diagnose,
  diagnoseEndedCall,
  type Finding,
  type FindingCode,
  findingsOf,
  noDiagnosis,
} from "#conference/rooms";
import type { MediaLeg } from "#media/client";
import type { LegStats } from "#media/protocol";
import type { MediaVerdict } from "#services/call-records";

/** With fewer samples no finding can have lasted: the figures of the whole call are judged instead. */
const fewSamples = 3;

interface Total {
  /** The finding with its latest figures. */
  readonly finding: Finding;
  readonly lastedMs: number;
}

export class CallDiagnosis {
  readonly #clock: Clock;
  readonly #totals = new Map<FindingCode, Total>();
  #diagnosis: Diagnosis = noDiagnosis;
  #samples = 0;
  #firstAt: number | undefined;
  #lastAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The current findings, the worst first. */
  get findings(): readonly Finding[] {
    return findingsOf(this.#diagnosis);
  }

  /** The findings of the whole call so far: the worst first, then the longest first. */
  get verdict(): MediaVerdict {
    const totals = [...this.#totals.values()].sort(
      (a, b) => bySeverity(a.finding, b.finding) || b.lastedMs - a.lastedMs,
    );
    if (totals.length === 0) return { findings: null, verdict: null };
    return {
      findings: totals.map(({ finding }) => finding.code).join(","),
      verdict: totals.map(sentenceOf).join(" "),
    };
  }

  /** Takes new figures; returns the findings that have begun. */
  take(leg: MediaLeg, stats: LegStats): readonly Finding[] {
    const at = this.#clock.monotonic();
    const before = new Set(this.findings.map(({ code }) => code));
    this.#diagnosis = diagnose(this.#diagnosis, this.#sample(leg, stats));
    for (const finding of this.findings) {
      const lastedMs = this.#totals.get(finding.code)?.lastedMs ?? 0;
      const more = before.has(finding.code) ? at - this.#lastAt : 0;
      this.#totals.set(finding.code, { finding, lastedMs: lastedMs + more });
    }
    this.#samples += 1;
    this.#firstAt ??= at;
    this.#lastAt = at;
    return this.findings.filter(({ code }) => !before.has(code));
  }

  /** The leg is closed; takes its last figures. */
  conclude(leg: MediaLeg, stats: LegStats): void {
    if (this.#firstAt === undefined || this.#samples >= fewSamples) return;
    const ms = this.#clock.monotonic() - this.#firstAt;
    for (const finding of diagnoseEndedCall(this.#sample(leg, stats), ms)) {
      this.#totals.set(finding.code, { finding, lastedMs: ms });
    }
  }

  #sample(leg: MediaLeg, stats: LegStats) {
    const at = this.#clock.monotonic();
    const instant = new Date(this.#clock.now()).toISOString();
    return { leg: leg.id, stats, held: leg.held, machine: leg.worker.health, at, instant };
  }
}

function sentenceOf({ finding: { sentence }, lastedMs }: Total): string {
  const seconds = Math.round(lastedMs / 1000);
  return seconds === 0 ? sentence : `${sentence.replace(/\.$/, "")} (for ${seconds} s).`;
}
