// Where the parts of an RTP or RTCP packet lie that protection must know; it reads neither padding nor payload. Also
// true of protected packets, whose headers are not encrypted.
import { readUint32, rtpHeaderBytes } from "../rtp/index.ts";
import { rtcpHeaderBytes } from "./trailer.ts";
import type { RtcpPlace, RtpPlace } from "./transform.ts";

export const emptyRtpPlace = (): RtpPlace => ({ start: 0, end: 0, ssrc: 0, rollover: 0, sequence: 0 });
export const emptyRtcpPlace = (): RtcpPlace => ({ end: 0, ssrc: 0, index: 0 });

/** Fills `place`, without the rollover; false when it is no RTP packet. */
export function findRtp(packet: Uint8Array, place: RtpPlace): boolean {
  const { length } = packet;
  const first = packet[0] ?? 0;
  let start = rtpHeaderBytes + 4 * (first & 0x0f);
  if (first >> 6 !== 2 || start > length) return false;
  if ((first & 0x10) !== 0) {
    if (start + 4 > length) return false;
    start += 4 + 4 * ((packet[start + 2]! << 8) | packet[start + 3]!);
    if (start > length) return false;
  }
  place.start = start;
  place.end = length;
  place.sequence = (packet[2]! << 8) | packet[3]!;
  place.ssrc = readUint32(packet, 8);
  return true;
}

/** Fills `place`, without the index; false when it is no RTCP packet. */
export function findRtcp(packet: Uint8Array, place: RtcpPlace): boolean {
  if (packet.length < rtcpHeaderBytes || packet[0]! >> 6 !== 2) return false;
  place.end = packet.length;
  place.ssrc = readUint32(packet, 4);
  return true;
}
