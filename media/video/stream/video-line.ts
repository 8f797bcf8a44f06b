// One line of video of one leg (RFC 8866 §5.14): what it receives, what it is sent, and the RTCP of both. Knows neither rooms
// nor the leg's audio; its transport is given to it.
import type { Clock } from "#common";
import type { VideoStats } from "../../protocol.ts";
import { type MediaAddress, type RtpHeader, StreamSource } from "../../rtp/index.ts";
import type { LocalVideo, VideoPlan } from "../../sdp/index.ts";
import type { PictureSize } from "../payload/index.ts";
import type { VideoCodecName, VideoContent, VideoFormat, VideoFrame } from "../types.ts";
import { LineReports } from "./line-reports.ts";
import { RateMeter } from "./rate-meter.ts";
import { ReceivingStream } from "./receiving-stream.ts";
import { type SendingProgress, SendingStream } from "./sending-stream.ts";
import type { VideoTransport } from "./transport.ts";

/** Receives the events of a media line: the far end's pictures, and its requests about ours. */
export interface LineListener {
  onFrame(line: VideoLine, frame: VideoFrame, codec: VideoCodecName): void;
  /** Pictures have begun to come, or are of another size, or have not come for a second, or are refused from now on. */
  onSending(line: VideoLine, sending: boolean): void;
  /** The far end needs a key frame. */
  onKeyFrameRequested(line: VideoLine): void;
  /** The far end's report about our stream: loss in per cent, or the accepted bitrate in bits a second. */
  onPath(line: VideoLine, told: { readonly lossPercent?: number; readonly remb?: number }): void;
  /** Another format, or another direction, is agreed. */
  onAgreed(line: VideoLine): void;
}

export interface LineOptions {
  readonly clock: Clock;
  readonly content: VideoContent;
  readonly cname: string;
  readonly random: () => number;
  /** The bitrate limit that the far end is asked to keep, kbit/s. */
  readonly kbps: number;
  /** That of a line of another process that this one takes up. */
  readonly place?: LocalVideo | undefined;
  readonly listener: LineListener;
}

/** Without a picture for so long nothing is being sent. A screen that stands still is repeated once a second only. */
const silentMs = { main: 1000, slides: 3000 } as const satisfies Record<VideoContent, number>;
/** The same for a line that another process goes on with: a key frame must be asked for first. */
const resumedSilentMs = 4000;
/** A FIR of the same number is the same request (RFC 5104 §4.3.1.1) for so long; many never change it. */
const firRepeatedMs = 2000;

/** The checkpoint of a media line, from which another process continues it. */
export interface LineCheckpoint {
  readonly out: SendingProgress;
  /** Absent: no pictures came from the far end. */
  readonly shown?: PictureSize;
}

export class VideoLine {
  readonly content: VideoContent;
  readonly source = new StreamSource();
  readonly receiving: ReceivingStream;
  readonly sending: SendingStream;
  /** Of the picture that is sent; the canvas's to keep. */
  size = { width: 0, height: 0 };
  keyFrameRequestsReceived = 0;
  readonly #options: LineOptions;
  readonly #reports: LineReports;
  readonly #in = new RateMeter();
  readonly #out = new RateMeter();
  #transport: VideoTransport | undefined;
  #plan: VideoPlan | undefined;
  #isSending = false;
  #isRefused = false;
  /** As it was told. */
  #toldSize = { width: 0, height: 0 };
  /** Of the last request that was new: its number, and when it came, monotonic milliseconds. */
  #firNumber: number | undefined;
  #firAt = 0;
  /** When it went on for another process, monotonic milliseconds. */
  #resumedAt: number | undefined;

  constructor(options: LineOptions) {
    const { clock, content, cname, random } = options;
    this.#options = options;
    this.content = content;
    this.receiving = new ReceivingStream(this.source, {
      onFrame: (frame, codec) => this.#takeFrame(frame, codec),
      onMissing: (sequences) => this.#reports.askAgain(sequences),
      onKeyFrameDue: () => this.#reports.askForKeyFrame(),
    });
    this.sending = new SendingStream((packet) => this.#transport?.sendRtp(packet), options.place);
    this.#reports = new LineReports({
      ...{ clock, cname, random },
      receiving: this.receiving,
      sending: this.sending,
      send: (packet) => this.#transport?.sendRtcp(packet),
    });
  }

  /** Pictures come from the far end now. */
  get isSending(): boolean {
    return this.#isSending;
  }

  /** No picture of the far end is taken any more. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** The video that the far end accepts; undefined: nothing may be sent to it. */
  get viewing(): VideoFormat | undefined {
    const plan = this.#plan;
    const sends = plan?.direction === "sendrecv" || plan?.direction === "sendonly";
    return sends && this.#transport ? plan.format : undefined;
  }

  /** Payload of the last second. */
  get sentKbps(): number {
    return this.#out.kbps;
  }

  /** The local end of the media line, as SDP describes it. */
  local(port: number): LocalVideo {
    const { ssrc, rtxSsrc } = this.sending;
    return { port, rtcpPort: port + 1, ssrc, rtxSsrc, cname: this.#options.cname };
  }

  /** Undefined: the line is not used any more. */
  configure(plan: VideoPlan | undefined, transport: VideoTransport | undefined): void {
    const receives = plan?.direction === "sendrecv" || plan?.direction === "recvonly";
    this.#plan = transport && plan;
    this.#transport = transport;
    this.receiving.configure(receives && transport ? plan : undefined);
    this.sending.configure(this.#plan);
    this.#reports.configure(this.#plan);
    if (!receives) this.#tellSending(false);
    this.#options.listener.onAgreed(this);
  }

  /** A packet of the far end for sure. `at`: when it came, monotonic milliseconds. */
  onRtp(packet: Uint8Array, header: Readonly<RtpHeader>, at: number): void {
    if (this.receiving.takes(header.payloadType)) this.receiving.onPacket(packet, header, at);
    else this.receiving.passOver(header, at);
  }

  /** False when it says nothing of this line, or comes from a stranger. */
  onRtcp(packet: Uint8Array, from: MediaAddress, at: number): boolean {
    if (!this.#plan || !this.#transport?.knows(from)) return false;
    const said = this.#reports.onPacket(packet, at);
    if (said === "nothing") return false;
    if (said === "bye") {
      this.receiving.end();
      this.#tellSending(false);
    }
    this.#obey(at);
    return true;
  }

  /** Every 20 ms. */
  look(now: number): void {
    const { receiving, sending } = this;
    receiving.expire(now);
    this.#in.look(receiving.octets, now);
    this.#out.look(sending.octetsSent, now);
    const { lastFrameAt } = receiving;
    const silent =
      lastFrameAt === undefined
        ? this.#resumedAt === undefined || now - this.#resumedAt >= resumedSilentMs
        : now - lastFrameAt >= silentMs[this.content];
    if (this.#isSending && silent) this.#tellSending(false);
    const remb = this.#plan?.feedback.remb === true && !this.#plan.feedback.transportCc;
    this.#reports.look(now, remb ? this.#options.kbps * 1000 : undefined);
  }

  /** The size of the received pictures, as last reported; undefined: none are received. */
  get shown(): PictureSize | undefined {
    return this.#isSending ? this.#toldSize : undefined;
  }

  /** A line of another process was so far `ageMs` ago: its pictures count as coming until it shows that they do not. */
  resume({ out, shown }: LineCheckpoint, ageMs: number, now: number): void {
    this.sending.resume(out, ageMs, now);
    this.#resumedAt = now;
    if (!shown) return;
    this.#isSending = true;
    this.#toldSize = shown;
  }

  /** The stream to the far end begins: a report is sent at once, by which the receiver synchronises it with the audio. */
  begin(): void {
    this.#reports.soon();
  }

  stats(): VideoStats {
    const { receiving, sending } = this;
    return {
      codecIn: receiving.codec ?? null,
      codecOut: this.viewing && sending.framesSent > 0 ? this.viewing.codec : null,
      ...this.size,
      receivedWidth: receiving.size.width,
      receivedHeight: receiving.size.height,
      packetsReceived: receiving.receiverStats.received,
      packetsLost: receiving.receiverStats.lost,
      packetsSent: sending.packetsSent,
      packetsRepeated: sending.packetsRepeated,
      packetsIgnored: receiving.ignored,
      framesReceived: receiving.framesReceived,
      framesDropped: receiving.framesDropped,
      dropReason: receiving.dropReason,
      framesSent: sending.framesSent,
      keyFrameRequestsSent: receiving.keyFrames.sent,
      keyFrameRequestsReceived: this.keyFrameRequestsReceived,
      kbpsIn: this.#in.kbps,
      kbpsOut: this.#out.kbps,
      remoteLossPercent: this.#reports.remoteLossPercent,
    };
  }

  /** Refuses all further video of the far end on this media line, because it has crashed the decoding process. */
  refuse(): void {
    this.#isRefused = true;
    this.#isSending = false;
    this.#options.listener.onSending(this, false);
  }

  /** Says goodbye; nothing is sent after it. */
  close(): void {
    this.#reports.bye();
    this.configure(undefined, undefined);
  }

  #takeFrame(frame: VideoFrame, codec: VideoCodecName): void {
    if (this.#isRefused) return;
    this.#tellSending(true);
    this.#options.listener.onFrame(this, frame, codec);
  }

  #tellSending(sending: boolean): void {
    const { size } = this.receiving;
    const same = size.width === this.#toldSize.width && size.height === this.#toldSize.height;
    if (sending === this.#isSending && (same || !sending)) return;
    this.#isSending = sending;
    this.#toldSize = size;
    this.#options.listener.onSending(this, sending);
  }

  #obey(at: number): void {
    const { listener } = this.#options;
    const { feedback } = this.#reports;
    if (this.#reports.hasBlock) listener.onPath(this, { lossPercent: this.#reports.remoteLossPercent! });
    if (!feedback.found || !this.viewing) return;
    if (feedback.missingCount > 0) this.sending.repeat(feedback, at);
    if (feedback.remb !== undefined) listener.onPath(this, { remb: feedback.remb });
    const isNewFir =
      feedback.fir && (feedback.firNumber !== this.#firNumber || at - this.#firAt >= firRepeatedMs);
    if (isNewFir) {
      this.#firNumber = feedback.firNumber;
      this.#firAt = at;
    }
    if (!feedback.pli && !isNewFir) return;
    this.keyFrameRequestsReceived += 1;
    listener.onKeyFrameRequested(this);
  }
}
