// A far end with a camera on the memory network, and a compositor that notes what it is asked.

import type { VideoLimits } from "../../../../media/protocol.ts";
import {
  emptyRtpHeader,
  looksLikeRtcp,
  type MediaAddress,
  type RtpHeader,
  readRtpHeader,
  rtpHeaderBytes,
  writeRtpHeader,
  writeUint32,
} from "../../../../media/rtp/index.ts";
import type { VideoPlan } from "../../../../media/sdp/index.ts";
import type {
  Compositor,
  CompositorListener,
  OutputFormat,
  Scene,
} from "../../../../media/video/canvas/index.ts";
import { Packetizer } from "../../../../media/video/payload/index.ts";
import type { VideoFormat, VideoFrame } from "../../../../media/video/types.ts";
import type { MemoryNetwork } from "./memory-network.ts";

export const limits = { width: 1280, height: 720, framerate: 15, kbps: 1000 };

export const vp8: VideoFormat = {
  codec: "VP8",
  packetizationMode: 1,
  profileLevelId: "",
  maxMacroblocks: 8192,
  maxMacroblocksPerSecond: 245_760,
  maxKbps: undefined,
};

/** A frame of VP8 that begins as one: 320 by 180 when it is a key frame, and `bytes` long. */
export function vp8Frame(key: boolean, timestamp: number, bytes = 3000): VideoFrame {
  const data = new Uint8Array(bytes).fill(key ? 0x55 : 0xaa);
  data.set(key ? [0x10, 0, 0, 0x9d, 0x01, 0x2a, 320 & 0xff, 320 >> 8, 180, 0] : [0x11, 0, 0]);
  return { data, key, timestamp };
}

export class FakeCompositor implements Compositor {
  /** What was asked, in order: `output 3 of 1 VP8 1280x720 1000`. */
  readonly asked: string[] = [];
  readonly frames: { source: number; frame: VideoFrame }[] = [];
  readonly outputs = new Map<number, OutputFormat>();
  readonly scenes = new Map<number, Scene>();
  listener!: CompositorListener;
  ended = false;
  figures = { decoded: 7, encodeMs: 3, dropped: 0, deaths: 0 };

  readonly start = (listener: CompositorListener): FakeCompositor => {
    this.listener = listener;
    return this;
  };

  openCanvas = (canvas: number, { width, height, framerate }: VideoLimits): void =>
    void this.asked.push(`canvas ${canvas} ${width}x${height} ${framerate}`);
  closeCanvas = (canvas: number): void => void this.asked.push(`close canvas ${canvas}`);
  setScene = (canvas: number, scene: Scene): void => void this.scenes.set(canvas, scene);
  openSource = (source: number, codec: string): void => void this.asked.push(`source ${source} ${codec}`);
  sendFrame = (source: number, frame: VideoFrame): void => void this.frames.push({ source, frame });
  closeSource = (source: number): void => void this.asked.push(`close source ${source}`);

  openOutput(output: number, canvas: number, format: OutputFormat): void {
    const { codec, width, height, kbps } = format;
    this.outputs.set(output, format);
    this.asked.push(`output ${output} of ${canvas} ${codec} ${width}x${height} ${kbps}`);
  }

  requestKey = (output: number): void => void this.asked.push(`key ${output}`);

  closeOutput(output: number): void {
    this.outputs.delete(output);
    this.asked.push(`close output ${output}`);
  }

  snapshot = async (canvas: number, path: string): Promise<void> =>
    void this.asked.push(`snapshot ${canvas} ${path}`);

  close(): void {
    this.ended = true;
  }

  /** A picture of an output has been composed just now, whatever the clock of the machine says. */
  codes(output: number, frame: VideoFrame): void {
    this.listener.onFrame(output, { ...frame, capturedAt: Number.POSITIVE_INFINITY });
  }

  /** What was asked since it was last looked at. */
  take(): string[] {
    return this.asked.splice(0);
  }
}

export interface SeenPacket {
  readonly header: RtpHeader;
  readonly payload: Uint8Array;
}

/** Sends and sees one line of video on an address of its own. */
export class Camera {
  readonly at: MediaAddress;
  readonly rtcpAt: MediaAddress;
  readonly seen: SeenPacket[] = [];
  readonly seenRtcp: Uint8Array[] = [];
  legAt = { address: "10.0.0.1", port: 0 };
  ssrc = 0x1234_5678;
  sequence = 500;
  payloadType = 96;
  readonly #network: MemoryNetwork;
  readonly #packetizer = new Packetizer(vp8);

  constructor(network: MemoryNetwork, address: string, port = 5000) {
    this.#network = network;
    this.at = { address, port };
    this.rtcpAt = { address, port: port + 1 };
    network.listen(this.at, (packet) => this.#see(packet));
    network.listen(this.rtcpAt, (packet) => this.seenRtcp.push(packet));
  }

  plan(overrides: Partial<VideoPlan> = {}): VideoPlan {
    return {
      content: "main",
      format: vp8,
      payloadType: 96,
      receive: new Map([[96, "VP8"]]),
      parameterSets: new Map(),
      direction: "sendrecv",
      remote: { ...this.at, rtcpPort: this.rtcpAt.port },
      rtcpMux: false,
      bundled: false,
      feedback: { nack: true, pli: true, fir: false, remb: false, transportCc: false },
      ...overrides,
    };
  }

  /** The packets of a frame, numbered, unsent. */
  packets(frame: VideoFrame): Uint8Array[] {
    const payloads = this.#packetizer.packetize(frame, 1000);
    return payloads.map((payload, index) => {
      const packet = new Uint8Array(rtpHeaderBytes + payload.length);
      writeRtpHeader(packet, {
        ...emptyRtpHeader(),
        payloadType: this.payloadType,
        marker: index === payloads.length - 1,
        sequence: this.sequence & 0xffff,
        timestamp: frame.timestamp,
        ssrc: this.ssrc,
      });
      packet.set(payload, rtpHeaderBytes);
      this.sequence += 1;
      return packet;
    });
  }

  send(packet: Uint8Array): void {
    this.#network.send(packet, this.at, this.legAt);
  }

  show(frame: VideoFrame): void {
    for (const packet of this.packets(frame)) this.send(packet);
  }

  sendRtcp(packet: Uint8Array): void {
    const to = { address: this.legAt.address, port: this.legAt.port + 1 };
    this.#network.send(packet, this.rtcpAt, to);
  }

  /** A receiver report and a message of feedback about `media` (RFC 4585 §6.1). */
  ask(type: 205 | 206, format: number, { media, words = [] }: { media: number; words?: number[] }): void {
    const packet = new Uint8Array(8 + 12 + 4 * words.length);
    writeUint32(packet, 0, 0x80c9_0001);
    writeUint32(packet, 4, this.ssrc);
    writeUint32(packet, 8, ((0x80 | format) << 24) | (type << 16) | (2 + words.length));
    writeUint32(packet, 12, this.ssrc);
    writeUint32(packet, 16, media);
    for (const [index, word] of words.entries()) writeUint32(packet, 20 + 4 * index, word);
    this.sendRtcp(packet);
  }

  /** A receiver report about `media`, of which `lost` / 256 were lost. */
  report(media: number, lost: number): void {
    const packet = new Uint8Array(32);
    writeUint32(packet, 0, 0x81c9_0007);
    writeUint32(packet, 4, this.ssrc);
    writeUint32(packet, 8, media);
    packet[12] = lost;
    this.sendRtcp(packet);
  }

  /** Types and formats of the RTCP that was seen, `206/1` for PLI; forgets it. */
  takeRtcp(): string[] {
    return this.seenRtcp.splice(0).flatMap((packet) => {
      const found: string[] = [];
      for (let at = 0; at + 4 <= packet.length; at += 4 * (((packet[at + 2]! << 8) | packet[at + 3]!) + 1)) {
        const type = packet[at + 1]!;
        if (type >= 205) found.push(`${type}/${packet[at]! & 0x1f}`);
        else found.push(String(type));
      }
      return found;
    });
  }

  #see(packet: Uint8Array): void {
    if (looksLikeRtcp(packet)) {
      this.seenRtcp.push(packet);
      return;
    }
    const header = emptyRtpHeader();
    if (!readRtpHeader(packet, header)) throw new Error("what was sent is no RTP");
    this.seen.push({ header, payload: packet.slice(header.payloadStart, header.payloadEnd) });
  }
}
