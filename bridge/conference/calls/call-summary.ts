// The last log line of a call: its parties, duration, media quality, and the reason of its end. Pure.
import { roundTo } from "#common";
import type { LegStats } from "#media/protocol";

export interface EndedCall {
  readonly status: number;
  readonly text: string;
  /** From its arrival. */
  readonly lastedMs: number;
  /** Undefined when there was no leg, or its worker has died. */
  readonly media: LegStats | undefined;
}

export function summaryOf({ status, text, lastedMs, media }: EndedCall): Record<string, unknown> {
  const summary = { status, reason: text, seconds: toTenth(lastedMs / 1000) };
  if (!media) return summary;
  return {
    ...summary,
    codec: media.codec,
    remote: media.remote,
    packets: { received: media.packetsReceived, sent: media.packetsSent, unsent: media.packetsUnsent },
    mos: toTenth(media.meanMos),
    remoteMos: toTenth(media.remoteMos),
    lossPercent: toTenth(media.lossPercent),
    remoteLossPercent: toTenth(media.remoteLossPercent),
    concealedPercent: toTenth(media.concealedPercent),
    jitterMs: toTenth(media.jitterMs),
    roundTripMs: toTenth(media.roundTripMs),
    bufferMs: toTenth(media.bufferMs),
    starvations: media.starvations,
    clippedMs: media.clippedMs,
    voiceDbov: toTenth(media.voiceDbov),
    gainDb: toTenth(media.gainDb),
    echo: media.echo,
  };
}

const toTenth = <Value extends number | null>(value: Value): Value => roundTo(value, 1);
