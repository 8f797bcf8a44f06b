// A leg's RTCP: reports every five seconds, randomised so that legs do not report at the same time (RFC 3550 §6.2,
// §6.3), goodbye at the end, and what the far end reports of our stream. Runs on its own timer, outside the
// tick. Believes the addresses of the latched source and of the SDP, and a sender that names an SSRC that only the two ends
// know; only the latter moves where reports go. SSRCs can be guessed, dozens in a datagram: from elsewhere than where the
// far end's reports come from, a few datagrams a second are looked at, and guessing one of 2^32 takes weeks.
import { randomBytes } from "node:crypto";
import type { Clock, Timer } from "#common";
import { formatOf } from "../codec/index.ts";
import type { LegDump } from "../record/index.ts";
import {
  compactNtp,
  emptyRtcpFindings,
  emptyRtcpReport,
  emptyVoipMetrics,
  LastSenderReport,
  type MediaAddress,
  maxFeedbackBytes,
  maxRtcpBytes,
  type RtcpReport,
  readRtcp,
  readTransportSequence,
  readVoipMetrics,
  roundTripMs,
  TransportFeedback,
  type VoipMetrics,
  writeRtcp,
  writeVoipMetrics,
} from "../rtp/index.ts";
import type { AudioPlan } from "../sdp/index.ts";
import type { Inbound } from "./inbound.ts";
import type { Outbound } from "./outbound.ts";
import type { SocketPair } from "./ports.ts";

const intervalMs = 5000;
/** How long what the far end reported is taken for what it hears now: five intervals, as RFC 3550 §6.3.5 waits. */
const reportCountsMs = 5 * intervalMs;
/** Datagrams that may prove another address: in the long run one in so many milliseconds, and so many at once. */
const proofEveryMs = 100;
const proofsAtOnce = 20;

export interface ReportsOptions {
  readonly clock: Clock;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  readonly sockets: SocketPair;
  /** 0 … 1, for the interval. */
  readonly random: () => number;
  /** What came and went without the leg's objects is to be counted before it is reported. */
  readonly settle: () => void;
  /** The far end ends its stream. */
  readonly onBye: () => void;
  /** The far end says how much of our stream it lost, per cent. */
  readonly onLoss: (percent: number) => void;
  /** Fills in what we say of the far end's stream in extended reports. */
  readonly describe: (told: VoipMetrics) => void;
  /** Of our stream; a random one when undefined. */
  readonly cname?: string | undefined;
}

export class Reports {
  /** Is shown every report of ours. */
  dump: LegDump | undefined;
  remoteLossPercent: number | null = null;
  remoteJitterMs: number | null = null;
  roundTripMs: number | null = null;
  /** Monotonic milliseconds of the last RTCP that was believed; undefined before the first. */
  lastPacketAt: number | undefined;
  /** Datagrams that were no RTCP, or not from our far end. */
  ignored = 0;
  /** Reports of the far end's audio stream or about ours; and those that show further packets of ours to have arrived. */
  received = 0;
  ofAudio = 0;
  /** The highest sequence number of ours that a report has named. */
  #highestReported: number | undefined;
  readonly #options: ReportsOptions;
  readonly #buffer = new Uint8Array(maxRtcpBytes + maxFeedbackBytes);
  readonly #findings = emptyRtcpFindings();
  readonly #ours = emptyVoipMetrics();
  readonly #theirs = emptyVoipMetrics();
  #theyTell = false;
  /** When the far end last said anything of our stream. */
  #reportedAt: number | undefined;
  readonly #report: RtcpReport;
  #timer: Timer | undefined;
  #plan: AudioPlan | undefined;
  /** Of what we send. */
  #clockRate = 8000;
  #learntPort: number | undefined;
  #proofs = proofsAtOnce;
  #proofsAt = 0;
  /** When the far end's packets came, for those that wish to be told. */
  #arrivals: TransportFeedback | undefined;
  #packetsAtReport = 0;
  readonly #lastSenderReport = new LastSenderReport();

  constructor(options: ReportsOptions) {
    this.#options = options;
    // Random, and for this leg alone: it identifies no user (RFC 7022).
    const cname = options.cname ?? randomBytes(12).toString("base64url");
    this.#report = emptyRtcpReport(options.outbound.ssrc, cname);
  }

  /** The name of our stream (RFC 7022). */
  get cname(): string {
    return this.#report.cname;
  }

  /** The far end has said of late how it receives us. */
  get current(): boolean {
    return (
      this.#reportedAt !== undefined && this.#options.clock.monotonic() - this.#reportedAt < reportCountsMs
    );
  }

  /** What the far end's last extended report said of our stream. */
  get theirMetrics(): Readonly<VoipMetrics> | undefined {
    return this.#theyTell ? this.#theirs : undefined;
  }

  configure(plan: AudioPlan): void {
    if (plan.remote.rtcpPort !== this.#plan?.remote.rtcpPort) this.#learntPort = undefined;
    const first = this.#plan === undefined;
    this.#plan = plan;
    this.#clockRate = formatOf(plan.codec).clockRate;
    if (first) this.#arm(intervalMs / 2);
  }

  /**
   * A packet of media, of the far end for sure, on a transport whose arrivals are told: those of the last 200 ms with the packet
   * that ends them, so that no timer runs for it. `at`: when it arrived, monotonic milliseconds.
   */
  onMedia(packet: Uint8Array, at = this.#options.clock.monotonic()): void {
    const id = this.#plan?.extensions?.transportSequence;
    const sequence = id === undefined ? undefined : readTransportSequence(packet, id);
    const source = this.#options.inbound.source.ssrc;
    if (sequence !== undefined) this.onArrival(sequence, source, at);
  }

  /** A packet of that number in its transport has come, of whatever medium; `source` is its SSRC. */
  onArrival(sequence: number, source: number | undefined, at = this.#options.clock.monotonic()): void {
    this.#arrivals ??= new TransportFeedback();
    if (this.#arrivals.note(sequence, at) && source !== undefined) {
      this.#sendFeedback(this.#arrivals, source, at);
    }
  }

  /** `at`: when the packet arrived, monotonic milliseconds. */
  onPacket(packet: Uint8Array, from: MediaAddress, at = this.#options.clock.monotonic()): void {
    this.#options.settle();
    const { inbound, outbound } = this.#options;
    const findings = this.#findings;
    if (!readRtcp(packet, outbound.ssrc, findings)) {
      this.ignored += 1;
      return;
    }
    const known = from.address === inbound.latch.address || from.address === this.#plan?.remote.address;
    const mayProve = (known && from.port === this.#port) || this.#takeProof(at);
    const proves = mayProve && (findings.hasBlock || findings.senderSsrc === inbound.source.ssrc);
    if (!known && !proves) {
      this.ignored += 1;
      return;
    }
    this.lastPacketAt = at;
    if (proves) inbound.latch.prove(from.address, at);
    if (proves && from.address === inbound.latch.targetAddress) this.#learntPort = from.port;
    // With several media on one transport each has reports of its own.
    if (findings.hasSenderReport && findings.senderSsrc === (inbound.source.ssrc ?? findings.senderSsrc)) {
      this.#lastSenderReport.take(findings, at);
    }
    const ofAudio = findings.hasBlock || findings.senderSsrc === (inbound.source.ssrc ?? findings.senderSsrc);
    if (findings.hasReport && ofAudio) this.received += 1;
    if (findings.hasBlock) this.#readBlock(at);
    if (readVoipMetrics(packet, outbound.ssrc, this.#theirs)) {
      this.#theyTell = true;
      this.#reportedAt = at;
    }
    if (proves && findings.hasBye && findings.senderSsrc === inbound.source.ssrc) this.#options.onBye();
  }

  /** Says goodbye; nothing is sent after it. Repeating it does nothing. */
  close(): void {
    if (!this.#timer) return;
    this.#timer.cancel();
    this.#timer = undefined;
    this.#send(true);
  }

  /** Where the far end's reports come from, as far as is known, and ours go to. */
  get #port(): number | undefined {
    const plan = this.#plan;
    if (plan?.rtcpMux) return this.#options.inbound.latch.targetPort;
    return this.#learntPort ?? plan?.remote.rtcpPort;
  }

  /** Whether one more datagram from elsewhere is looked at. */
  #takeProof(at: number): boolean {
    const won = Math.max(0, at - this.#proofsAt) / proofEveryMs;
    this.#proofs = Math.min(proofsAtOnce, this.#proofs + won);
    this.#proofsAt = at;
    if (this.#proofs < 1) return false;
    this.#proofs -= 1;
    return true;
  }

  #readBlock(at: number): void {
    const findings = this.#findings;
    const { clock } = this.#options;
    this.#reportedAt = at;
    // Some never fill in the number.
    if (findings.extendedHighest === 0 || findings.extendedHighest !== this.#highestReported)
      this.ofAudio += 1;
    this.#highestReported = findings.extendedHighest;
    this.remoteLossPercent = (findings.fractionLost * 100) / 256;
    this.#options.onLoss(this.remoteLossPercent);
    this.remoteJitterMs = (findings.jitter * 1000) / this.#clockRate;
    // The wall clock counts whole milliseconds: rounded up, no report arrives before it was caused.
    const arrivedAt = Math.ceil(clock.now() - (clock.monotonic() - at));
    const roundTrip = roundTripMs(findings, compactNtp(arrivedAt));
    if (roundTrip !== undefined) this.roundTripMs = roundTrip;
  }

  readonly #onTimer = (): void => {
    this.#send(false);
    this.#arm(intervalMs);
  };

  #arm(meanMs: number): void {
    this.#timer = this.#options.clock.after(meanMs * (0.5 + this.#options.random()), this.#onTimer);
  }

  #send(bye: boolean): void {
    this.#options.settle();
    const { inbound } = this.#options;
    const address = inbound.latch.targetAddress;
    const plan = this.#plan;
    if (!plan || address === undefined) return;
    this.#fillReport(bye);
    this.#emit(this.#write(plan), address);
  }

  /** Behind a report without blocks and our name: feedback alone needs terms of its own (RFC 5506). */
  #sendFeedback(arrivals: TransportFeedback, source: number, now: number): void {
    const address = this.#options.inbound.latch.targetAddress;
    if (!this.#timer || address === undefined) return;
    const report = this.#report;
    report.bye = report.sending = false;
    report.sourceSsrc = undefined;
    const end = writeRtcp(this.#buffer, report);
    this.#emit(arrivals.write(this.#buffer, end, { sender: report.ssrc, source, now }), address);
  }

  /** Sends what stands in the buffer. */
  #emit(length: number, address: string): void {
    const { sockets } = this.#options;
    const mux = this.#plan?.rtcpMux === true;
    const packet = this.#buffer.subarray(0, length);
    const port = this.#port!;
    this.dump?.sent(packet, { address, port }, mux ? sockets.port : sockets.port + 1);
    (mux ? sockets.rtp : sockets.rtcp).send(packet, port, address);
  }

  /** Extended reports are for those who announce or send them; nothing stands behind a goodbye. */
  #write(plan: AudioPlan): number {
    const end = writeRtcp(this.#buffer, this.#report);
    const wanted = (plan.voipMetrics === true || this.#theyTell) && !this.#report.bye;
    if (!wanted || this.#report.sourceSsrc === undefined) return end;
    this.#options.describe(this.#ours);
    return writeVoipMetrics(this.#buffer, end, this.#report.ssrc, this.#ours);
  }

  #fillReport(bye: boolean): void {
    const { clock, inbound, outbound } = this.#options;
    const report = this.#report;
    report.bye = bye;
    report.wallMs = clock.now();
    report.sending = outbound.packetsSent !== this.#packetsAtReport;
    report.rtpTimestamp = outbound.timestamp;
    report.packetsSent = outbound.packetsSent;
    report.octetsSent = outbound.octetsSent;
    this.#packetsAtReport = outbound.packetsSent;
    report.sourceSsrc = inbound.source.ssrc;
    report.fractionLost = inbound.receiverStats.takeFractionLost();
    report.cumulativeLost = inbound.receiverStats.streamLost;
    report.extendedHighest = inbound.receiverStats.extendedHighest;
    report.jitter = inbound.receiverStats.jitter;
    this.#lastSenderReport.fill(report, clock.monotonic());
  }
}
