// From the figures of a leg, as they come every few seconds, to those that stay with the call: the last counters,
// and of the opinion scores the mean and the worst. Pure, apart from what it has taken.
import { roundTo } from "#common";
import type { LegStats } from "#media/protocol";
import { noPictures, PictureSummary } from "./pictures.ts";
import type { CallMedia, CallPictures, MediaSnapshot, MediaVerdict, ScoresSnapshot } from "./types.ts";

export const noMedia: CallMedia & CallPictures & MediaVerdict = {
  codec: null,
  mediaEncryption: null,
  mediaAddress: null,
  roundTripMs: null,
  receivedPackets: null,
  receivedLost: null,
  receivedLossPercent: null,
  receivedJitterMs: null,
  receivedMosMean: null,
  receivedMosMin: null,
  sentPackets: null,
  sentLossPercent: null,
  sentJitterMs: null,
  sentMosMean: null,
  sentMosMin: null,
  ...noPictures,
  findings: null,
  verdict: null,
};

export class MediaSummary {
  readonly #received: Scores;
  readonly #sent: Scores;
  readonly #pictures: PictureSummary;
  #last: LegStats | undefined;
  #verdict: MediaVerdict;

  /** `before`: of the same call, by the previous process. */
  constructor(before?: MediaSnapshot) {
    this.#received = new Scores(before?.received);
    this.#sent = new Scores(before?.sent);
    this.#pictures = new PictureSummary(before?.pictures);
    this.#last = before?.last ?? undefined;
    this.#verdict = before?.verdict ?? { findings: null, verdict: null };
  }

  snapshot(): MediaSnapshot {
    return {
      ...{ last: this.#last ?? null, verdict: this.#verdict, pictures: this.#pictures.snapshot() },
      ...{ received: this.#received.snapshot(), sent: this.#sent.snapshot() },
    };
  }

  take(stats: LegStats, verdict?: MediaVerdict): void {
    this.#last = stats;
    if (verdict) this.#verdict = verdict;
    this.#received.add(stats.mos);
    this.#sent.add(stats.remoteMos);
    this.#pictures.take(stats);
  }

  get figures(): CallMedia & CallPictures & MediaVerdict {
    const last = this.#last;
    if (!last) return noMedia;
    // Nothing was lost of what never came, and nothing was good about it either.
    const heard = last.packetsReceived > 0;
    return {
      codec: last.codec,
      mediaEncryption: last.encryption,
      mediaAddress: last.remote,
      roundTripMs: toHundredth(last.roundTripMs),
      receivedPackets: last.packetsReceived,
      receivedLost: Math.max(0, last.packetsLost),
      receivedLossPercent: heard ? toHundredth(last.lossPercent) : null,
      receivedJitterMs: heard ? toHundredth(last.jitterMs) : null,
      receivedMosMean: toHundredth(last.meanMos ?? this.#received.mean),
      receivedMosMin: toHundredth(this.#received.worst),
      sentPackets: last.packetsSent,
      sentLossPercent: toHundredth(last.remoteLossPercent),
      sentJitterMs: toHundredth(last.remoteJitterMs),
      sentMosMean: toHundredth(this.#sent.mean),
      sentMosMin: toHundredth(this.#sent.worst),
      ...this.#pictures.figures,
      ...this.#verdict,
    };
  }
}

class Scores {
  #sum: number;
  #count: number;
  worst: number | null;

  constructor({ sum, count, worst }: ScoresSnapshot = { sum: 0, count: 0, worst: null }) {
    this.#sum = sum;
    this.#count = count;
    this.worst = worst;
  }

  snapshot(): ScoresSnapshot {
    return { sum: this.#sum, count: this.#count, worst: this.worst };
  }

  add(score: number | null): void {
    if (score === null) return;
    this.#sum += score;
    this.#count += 1;
    this.worst = Math.min(this.worst ?? score, score);
  }

  get mean(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }
}

const toHundredth = (value: number | null): number | null => roundTo(value, 2);
