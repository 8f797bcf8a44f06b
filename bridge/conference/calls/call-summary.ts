// The last log line of a call: what it was, how long it lasted, how it sounded, and why it ended. Pure.
import type { LegStats } from "#media/protocol";

export interface EndedCall {
  readonly status: number;
  readonly text: string;
  /** From the arrival. */
  readonly lastedMs: number;
  /** Undefined when there was no leg, or its worker has died. */
  readonly media: LegStats | undefined;
}

export function summaryOf({ status, text, lastedMs, media }: EndedCall): Record<string, unknown> {
  const summary = { status, reason: text, seconds: rounded(lastedMs / 1000) };
  if (!media) return summary;
  return {
    ...summary,
    codec: media.codec,
    remote: media.remote,
    packets: { received: media.packetsReceived, sent: media.packetsSent },
    mos: orNull(media.meanMos),
    remoteMos: orNull(media.remoteMos),
    lossPercent: rounded(media.lossPercent),
    remoteLossPercent: orNull(media.remoteLossPercent),
    concealedPercent: rounded(media.concealedPercent),
    jitterMs: rounded(media.jitterMs),
    roundTripMs: orNull(media.roundTripMs),
    bufferMs: rounded(media.bufferMs),
    starvations: media.starvations,
    clippedMs: media.clippedMs,
    voiceDbov: orNull(media.voiceDbov),
    gainDb: rounded(media.gainDb),
    echo: media.echo,
  };
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
const orNull = (value: number | null): number | null => (value === null ? null : rounded(value));
