// RTCP of one line of video: reports every few seconds under the name of the audio's stream, so that the far end plays both
// together (RFC 3550 §6.4, §6.5.1), and the messages by which a receiver steers a sender (RFC 4585, 5104). Written into one
// buffer; what comes is read in place.
import type { Clock } from "#common";
import {
  emptyFeedbackFindings,
  emptyRtcpFindings,
  emptyRtcpReport,
  type FeedbackFindings,
  LastSenderReport,
  maxRtcpBytes,
  maxVideoFeedbackBytes,
  type RtcpReport,
  readFeedback,
  readRtcp,
  writeFir,
  writeNack,
  writePli,
  writeRemb,
  writeRtcp,
} from "../../rtp/index.ts";
import type { VideoPlan } from "../../sdp/index.ts";
import type { ReceivingStream } from "./receiving-stream.ts";
import type { SendingStream } from "./sending-stream.ts";

const intervalMs = 2000;

export interface LineReportsOptions {
  readonly clock: Clock;
  /** The audio's (RFC 7022). */
  readonly cname: string;
  /** 0 … 1, for the interval. */
  readonly random: () => number;
  readonly receiving: ReceivingStream;
  readonly sending: SendingStream;
  /** The memory is the caller's again on return. */
  readonly send: (packet: Uint8Array) => void;
}

export class LineReports {
  remoteLossPercent: number | null = null;
  readonly feedback: FeedbackFindings = emptyFeedbackFindings();
  readonly #options: LineReportsOptions;
  readonly #findings = emptyRtcpFindings();
  readonly #buffer = new Uint8Array(maxRtcpBytes + 2 * maxVideoFeedbackBytes);
  readonly #report: RtcpReport;
  #plan: VideoPlan | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #packetsAtReport = 0;
  readonly #lastSenderReport = new LastSenderReport();
  #firNumber = 0;

  constructor(options: LineReportsOptions) {
    this.#options = options;
    this.#report = emptyRtcpReport(options.sending.ssrc, options.cname);
  }

  configure(plan: VideoPlan | undefined): void {
    const begins = plan !== undefined && this.#plan === undefined;
    this.#plan = plan;
    if (begins) this.soon();
    if (!plan) this.#dueAt = Number.POSITIVE_INFINITY;
  }

  /** The next report goes out at the next look: what has begun to be sent can be played together with the audio at once. */
  soon(): void {
    this.#dueAt = this.#options.clock.monotonic();
  }

  /** Every so often; sends a report when one is due. `remb`: what the far end is to send at most, bits a second. */
  look(now: number, remb: number | undefined): void {
    if (now < this.#dueAt) return;
    this.#dueAt = now + intervalMs * (0.5 + this.#options.random());
    const end = this.#write(false);
    const source = this.#source;
    const withRemb = remb !== undefined && source !== undefined;
    this.#emit(
      withRemb ? writeRemb(this.#buffer, end, { sender: this.#report.ssrc, source, bitrate: remb }) : end,
    );
  }

  askAgain(sequences: readonly number[]): void {
    const source = this.#source;
    if (source === undefined || sequences.length === 0) return;
    this.#emit(writeNack(this.#buffer, this.#writeBrief(), { sender: this.#report.ssrc, source, sequences }));
  }

  /** PLI where it is understood or nothing is said; FIR where that alone is, and as well where nothing is said. */
  askForKeyFrame(): void {
    const source = this.#source;
    const plan = this.#plan;
    if (source === undefined || !plan) return;
    const { pli, fir } = plan.feedback;
    const sender = this.#report.ssrc;
    let end = this.#writeBrief();
    if (pli || !fir) end = writePli(this.#buffer, end, { sender, source });
    if (!pli) {
      this.#firNumber += 1;
      end = writeFir(this.#buffer, end, { sender, source, number: this.#firNumber });
    }
    this.#emit(end);
  }

  bye(): void {
    if (this.#plan) this.#emit(this.#write(true));
  }

  /**
   * Reads what concerns this line; `feedback` then says what was asked of us. `at`: when it came, monotonic milliseconds.
   */
  onPacket(packet: Uint8Array, at: number): "report" | "bye" | "nothing" {
    const { sending, receiving } = this.#options;
    const findings = this.#findings;
    readFeedback(packet, sending.ssrc, this.feedback);
    if (!readRtcp(packet, sending.ssrc, findings)) return this.feedback.found ? "report" : "nothing";
    const theirs = receiving.source.ssrc !== undefined && findings.senderSsrc === receiving.source.ssrc;
    if (theirs && findings.hasSenderReport) this.#lastSenderReport.take(findings, at);
    if (findings.hasBlock) this.remoteLossPercent = (findings.fractionLost * 100) / 256;
    if (theirs && findings.hasBye) return "bye";
    return theirs || findings.hasBlock || this.feedback.found ? "report" : "nothing";
  }

  /** Whether the packet that was read last says how our stream is received. */
  get hasBlock(): boolean {
    return this.#findings.hasBlock;
  }

  get #source(): number | undefined {
    return this.#options.receiving.source.ssrc;
  }

  /** A report without blocks and our name: feedback alone needs terms of its own (RFC 5506). */
  #writeBrief(): number {
    const report = this.#report;
    report.bye = report.sending = false;
    report.sourceSsrc = undefined;
    return writeRtcp(this.#buffer, report);
  }

  #write(bye: boolean): number {
    const { clock, sending, receiving } = this.#options;
    const { receiverStats } = receiving;
    const report = this.#report;
    const now = clock.monotonic();
    report.bye = bye;
    report.wallMs = clock.now();
    report.sending = sending.packetsSent !== this.#packetsAtReport;
    this.#packetsAtReport = sending.packetsSent;
    report.rtpTimestamp = sending.timestampAt(now);
    report.packetsSent = sending.packetsSent;
    report.octetsSent = sending.octetsSent;
    report.sourceSsrc = this.#source;
    report.fractionLost = receiverStats.takeFractionLost();
    report.cumulativeLost = receiverStats.streamLost;
    report.extendedHighest = receiverStats.extendedHighest;
    report.jitter = receiverStats.jitter;
    this.#lastSenderReport.fill(report, now);
    return writeRtcp(this.#buffer, report);
  }

  #emit(length: number): void {
    this.#options.send(this.#buffer.subarray(0, length));
  }
}
