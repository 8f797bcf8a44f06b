// The quality statistics of one leg: lost, concealed, corrected and clipped audio, an opinion score for each direction, and
// echo. Counters are updated every tick and evaluated every five seconds; they also fill the VoIP metrics of RTCP XR (RFC 3611).
import { EchoDetector, mosOf, rating, toDbov } from "../dsp/index.ts";
import type { PullOutcome } from "../jitter/index.ts";
import { mosBounds } from "../protocol.ts";
import type { VoipMetrics } from "../rtp/index.ts";
import type { AudioPlan } from "../sdp/index.ts";
import type { Inbound } from "./inbound.ts";
import type { InputChain } from "./input-chain.ts";
import type { Reports } from "./reports.ts";
import type { Totals } from "./totals.ts";

export interface QualityOptions {
  readonly tickMs: number;
  readonly totals: Totals;
  readonly inbound: Inbound;
  readonly reports: Reports;
  readonly inputChain: InputChain;
}

const intervalMs = 5000;
/** The delay that is not measured: the far end's codec and sound card. */
const elsewhereMs = 15;
/** The assumed delay of the far end's jitter buffer, if it does not report it. */
const theirBufferMs = 40;
const maxBufferMs = 200;
/** A sine of 0 dBm0 in G.711 is this far below full scale, in dB. */
const dbm0ToDbov = 6.15;

/** The counters at the end of an interval. */
interface Mark {
  received: number;
  lost: number;
  late: number;
  concealedMs: number;
}

export class LegQuality {
  /** How often the jitter buffer ran dry while the source was sending. */
  starvations = 0;
  /** The score of the received audio in the last five seconds; undefined before the first interval, or when nothing came. */
  mos: number | undefined;
  readonly #options: QualityOptions;
  readonly #echo: EchoDetector;
  readonly #ticksPerInterval: number;
  readonly #mark: Mark = { received: 0, lost: 0, late: 0, concealedMs: 0 };
  #plan: AudioPlan | undefined;
  #starving = false;
  #ticks = 0;
  #scored = 0;
  #scores = 0;
  #rating: number | undefined;

  constructor(options: QualityOptions) {
    this.#options = options;
    this.#echo = new EchoDetector(options.tickMs);
    this.#ticksPerInterval = Math.round(intervalMs / options.tickMs);
  }

  configure(plan: AudioPlan): void {
    this.#plan = plan;
  }

  /** Once a tick: the result of the jitter buffer, its mean square, and the mean square of the audio that was sent last. */
  tick(pulled: PullOutcome, level: number, sent: number): void {
    const starving = pulled === "concealed" && this.#options.inbound.playout.starving;
    if (starving && !this.#starving) {
      this.starvations += 1;
      this.#options.totals.starvations += 1;
    }
    this.#starving = starving;
    this.#echo.update(level, sent);
    this.#ticks += 1;
    if (this.#ticks % this.#ticksPerInterval === 0) this.#conclude();
  }

  get echo(): boolean {
    return this.#echo.suspected;
  }

  get echoDelayMs(): number | null {
    return this.#echo.suspected ? this.#echo.delayMs : null;
  }

  /** The mean score of the whole call; null before the first interval. */
  get meanMos(): number | null {
    return this.#scored === 0 ? null : this.#scores / this.#scored;
  }

  /** The score of our audio at the far end: as it reports, or estimated from its reports; null while there are none. */
  get remoteMos(): number | null {
    const { reports } = this.#options;
    if (!reports.current) return null;
    const told = reports.theirMetrics;
    if (told?.mosConversational !== undefined) return told.mosConversational;
    if (told?.mosListening !== undefined) return told.mosListening;
    if (!this.#plan || reports.remoteLossPercent === null) return null;
    const loss = reports.remoteLossPercent / 100;
    const delayMs = this.#networkMs + theirBufferMs + this.#plan.ptimeMs + elsewhereMs;
    return mosOf(rating({ codec: this.#plan.codec, loss, delayMs }));
  }

  get lossPercent(): number {
    const { lost, received } = this.#options.inbound.receiverStats;
    return (100 * lost) / Math.max(1, lost + received);
  }

  get concealedPercent(): number {
    const { inbound, tickMs } = this.#options;
    return this.#ticks === 0 ? 0 : (100 * inbound.playout.concealedMs) / (this.#ticks * tickMs);
  }

  /** Fills in the metrics of the stream that we receive. */
  describe(told: VoipMetrics): void {
    const { inbound, reports, inputChain } = this.#options;
    const { receiverStats, playout } = inbound;
    const { runs } = receiverStats;
    const packets = Math.max(1, receiverStats.lost + receiverStats.received);
    const packetMs = this.#plan?.ptimeMs ?? 20;
    told.ssrc = inbound.source.ssrc ?? 0;
    told.loss = receiverStats.lost / packets;
    told.discard = playout.late / packets;
    told.burstDensity = runs.burstLosses / Math.max(1, runs.burstPackets);
    told.gapDensity = runs.gapLosses / Math.max(1, runs.gapPackets);
    told.burstMs = (runs.burstPackets * packetMs) / Math.max(1, runs.bursts);
    told.gapMs = (runs.gapPackets * packetMs) / (runs.bursts + 1);
    told.roundTripMs = reports.roundTripMs ?? 0;
    told.endSystemMs = playout.delayMs + packetMs;
    told.signalLevel = dbm0(inputChain.gain.voiceDbov);
    told.noiseLevel = dbm0(toDbov(inputChain.floor.level));
    told.rating = this.#rating;
    told.mosListening = this.#rating === undefined ? undefined : mosOf(this.#rating);
    told.mosConversational = told.mosListening;
    told.bufferMs = playout.delayMs;
    told.maxBufferMs = maxBufferMs;
  }

  get #networkMs(): number {
    return (this.#options.reports.roundTripMs ?? 0) / 2;
  }

  #conclude(): void {
    const { inbound, totals } = this.#options;
    const { receiverStats, playout } = inbound;
    const mark = this.#mark;
    const received = receiverStats.received - mark.received;
    const missing = Math.max(0, receiverStats.lost - mark.lost) + (playout.late - mark.late);
    const concealedMs = playout.concealedMs - mark.concealedMs;
    mark.received = receiverStats.received;
    mark.lost = receiverStats.lost;
    mark.late = playout.late;
    mark.concealedMs = playout.concealedMs;
    this.mos = undefined;
    this.#rating = undefined;
    if (!this.#plan || received <= 0) return;
    const unheard = concealedMs / intervalMs;
    const loss = Math.max(missing / (received + Math.max(0, missing)), unheard);
    const delayMs = this.#networkMs + playout.delayMs + this.#plan.ptimeMs + elsewhereMs;
    const burstRatio = receiverStats.runs.burstRatio(loss);
    this.#rating = rating({ codec: this.#plan.codec, loss, burstRatio, delayMs });
    this.mos = mosOf(this.#rating);
    this.#scores += this.mos;
    this.#scored += 1;
    countMos(totals, this.mos);
  }
}

function countMos(totals: Totals, mos: number): void {
  let bucket = 0;
  while (bucket < mosBounds.length && mos > mosBounds[bucket]!) bucket += 1;
  totals.mosBuckets[bucket]! += 1;
  totals.mosSum += mos;
}

const dbm0 = (dbov: number | undefined): number | undefined =>
  dbov === undefined ? undefined : dbov + dbm0ToDbov;
