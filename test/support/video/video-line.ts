// A line of video of the test phone: a camera that shows one colour, and a screen that keeps the picture that came last.
// A pair of UDP ports for RTP and RTCP, H.264 or VP8 by the first payload type that both have.
//
//   PictureEncoder ─▶ Packetizer ─▶ socket      socket ─▶ FrameAssembler ─▶ PictureDecoder ─▶ `picture`
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { FrameAssembler } from "../../../media/video/payload/index.ts";
import type { VideoCodecName, VideoContent, VideoFrame } from "../../../media/video/types.ts";
import { isRtcp, type RtpPacket, readRtp } from "../phone/rtp.ts";
import { newSrtpKey, readCryptoLine, SrtcpStream, SrtpStream, writeCryptoLine } from "../phone/srtp.ts";
import type { MediaSection, VideoPart } from "../phone/video-part.ts";
import { eventually } from "../phone/waiting.ts";
import { freePort } from "../ports.ts";
import { type Colour, type ColourName, colours } from "./colours.ts";
import { type Picture, PictureDecoder } from "./picture-decoder.ts";
import { readFeedback, type VideoFeedbackCounts, writeNack, writePli, writeReceiverReport } from "./rtcp.ts";
import {
  type LineFormat,
  type LineTerms,
  ownFormats,
  readFormats,
  takesVideo,
  understandsNack,
  writeLine,
} from "./video-formats.ts";
import { type SenderOptions, VideoSender } from "./video-sender.ts";

export interface VideoLineOptions extends SenderOptions {
  readonly colour: ColourName;
  /** The best first. */
  readonly codecs?: readonly VideoCodecName[];
  readonly packetizationMode?: 0 | 1;
  /** Retransmission, both ways. */
  readonly nack?: boolean;
  readonly content?: VideoContent;
  readonly direction?: LineTerms["direction"];
  /** What it takes, `b=AS`. */
  readonly takesKbps?: number;
  /** Offers `RTP/SAVP` with a key of SDES, and takes nothing that is in the clear. */
  readonly srtp?: boolean;
  readonly address?: string;
}

/** Both directions of SRTP and SRTCP. */
interface Keys {
  readonly ours: { readonly rtp: SrtpStream; readonly rtcp: SrtcpStream };
  readonly theirs: { readonly rtp: SrtpStream; readonly rtcp: SrtcpStream };
}

/** A point of a picture, fractions of width and height, and the colour that is to be there; `other`: none of the test's. */
export type Spot = readonly [x: number, y: number, colour: ColourName | "other"];

interface Receiving {
  readonly codec: VideoCodecName;
  readonly assembler: FrameAssembler;
  readonly decoder: PictureDecoder;
}

export class VideoLine implements VideoPart {
  /** That came last. */
  picture: Picture | undefined;
  readonly counts = {
    received: 0,
    frames: 0,
    keyFrames: 0,
    pictures: 0,
    keyFrameRequests: 0,
    lostOnPurpose: 0,
  };
  /** What they asked for. */
  readonly feedback: VideoFeedbackCounts = { pli: 0, fir: 0, nacked: [], senderReports: 0 };
  /** Of our packets, and of theirs, that get lost. */
  lossPercent = { sent: 0, received: 0 };
  /** Told of every frame before it is decoded. */
  onFrame: (frame: VideoFrame) => void = () => {};
  /** Told of every picture; `timestamp`: of its packets. */
  onPicture: (picture: Picture, timestamp: number) => void = () => {};
  readonly #options: VideoLineOptions;
  readonly #terms: LineTerms;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #formats = new Map<number, VideoCodecName>();
  readonly #timer: NodeJS.Timeout;
  #theirs: MediaSection | undefined;
  #hasNack = false;
  #sender: VideoSender | undefined;
  #receiving: Receiving | undefined;
  readonly #srtpKey = newSrtpKey();
  #keys: Keys | undefined;
  #remoteSsrc: number | undefined;
  #colour: Colour;
  #isSending = true;
  #random = 1;
  #isClosed = false;

  /** Binds its ports; sends once a call has connected it. */
  static async open(options: VideoLineOptions): Promise<VideoLine> {
    const port = await freePort();
    const address = options.address ?? "127.0.0.1";
    return new VideoLine(options, await bind(port, address), await bind(port + 1, address));
  }

  private constructor(options: VideoLineOptions, rtp: Socket, rtcp: Socket) {
    this.#options = options;
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.#colour = colours[options.colour];
    const {
      codecs = ["H264", "VP8"],
      packetizationMode = 1,
      nack = false,
      content,
      takesKbps: kbps,
    } = options;
    const direction = options.direction ?? "sendrecv";
    this.#terms = { port: rtp.address().port, codecs, packetizationMode, nack, content, direction, kbps };
    rtp.on("message", (data) => this.#receive(data));
    rtcp.on("message", (data) => this.#hear(data));
    this.#timer = setInterval(() => this.#receiving?.assembler.expire(performance.now()), 20);
  }

  /** By which it sends; undefined until a description has come that takes video. */
  get codec(): VideoCodecName | undefined {
    return this.#sender?.format.codec;
  }

  get sent(): VideoSender["counts"] | undefined {
    return this.#sender?.counts;
  }

  /** Which codec their packets are of. */
  get receivedCodec(): VideoCodecName | undefined {
    return this.#receiving?.codec;
  }

  /** From the next picture on. */
  set colour(name: ColourName) {
    this.#colour = colours[name];
    if (this.#sender) this.#sender.colour = this.#colour;
  }

  /** Asked before every picture that is sent; until then, and where it says nothing, the colour stays. */
  set paint(paint: () => ColourName | undefined) {
    if (this.#sender) {
      this.#sender.paint = () => {
        const name = paint();
        return name && colours[name];
      };
    }
  }

  /** False: nothing is sent until it is true again. */
  set sending(value: boolean) {
    this.#isSending = value;
    if (this.#sender) this.#sender.sending = value;
  }

  /** Goes on with pictures of another size. */
  resize(width: number, height: number): void {
    this.#sender?.resize(width, height);
  }

  /** Goes on with timestamps that are so many ticks of 90 kHz off. */
  jump(ticks: number): void {
    this.#sender?.jump(ticks);
  }

  /** What becomes of every coded picture from now on; undefined: nothing. */
  set damage(damage: ((data: Uint8Array) => Uint8Array) | undefined) {
    if (this.#sender) this.#sender.damage = damage ?? ((data) => data);
  }

  /** Waits until a picture has these colours at these points; fails with what was there instead. */
  async shows(spots: readonly Spot[], limitMs?: number): Promise<Picture> {
    const matches = (picture: Picture) =>
      spots.every(([x, y, colour]) => (picture.nameAt(x, y) ?? "other") === colour);
    return eventually(
      () => (this.picture && matches(this.picture) ? this.picture : undefined),
      () => `picture with ${JSON.stringify(spots)}: ${this.#seenAt(spots)}`,
      { ...(limitMs !== undefined && { limitMs }), everyMs: 20 },
    );
  }

  offer(): string[] {
    const formats = ownFormats(this.#terms);
    for (const { payloadType, codec } of formats) this.#formats.set(payloadType, codec);
    if (!this.#options.srtp) return writeLine(this.#terms, formats);
    const crypto = writeCryptoLine({ tag: 1, key: this.#srtpKey });
    return [...writeLine(this.#terms, formats, "RTP/SAVP"), crypto];
  }

  answer(theirs: MediaSection): string[] {
    const format = this.#chosen(theirs);
    if (!format) return [`m=video 0 ${theirs.protocol} ${theirs.formats.join(" ")}`];
    return writeLine(this.#terms, [format], theirs.protocol);
  }

  connect(theirs: MediaSection): void {
    if (this.#isClosed) return;
    this.#theirs = theirs;
    if (this.#options.srtp) this.#secure(theirs);
    this.#hasNack = this.#terms.nack && understandsNack(theirs);
    for (const { payloadType, codec } of readFormats(theirs)) this.#formats.set(payloadType, codec);
    const format = takesVideo(theirs) && this.#sends ? this.#chosen(theirs) : undefined;
    if (format?.payloadType === this.#sender?.format.payloadType) return;
    this.#sender?.close();
    this.#sender =
      format && new VideoSender(format, this.#target, { ...this.#options, colour: this.#colour });
    if (this.#sender) this.#sender.sending = this.#isSending;
  }

  /** Bytes as they are from the RTP port: for hostile tests. */
  sendRaw(data: Uint8Array): void {
    if (this.#theirs) this.#rtp.send(data, this.#theirs.port, this.#theirs.address);
  }

  requestKeyFrame(): void {
    this.counts.keyFrameRequests += 1;
    if (this.#remoteSsrc !== undefined) this.#report((ours, theirs) => writePli(ours, theirs));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#sender?.close();
    this.#receiving?.decoder.free();
    this.#rtp.close();
    this.#rtcp.close();
  }

  #secure({ lines }: MediaSection): void {
    const theirs = lines.map(readCryptoLine).find((line) => line !== undefined)?.key;
    const streams = (key: Buffer) => ({ rtp: new SrtpStream(key), rtcp: new SrtcpStream(key) });
    this.#keys = theirs && { ours: streams(this.#srtpKey), theirs: streams(theirs) };
  }

  get #sends(): boolean {
    return this.#terms.direction === "sendrecv" || this.#terms.direction === "sendonly";
  }

  #chosen(theirs: MediaSection): LineFormat | undefined {
    return readFormats(theirs).find(({ codec }) => this.#terms.codecs.includes(codec));
  }

  get #target() {
    return {
      sendRtp: (packet: Buffer) => {
        const data = this.#options.srtp ? this.#keys?.ours.rtp.protect(packet) : packet;
        if (data && !this.#isLost(this.lossPercent.sent)) this.sendRaw(data);
      },
      sendRtcp: (packet: Buffer) => this.#sendRtcp(packet),
    };
  }

  #sendRtcp(packet: Buffer): void {
    const theirs = this.#theirs;
    if (!theirs || this.#isClosed) return;
    const said = theirs.lines
      .map((line) => /^a=rtcp:(\d+)/.exec(line)?.[1])
      .find((port) => port !== undefined);
    const data = this.#options.srtp ? this.#keys?.ours.rtcp.protect(packet) : packet;
    if (data) this.#rtcp.send(data, Number(said ?? theirs.port + 1), theirs.address);
  }

  #report(write: (ours: number, theirs: number) => Buffer): void {
    const ours = this.#sender?.ssrc ?? 1;
    this.#sendRtcp(Buffer.concat([writeReceiverReport(ours), write(ours, this.#remoteSsrc ?? 0)]));
  }

  #receive(data: Buffer): void {
    const plain = this.#options.srtp && !isRtcp(data) ? this.#keys?.theirs.rtp.open(data) : data;
    const packet = plain && (isRtcp(plain) ? this.#hear(plain) : readRtp(plain));
    const codec = packet && this.#formats.get(packet.payloadType);
    if (!packet || !codec) return;
    if (this.#isLost(this.lossPercent.received)) return;
    this.counts.received += 1;
    if (this.#receiving?.codec !== codec) this.#begin(codec);
    else if (this.#remoteSsrc !== packet.ssrc) this.#receiving.assembler.restart();
    this.#remoteSsrc = packet.ssrc;
    this.#insert(packet);
  }

  #insert({ sequence, timestamp, marker, payload }: RtpPacket): void {
    this.#receiving?.assembler.insert({ sequence, timestamp, marker, payload, at: performance.now() });
  }

  #begin(codec: VideoCodecName): void {
    this.#receiving?.decoder.free();
    const decoder = new PictureDecoder(codec);
    const listener = {
      onFrame: (frame: VideoFrame) => this.#show(frame, decoder),
      onMissing: (sequences: readonly number[]) =>
        this.#report((ours, theirs) => writeNack(ours, theirs, sequences)),
      onKeyFrameNeeded: () => this.requestKeyFrame(),
      onFrameDropped: () => {},
    };
    this.#receiving = {
      codec,
      decoder,
      assembler: new FrameAssembler(codec, listener, { nack: this.#hasNack }),
    };
  }

  #show(frame: VideoFrame, decoder: PictureDecoder): void {
    this.counts.frames += 1;
    if (frame.key) this.counts.keyFrames += 1;
    this.onFrame(frame);
    const picture = decoder.decode(frame);
    if (!picture) return;
    this.counts.pictures += 1;
    this.picture = picture;
    this.onPicture(picture, frame.timestamp);
  }

  #hear(received: Buffer): undefined {
    const data = this.#options.srtp ? this.#keys?.theirs.rtcp.open(received) : received;
    if (!data) return;
    const asked = this.feedback.pli + this.feedback.fir;
    const nacked = this.feedback.nacked.length;
    readFeedback(data, this.feedback);
    if (this.feedback.pli + this.feedback.fir > asked) this.#sender?.requestKeyFrame();
    if (this.#hasNack) this.#sender?.sendAgain(this.feedback.nacked.slice(nacked));
  }

  #isLost(percent: number): boolean {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0;
    const isLost = (this.#random / 2 ** 32) * 100 < percent;
    if (isLost) this.counts.lostOnPurpose += 1;
    return isLost;
  }

  #seenAt(spots: readonly Spot[]): string {
    const { picture, counts } = this;
    if (!picture) return `no picture at all (${JSON.stringify(counts)})`;
    const seen = spots.map(([x, y]) => picture.nameAt(x, y) ?? JSON.stringify(picture.colourAt(x, y)));
    return `${picture.width} × ${picture.height}, ${seen.join(", ")} (${JSON.stringify(counts)})`;
  }
}

async function bind(port: number, address: string): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(port, address);
  await once(socket, "listening");
  socket.on("error", () => {});
  return socket;
}
