// The RTP header, read and written in place (RFC 3550 §5.1, §5.3.1). Reading is strict about bounds and
// never copies: it fills a header object that the caller keeps and says where the payload lies. Senders that set the padding bit
// without padding are common: a count that cannot be one is part of the payload (`hasWrongPadding`).

/** Reused for every packet of a socket; the payload is the half-open range of the packet's bytes. */
export interface RtpHeader {
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  payloadStart: number;
  payloadEnd: number;
  /** The packet's audio level, −dBov (RFC 6464); set only by the code that knows the extension's id. */
  audioLevel: number | undefined;
}

export const rtpHeaderBytes = 12;

export const emptyRtpHeader = (): RtpHeader => ({
  payloadType: 0,
  marker: false,
  sequence: 0,
  timestamp: 0,
  ssrc: 0,
  payloadStart: 0,
  payloadEnd: 0,
  audioLevel: undefined,
});

/** Whether a packet on a shared port is RTCP (RFC 5761 §4); says nothing about its being well formed. */
export function looksLikeRtcp(packet: Uint8Array): boolean {
  const type = packet[1] ?? 0;
  return type >= 192 && type <= 223;
}

/** Fills `header` from the packet; false when it is no RTP packet, and `header` is then undefined in content. */
export function readRtpHeader(packet: Uint8Array, header: RtpHeader): boolean {
  const length = packet.length;
  if (length < rtpHeaderBytes) return false;
  const first = packet[0]!;
  if (first >> 6 !== 2) return false;
  let start = rtpHeaderBytes + 4 * (first & 0x0f);
  if ((first & 0x10) !== 0) {
    if (start + 4 > length) return false;
    start += 4 + 4 * ((packet[start + 2]! << 8) | packet[start + 3]!);
  }
  let end = length;
  if (start > end) return false;
  if ((first & 0x20) !== 0) {
    const padding = packet[length - 1]!;
    if (padding <= end - start) end -= padding;
  }
  const second = packet[1]!;
  header.marker = second >= 0x80;
  header.payloadType = second & 0x7f;
  header.sequence = (packet[2]! << 8) | packet[3]!;
  header.timestamp = readUint32(packet, 4);
  header.ssrc = readUint32(packet, 8);
  header.payloadStart = start;
  header.payloadEnd = end;
  header.audioLevel = undefined;
  return true;
}

/** Whether a packet that was read into `header` says that it is padded, and is not. */
export const hasWrongPadding = (packet: Uint8Array, { payloadEnd }: Readonly<RtpHeader>): boolean =>
  (packet[0]! & 0x20) !== 0 && payloadEnd === packet.length;

/** Writes the twelve bytes of a header without padding, extension or contributing sources. */
export function writeRtpHeader(packet: Uint8Array, header: Readonly<RtpHeader>): void {
  packet[0] = 0x80;
  packet[1] = (header.marker ? 0x80 : 0) | header.payloadType;
  packet[2] = header.sequence >>> 8;
  packet[3] = header.sequence & 0xff;
  writeUint32(packet, 4, header.timestamp);
  writeUint32(packet, 8, header.ssrc);
}

export function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

export function writeUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value & 0xff;
}

export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = (value >>> 16) & 0xff;
  bytes[at + 2] = (value >>> 8) & 0xff;
  bytes[at + 3] = value & 0xff;
}
