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
/** How long a report of the far end counts as current: five intervals, as the timeout of RFC 3550 §6.3.5. */
const reportCountsMs = 5 * intervalMs;
/** The rate limit of datagrams that may prove another address: the interval in milliseconds, and the burst. */
const proofEveryMs = 100;
const proofsAtOnce = 20;

export interface ReportsOptions {
  readonly clock: Clock;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  readonly sockets: SocketPair;
  /** 0 … 1, for the interval. */
  readonly random: () => number;
  /** Called before a report is written: counts the packets that were handled without the leg's objects. */
  readonly settle: () => void;
  /** The far end ends its stream. */
  readonly onBye: () => void;
  /** The far end reports the loss of our stream, per cent. */
  readonly onLoss: (percent: number) => void;
  /** Fills in the metrics of the far end's stream for extended reports. */
  readonly describe: (told: VoipMetrics) => void;
  /** The CNAME of our stream; a random one when undefined. */
  readonly cname?: string | undefined;
}

export class Reports {
  /** Receives every report that is sent. */
  dump: LegDump | undefined;
  remoteLossPercent: number | null = null;
  remoteJitterMs: number | null = null;
  roundTripMs: number | null = null;
  /** Monotonic milliseconds of the last RTCP that was accepted; undefined before the first. */
  lastPacketAt: number | undefined;
  /** Datagrams that were no RTCP, or not from the far end. */
  ignored = 0;
  /** Reports of the far end's audio stream or about ours; then those that confirm the arrival of further packets of ours. */
  received = 0;
  ofAudio = 0;
  /** The highest sequence number of ours in a report. */
  #highestReported: number | undefined;
  readonly #options: ReportsOptions;
  readonly #buffer = new Uint8Array(maxRtcpBytes + maxFeedbackBytes);
  readonly #findings = emptyRtcpFindings();
  readonly #ours = emptyVoipMetrics();
  readonly #theirs = emptyVoipMetrics();
  #theyTell = false;
  /** When the far end last reported about our stream. */
  #reportedAt: number | undefined;
  readonly #report: RtcpReport;
  #timer: Timer | undefined;
  #plan: AudioPlan | undefined;
  /** The RTP clock rate of our stream. */
  #clockRate = 8000;
  #learntPort: number | undefined;
  #proofs = proofsAtOnce;
  #proofsAt = 0;
  /** The arrival times of the far end's packets, if transport feedback is negotiated. */
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

  /** Whether the far end has recently reported how it receives us. */
  get current(): boolean {
    return (
      this.#reportedAt !== undefined && this.#options.clock.monotonic() - this.#reportedAt < reportCountsMs
    );
  }

  /** The metrics of our stream in the far end's last extended report. */
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
   * A media packet of the far end on a transport with transport feedback. Feedback is sent when a packet arrives at least 200 ms
   * after the last feedback, so that it needs no timer. `at`: when the packet arrived, monotonic milliseconds.
   */
  onMedia(packet: Uint8Array, at = this.#options.clock.monotonic()): void {
    const id = this.#plan?.extensions?.transportSequence;
    const sequence = id === undefined ? undefined : readTransportSequence(packet, id);
    const source = this.#options.inbound.source.ssrc;
    if (sequence !== undefined) this.onArrival(sequence, source, at);
  }

  /** A packet with this transport sequence number has come, audio or video; `source` is its SSRC. */
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
    // With several media on one transport each has its own reports.
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

  /** Sends BYE; nothing is sent after it. Idempotent. */
  close(): void {
    if (!this.#timer) return;
    this.#timer.cancel();
    this.#timer = undefined;
    this.#send(true);
  }

  /** The far end's RTCP port, as far as it is known: the destination of our reports. */
  get #port(): number | undefined {
    const plan = this.#plan;
    if (plan?.rtcpMux) return this.#options.inbound.latch.targetPort;
    return this.#learntPort ?? plan?.remote.rtcpPort;
  }

  /** Whether the rate limit permits another datagram from an unknown address. */
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
    // Some far ends never fill in the number.
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

  /** Feedback follows a report without blocks and our CNAME: sending it alone would need negotiation (RFC 5506). */
  #sendFeedback(arrivals: TransportFeedback, source: number, now: number): void {
    const address = this.#options.inbound.latch.targetAddress;
    if (!this.#timer || address === undefined) return;
    const report = this.#report;
    report.bye = report.sending = false;
    report.sourceSsrc = undefined;
    const end = writeRtcp(this.#buffer, report);
    this.#emit(arrivals.write(this.#buffer, end, { sender: report.ssrc, source, now }), address);
  }

  /** Sends the first `length` bytes of the buffer. */
  #emit(length: number, address: string): void {
    const { sockets } = this.#options;
    const mux = this.#plan?.rtcpMux === true;
    const packet = this.#buffer.subarray(0, length);
    const port = this.#port!;
    this.dump?.sent(packet, { address, port }, mux ? sockets.port : sockets.port + 1);
    (mux ? sockets.rtp : sockets.rtcp).send(packet, port, address);
  }

  /** Extended reports are written for far ends that announce or send them; nothing follows a BYE. */
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
