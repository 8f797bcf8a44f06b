// Elements of an RTP packet's header extension (RFC 8285 §4.2, §4.3), read in place by the numbers that offer/answer agreed on. Both
// forms are read, whichever was announced. Strict about bounds; nothing is copied or allocated.
import { readUint16, rtpHeaderBytes } from "./packet.ts";

const oneByteForm = 0xbede;
const twoByteForm = 0x100;
/** RFC 8285 §4.2: what follows an element of this number is not read, nor what follows one of number 0 that has a length. */
const endNumber = 15;

/** Of the element that was found last: its data, a half-open range of the packet's bytes. */
const place = { start: 0, end: 0 };

/** −dBov of the packet's audio, 0 to 127 (RFC 6464 §3); undefined where it does not say. */
export function readAudioLevel(packet: Uint8Array, id: number): number | undefined {
  return find(packet, id) && place.end > place.start ? packet[place.start]! & 0x7f : undefined;
}

/** The number of the packet among all of its transport; undefined where it has none. */
export function readTransportSequence(packet: Uint8Array, id: number): number | undefined {
  return find(packet, id) && place.end - place.start >= 2 ? readUint16(packet, place.start) : undefined;
}

/** Whether the packet names another media description than `mid` as its own (RFC 9143 §15); most name none. */
export function namesOtherMid(packet: Uint8Array, id: number, mid: Uint8Array): boolean {
  if (!find(packet, id)) return false;
  if (place.end - place.start !== mid.length) return true;
  for (let index = 0; index < mid.length; index += 1) {
    if (packet[place.start + index] !== mid[index]) return true;
  }
  return false;
}

/** Whether the packet names `mid` as its own. */
export function namesMid(packet: Uint8Array, id: number, mid: Uint8Array): boolean {
  return find(packet, id) && !namesOtherMid(packet, id, mid);
}

/** Leaves the element's place in `place`; false when there is none. */
function find(packet: Uint8Array, id: number): boolean {
  if (packet.length < rtpHeaderBytes || (packet[0]! & 0x10) === 0) return false;
  const head = rtpHeaderBytes + 4 * (packet[0]! & 0x0f);
  if (head + 4 > packet.length) return false;
  const end = head + 4 + 4 * readUint16(packet, head + 2);
  if (end > packet.length) return false;
  const form = readUint16(packet, head);
  const short = form === oneByteForm;
  if (!short && form >> 4 !== twoByteForm) return false;
  let at = head + 4;
  while (at < end) {
    const first = packet[at]!;
    if (first === 0) {
      at += 1;
      continue;
    }
    const number = short ? first >> 4 : first;
    if (short && (number === endNumber || number === 0)) return false;
    const start = at + (short ? 1 : 2);
    if (start > end) return false;
    const next = start + (short ? (first & 0x0f) + 1 : packet[at + 1]!);
    if (next > end) return false;
    if (number === id) {
      place.start = start;
      place.end = next;
      return true;
    }
    at = next;
  }
  return false;
}
