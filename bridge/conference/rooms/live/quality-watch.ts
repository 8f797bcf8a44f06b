// Measures the connections of a room's participants, for display: asks the workers for the figures every five seconds,
// of a few legs at a time, while the room has participants. A worker that does not answer costs only that round.
import type { Clock, Timer } from "#common";
import type { MediaLeg } from "#media/client";
import type { LegStats } from "#media/protocol";
import { measureEveryMs, qualityClass } from "../policy/quality.ts";
import type { Finding } from "../records/finding.ts";
import type { ParticipantQuality } from "../records/participant-info.ts";

/** How many participants are measured in parallel; the figures of their legs come in one answer. */
const atOnce = 32;

/** The part of a participant that is measured. */
export interface Measured {
  readonly leg: Pick<MediaLeg, "stats">;
  readonly quality: ParticipantQuality | null;
  readonly findings: readonly Finding[];
  takeStats(stats: LegStats): void;
}

export interface QualityWatchOptions<Participant extends Measured> {
  readonly clock: Clock;
  /** The participants inside at this moment. */
  readonly participants: () => readonly Participant[];
  /** Called when the echo from the phone, the class of the connection or the set of findings has changed. */
  readonly onChange: (participant: Participant) => void;
}

export class QualityWatch<Participant extends Measured> {
  readonly #options: QualityWatchOptions<Participant>;
  #timer: Timer | undefined;
  #asking = false;

  constructor(options: QualityWatchOptions<Participant>) {
    this.#options = options;
  }

  /** Called when a participant has joined. Idempotent. */
  start(): void {
    if (this.#timer || this.#asking) return;
    this.#timer = this.#options.clock.after(measureEveryMs, () => void this.#round());
  }

  /** Called when the last participant has left. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  async #round(): Promise<void> {
    this.#timer = undefined;
    this.#asking = true;
    const participants = this.#options.participants();
    for (let at = 0; at < participants.length; at += atOnce) {
      await Promise.all(participants.slice(at, at + atOnce).map((participant) => this.#ask(participant)));
    }
    this.#asking = false;
    if (this.#options.participants().length > 0) this.start();
  }

  async #ask(participant: Participant): Promise<void> {
    const found = codesOf(participant);
    const stats = await participant.leg.stats().catch(() => undefined);
    if (!stats) return;
    const before = participant.quality;
    participant.takeStats(stats);
    const { quality } = participant;
    const inside = this.#options.participants().includes(participant);
    const differs =
      quality?.echo !== (before?.echo ?? false) ||
      qualityClass(quality) !== qualityClass(before) ||
      codesOf(participant) !== found;
    if (inside && differs) this.#options.onChange(participant);
  }
}

const codesOf = ({ findings }: Measured): string => findings.map(({ code }) => code).join();
