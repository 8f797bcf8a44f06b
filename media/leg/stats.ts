// The statistics of a leg in the form of the control channel, gathered from its parts. Reads only.
import { formatHostPort } from "#common";
import { toDbov } from "../dsp/index.ts";
import type { LegStats, Repairs } from "../protocol.ts";
import type { SocketErrors } from "../rtp/index.ts";
import type { AudioPlan } from "../sdp/index.ts";
import type { LegVideo } from "../video/stream/index.ts";
import type { DtmfReceiver } from "./dtmf-receiver.ts";
import type { Inbound } from "./inbound.ts";
import type { InputChain } from "./input-chain.ts";
import type { LegSecurity } from "./leg-security.ts";
import type { Outbound } from "./outbound.ts";
import type { LegQuality } from "./quality.ts";
import type { Reports } from "./reports.ts";
import type { Voice } from "./voice.ts";

export interface Counted {
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  readonly reports: Reports;
  readonly quality: LegQuality;
  readonly inputChain: InputChain;
  readonly voice: Voice;
  readonly security: LegSecurity;
  readonly errors: SocketErrors;
  readonly keys: DtmfReceiver;
  /** Undefined while the leg cannot have video. */
  readonly video: () => Pick<LegVideo, "mended"> | undefined;
  readonly tickMs: number;
}

/** The statistics of a leg's audio. */
export function statsOf(counted: Counted, plan: AudioPlan | undefined): Omit<LegStats, "video"> {
  const { inbound, outbound, reports, quality, inputChain, voice, security, errors, keys, tickMs } = counted;
  const { receiverStats, playout } = inbound;
  return {
    codec: plan?.codec ?? null,
    encryption: security.suite ?? null,
    remote: remoteOf(counted),
    ...(plan && { direction: plan.direction }),
    packetsReceived: receiverStats.received,
    packetsSent: outbound.packetsSent,
    packetsLost: receiverStats.lost,
    packetsLate: playout.late,
    packetsIgnored: inbound.ignored + reports.ignored,
    packetsForged: security.forged,
    packetsReplayed: security.replayed,
    packetsUnsent: errors.unsent,
    unsentReason: errors.unsentReason,
    packetsUnreceived: errors.unreceived,
    jitterMs: receiverStats.jitterMs,
    bufferMs: playout.delayMs,
    concealedMs: playout.concealedMs,
    levelDbov: toDbov(voice.level),
    remoteLossPercent: reports.remoteLossPercent,
    remoteJitterMs: reports.remoteJitterMs,
    roundTripMs: reports.roundTripMs,
    reports: reports.received,
    reportsOfAudio: reports.ofAudio,
    keyEvents: keys.events,
    keyTones: keys.tones,
    // The payload type of our offer is received in any case, but only this tells whether events were negotiated.
    keyEventsAgreed: plan?.telephoneEvent !== undefined,
    lossPercent: quality.lossPercent,
    concealedPercent: quality.concealedPercent,
    starvations: quality.starvations,
    correctedMs: playout.correctedMs,
    driftMs: playout.driftMs,
    clippedMs: inputChain.clippedTicks * tickMs,
    voiceDbov: inputChain.gain.voiceDbov ?? null,
    gainDb: inputChain.agc ? inputChain.gain.gainDb : 0,
    mos: quality.mos ?? null,
    meanMos: quality.meanMos,
    remoteMos: quality.remoteMos,
    echo: quality.echo,
    echoDelayMs: quality.echoDelayMs,
    repairs: repairsOf(counted),
  };
}

/** The statistics that a worker adds up over its legs every second. */
export type LegCounts = Pick<
  LegStats,
  | "packetsLost"
  | "packetsForged"
  | "packetsReplayed"
  | "packetsUnsent"
  | "packetsUnreceived"
  | "encryption"
  | "concealedMs"
  | "correctedMs"
  | "clippedMs"
  | "jitterMs"
  | "bufferMs"
  | "echo"
  | "repairs"
>;

export function countsOf(counted: Counted): LegCounts {
  const { inbound, quality, inputChain, security, errors, tickMs } = counted;
  const { receiverStats, playout } = inbound;
  return {
    packetsLost: receiverStats.lost,
    packetsForged: security.forged,
    packetsReplayed: security.replayed,
    packetsUnsent: errors.unsent,
    packetsUnreceived: errors.unreceived,
    encryption: security.suite ?? null,
    concealedMs: playout.concealedMs,
    correctedMs: playout.correctedMs,
    clippedMs: inputChain.clippedTicks * tickMs,
    jitterMs: receiverStats.jitterMs,
    bufferMs: playout.delayMs,
    echo: quality.echo,
    repairs: repairsOf(counted),
  };
}

const repairsOf = ({ inbound, security, video }: Counted): Repairs => ({
  ...inbound.repairs,
  srtpRestarts: security.restarts,
  srtpMkis: security.otherMkis,
  videoPayloads: video()?.mended ?? 0,
});

/** The far end's media address; null before its first packet. */
export function remoteOf({ inbound, security }: Pick<Counted, "inbound" | "security">): string | null {
  const { latch } = inbound;
  if (latch.address === undefined) return null;
  const { address, port } = security.remote ?? { address: latch.address, port: latch.port };
  return formatHostPort(address, port);
}
