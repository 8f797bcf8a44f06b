// RTP packets and RFC 4733 events as bytes (RFC 3550 §5.1, RFC 4733 §2.3).

export interface RtpPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Uint8Array;
}

export const rtpHeaderBytes = 12;

export function writeRtp(packet: RtpPacket): Buffer {
  const data = Buffer.alloc(rtpHeaderBytes + packet.payload.length);
  data[0] = 0x80;
  data[1] = (packet.marker ? 0x80 : 0) | packet.payloadType;
  data.writeUInt16BE(packet.sequence & 0xffff, 2);
  data.writeUInt32BE(packet.timestamp >>> 0, 4);
  data.writeUInt32BE(packet.ssrc >>> 0, 8);
  data.set(packet.payload, rtpHeaderBytes);
  return data;
}

/** Which instant of the sender's clock a timestamp stands for (RFC 3550 §6.4.1). */
export interface SenderReport {
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  readonly timestamp: number;
}

/** Of an RTCP packet that begins with one. */
export function readSenderReport(data: Buffer): SenderReport | undefined {
  if (data.length < 28 || data[1] !== 200) return undefined;
  const seconds = data.readUInt32BE(8) - 2_208_988_800;
  return {
    wallMs: seconds * 1000 + (data.readUInt32BE(12) * 1000) / 2 ** 32,
    timestamp: data.readUInt32BE(16),
  };
}

/** When what has this timestamp was taken, milliseconds since 1970. */
export const instantOf = (timestamp: number, report: SenderReport, clockRate: number): number =>
  report.wallMs + (((timestamp - report.timestamp) | 0) * 1000) / clockRate;

/** RTCP where it shares the port (RFC 5761 §4). */
export const isRtcp = (data: Buffer): boolean => data.length >= 8 && data[1]! >= 192 && data[1]! <= 223;

export function readRtp(data: Buffer): RtpPacket | undefined {
  if (data.length < rtpHeaderBytes || data[0]! >> 6 !== 2) return undefined;
  const start = rtpHeaderBytes + (data[0]! & 0x0f) * 4;
  const padding = data[0]! & 0x20 ? data[data.length - 1]! : 0;
  if (data.length < start + padding) return undefined;
  return {
    payloadType: data[1]! & 0x7f,
    marker: (data[1]! & 0x80) !== 0,
    sequence: data.readUInt16BE(2),
    timestamp: data.readUInt32BE(4),
    ssrc: data.readUInt32BE(8),
    payload: data.subarray(start, data.length - padding),
  };
}

const keys = "0123456789*#ABCD";

/** The four bytes of a telephone-event: the key, end bit, volume −10 dBm0, duration in samples. */
export function writeEvent(key: string, durationSamples: number, end: boolean): Uint8Array {
  const event = keys.indexOf(key);
  if (event < 0) throw new Error(`not a key: ${key}`);
  return Uint8Array.of(event, (end ? 0x80 : 0) | 10, durationSamples >> 8, durationSamples & 0xff);
}

export function readEvent(payload: Uint8Array): { key: string; end: boolean } | undefined {
  if (payload.length < 4) return undefined;
  const key = keys[payload[0]!];
  return key === undefined ? undefined : { key, end: (payload[1]! & 0x80) !== 0 };
}
