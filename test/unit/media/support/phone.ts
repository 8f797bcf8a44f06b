// A phone on the memory network: sends one packet when told, keeps every packet it hears.
import {
  type AudioCodecName,
  type AudioDecoder,
  type AudioEncoder,
  type AudioFormat,
  createDecoder,
  createEncoder,
  formatOf,
} from "../../../../media/codec/index.ts";
import { meanSquare, toDbov } from "../../../../media/dsp/index.ts";
import {
  emptyRtpHeader,
  looksLikeRtcp,
  type RtpHeader,
  readRtpHeader,
  rtpHeaderBytes,
  writeRtpHeader,
} from "../../../../media/rtp/index.ts";
import type { AudioPlan } from "../../../../media/sdp/types.ts";
import type { MemoryNetwork } from "./memory-network.ts";
import { concat } from "./tones.ts";

export const payloadTypes: Record<AudioCodecName, number> = {
  PCMU: 0,
  PCMA: 8,
  G722: 9,
  opus: 107,
};
export const telephoneEvent = 101;

export interface PhoneOptions {
  readonly network: MemoryNetwork;
  readonly address: string;
  readonly codec?: AudioCodecName;
}

export interface HeardPacket {
  readonly header: RtpHeader;
  readonly payload: Uint8Array;
}

export class Phone {
  /** Where the phone is; moving it is what a NAT does. */
  at: { address: string; port: number };
  readonly rtcpPort: number;
  readonly heard: HeardPacket[] = [];
  readonly heardRtcp: Uint8Array[] = [];
  /** The leg's RTP port. */
  legAt = { address: "10.0.0.1", port: 0 };
  ssrc: number;
  sequence = 1000;
  timestamp = 160_000;
  codecName: AudioCodecName;
  /** The number of the header extension in which it tells its level (RFC 6464); undefined: it does not. */
  levelExtension: number | undefined;
  /** What it says of its level instead of what is true, −dBov. */
  claims: number | undefined;
  readonly #network: MemoryNetwork;
  readonly #encoders = new Map<AudioCodecName, AudioEncoder>();
  readonly #decoders = new Map<AudioCodecName, AudioDecoder>();

  constructor({ network, address, codec = "PCMU" }: PhoneOptions) {
    this.#network = network;
    this.codecName = codec;
    this.at = { address, port: 4000 };
    this.rtcpPort = 4001;
    this.ssrc = [...address].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) >>> 0;
    network.listen(this.at, (packet) => this.#hear(packet));
    network.listen({ address, port: this.rtcpPort }, (packet) => this.heardRtcp.push(packet));
  }

  plan(overrides: Partial<AudioPlan> = {}): AudioPlan {
    return {
      codec: this.codecName,
      payloadType: payloadTypes[this.codecName],
      receive: new Map([
        [0, "PCMU"],
        [8, "PCMA"],
        [9, "G722"],
        [107, "opus"],
      ]),
      ptimeMs: 20,
      telephoneEvent,
      events: new Map([
        [telephoneEvent, 8000],
        [telephoneEvent + 1, 48_000],
      ]),
      opus: { maxAverageBitrate: undefined, useInbandFec: true },
      comfortNoise: 13,
      direction: "sendrecv",
      remote: { ...this.at, rtcpPort: this.rtcpPort },
      rtcpMux: false,
      ...overrides,
    };
  }

  get format(): AudioFormat {
    return formatOf(this.codecName);
  }

  /** Sends audio as the next packet; `lost`: it does not arrive. */
  say(pcm: Int16Array, lost = false): void {
    const { codecName, format } = this;
    const encoder = this.#encoders.get(codecName) ?? createEncoder(codecName);
    this.#encoders.set(codecName, encoder);
    const payload = new Uint8Array(1500);
    const packet = payload.subarray(0, encoder.encode(pcm, payload));
    if (lost) this.sequence += 1;
    else this.sendPacket({ payloadType: payloadTypes[codecName] }, packet, this.#levelOf(pcm));
    this.timestamp += (pcm.length * format.clockRate) / format.rate;
  }

  /** Loses a packet of this length on the way. */
  lose(samples: number): void {
    this.sequence += 1;
    this.timestamp += samples;
  }

  /** One telephone-event packet; the timestamp stays while the key is down. */
  key(code: number, durationMs: number, options: { end?: boolean; start?: boolean } = {}): void {
    const duration = durationMs * 8;
    const payload = Uint8Array.of(code, (options.end ? 0x80 : 0) | 10, duration >> 8, duration & 0xff);
    this.sendPacket({ payloadType: telephoneEvent, marker: options.start ?? false }, payload);
  }

  /** `extension`: the words of a header extension with elements of one byte. */
  sendPacket(fields: Partial<RtpHeader>, payload: Uint8Array, extension: readonly number[] = []): void {
    const words = extension.length / 4;
    const extra = words > 0 ? Uint8Array.of(0xbe, 0xde, words >> 8, words, ...extension) : new Uint8Array();
    const packet = new Uint8Array(rtpHeaderBytes + extra.length + payload.length);
    const header = { ...emptyRtpHeader(), ssrc: this.ssrc, sequence: this.sequence & 0xffff };
    writeRtpHeader(packet, { ...header, timestamp: this.timestamp >>> 0, ...fields });
    if (words > 0) packet[0]! |= 0x10;
    packet.set(extra, rtpHeaderBytes);
    packet.set(payload, rtpHeaderBytes + extra.length);
    this.sequence += 1;
    this.#network.send(packet, this.at, this.legAt);
  }

  sendRaw(packet: Uint8Array): void {
    this.#network.send(packet, this.at, this.legAt);
  }

  sendRtcp(packet: Uint8Array): void {
    const to = { address: this.legAt.address, port: this.legAt.port + 1 };
    this.#network.send(packet, { address: this.at.address, port: this.rtcpPort }, to);
  }

  /** Everything heard so far as samples at the codec's rate; forgets it. */
  takeAudio(): Int16Array {
    const frames = this.heard.splice(0).map(({ header, payload }) => {
      const pcm = new Int16Array(5760);
      return pcm.subarray(0, this.#decoder(header.payloadType).decode(payload, pcm));
    });
    return concat(frames);
  }

  #levelOf(pcm: Int16Array): number[] {
    if (this.levelExtension === undefined) return [];
    const level = this.claims ?? Math.round(-toDbov(meanSquare(pcm)));
    return [this.levelExtension << 4, 0x80 | level, 0, 0];
  }

  #decoder(payloadType: number): AudioDecoder {
    const name = (Object.keys(payloadTypes) as AudioCodecName[]).find(
      (each) => payloadTypes[each] === payloadType,
    );
    if (!name) throw new Error(`nothing agreed has payload type ${payloadType}`);
    const decoder = this.#decoders.get(name) ?? createDecoder(name);
    this.#decoders.set(name, decoder);
    return decoder;
  }

  #hear(packet: Uint8Array): void {
    if (looksLikeRtcp(packet)) {
      this.heardRtcp.push(packet);
      return;
    }
    const header = emptyRtpHeader();
    if (!readRtpHeader(packet, header)) throw new Error("the engine sent something that is no RTP");
    this.heard.push({ header, payload: packet.slice(header.payloadStart, header.payloadEnd) });
  }
}
