// Estimates the quality of a connection by the E-model (ITU-T G.107), from delay, loss and codec; all parameters that a
// bridge cannot know have their defaults. Pure. An estimate for operators, not a measurement; wideband codecs are rated
// on the narrowband scale, where a perfect call has 4.4.

export interface Connection {
  readonly codec: string;
  /** Share of the audio that was lost on the way or came too late, 0 … 1. */
  readonly loss: number;
  /** Mean length of a run of losses against what chance would make of it; 1: losses are independent. */
  readonly burstRatio?: number;
  /** From the microphone to the loudspeaker, one way. */
  readonly delayMs: number;
}

interface Impairment {
  /** Equipment impairment without loss, and robustness against loss (ITU-T G.113 Appendix I). */
  readonly ie: number;
  readonly bpl: number;
}

/** G.711 with concealment is G.113's figure; the others are put beside it. */
const impairments: Readonly<Record<string, Impairment>> = {
  PCMU: { ie: 0, bpl: 25.1 },
  PCMA: { ie: 0, bpl: 25.1 },
  G722: { ie: 0, bpl: 20 },
  opus: { ie: 0, bpl: 30 },
};
const unknownCodec: Impairment = { ie: 5, bpl: 15 };

const bestRating = 93.2;
/** From here on a delay disturbs the conversation itself. */
const noticedDelayMs = 177.3;

/** The rating factor R, 0 … 93.2. */
export function rating({ codec, loss, burstRatio = 1, delayMs }: Connection): number {
  const { ie, bpl } = impairments[codec] ?? unknownCodec;
  const lossPercent = 100 * Math.min(1, Math.max(0, loss));
  const delayed = 0.024 * delayMs + (delayMs > noticedDelayMs ? 0.11 * (delayMs - noticedDelayMs) : 0);
  const equipment = ie + ((95 - ie) * lossPercent) / (lossPercent / Math.max(1, burstRatio) + bpl);
  return Math.min(bestRating, Math.max(0, bestRating - delayed - equipment));
}

/** The mean opinion score that a rating stands for, 1 … 4.5 (G.107 Annex B). */
export function mosOf(r: number): number {
  if (r <= 0) return 1;
  return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}
