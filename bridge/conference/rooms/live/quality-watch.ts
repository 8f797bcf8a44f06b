// How good the connections of a room's participants are, for people to look at: asks the workers for the figures
// every five seconds, one leg after the other, while somebody is here. Decides nothing, and a worker that does
// not answer costs only that round.
import type { Clock, Timer } from "#common";
import type { LegStats } from "#media/protocol";
import type { ParticipantQuality, QualityClass } from "../records/types.ts";
import type { LiveParticipant } from "./participant.ts";

const everyMs = 5000;

export interface QualityWatchOptions {
  readonly clock: Clock;
  /** Who is here now. */
  readonly participants: () => readonly LiveParticipant[];
  /** Somebody begins or ceases to send back what they hear, or their connection is of another class. */
  readonly onChange: (participant: LiveParticipant) => void;
}

export class QualityWatch {
  readonly #options: QualityWatchOptions;
  #timer: Timer | undefined;
  #asking = false;

  constructor(options: QualityWatchOptions) {
    this.#options = options;
  }

  /** Somebody came. */
  start(): void {
    if (this.#timer || this.#asking) return;
    this.#timer = this.#options.clock.after(everyMs, () => void this.#round());
  }

  /** Nobody is left. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  async #round(): Promise<void> {
    this.#timer = undefined;
    this.#asking = true;
    for (const participant of this.#options.participants()) await this.#ask(participant);
    this.#asking = false;
    if (this.#options.participants().length > 0) this.start();
  }

  async #ask(participant: LiveParticipant): Promise<void> {
    const stats = await participant.leg.stats().catch(() => undefined);
    if (!stats) return;
    const before = participant.quality;
    participant.takeStats(stats);
    const { quality } = participant;
    const here = this.#options.participants().includes(participant);
    const differs =
      quality?.echo !== (before?.echo ?? false) || qualityClass(quality) !== qualityClass(before);
    if (here && differs) this.#options.onChange(participant);
  }
}

/** As people would call it; undefined while nobody knows. The bounds are those of "some" and "many dissatisfied". */
export function qualityClass(quality: ParticipantQuality | null): QualityClass | undefined {
  const mos = quality?.mos ?? null;
  if (mos === null) return undefined;
  if (mos >= 3.6) return "good";
  return mos >= 3.1 ? "fair" : "poor";
}

/** The worse of the two directions, over the time since `before`; what nobody has measured yet is null. */
export function qualityOf(stats: LegStats, before: LegStats | undefined): ParticipantQuality {
  const lost = Math.max(0, stats.packetsLost - (before?.packetsLost ?? 0));
  const received = Math.max(0, stats.packetsReceived - (before?.packetsReceived ?? 0));
  const lossPercent = (100 * lost) / Math.max(1, lost + received);
  const concealedMs = Math.max(0, stats.concealedMs - (before?.concealedMs ?? 0));
  const scores = [stats.mos, stats.remoteMos].filter((mos) => mos !== null);
  return {
    mos: scores.length === 0 ? null : rounded(Math.min(...scores)),
    lossPercent: rounded(Math.max(lossPercent, stats.remoteLossPercent ?? 0)),
    jitterMs: rounded(Math.max(stats.jitterMs, stats.remoteJitterMs ?? 0)),
    roundTripMs: orNull(stats.roundTripMs),
    delayMs: rounded(stats.bufferMs),
    concealedPercent: rounded(Math.min(100, (100 * concealedMs) / everyMs)),
    correctedMs: rounded(stats.correctedMs),
    clippedMs: rounded(stats.clippedMs),
    levelDbov: rounded(stats.levelDbov),
    remoteMos: orNull(stats.remoteMos),
    remoteLossPercent: orNull(stats.remoteLossPercent),
    remoteJitterMs: orNull(stats.remoteJitterMs),
    echo: stats.echo,
  };
}

const orNull = (value: number | null): number | null => (value === null ? null : rounded(value));
const rounded = (value: number): number => Math.round(value * 10) / 10;
